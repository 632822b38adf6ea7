/**
 * Sends the messages of a batch and gathers what the switch refuses of them, by transaction id.
 *
 * OFPT_ERROR may come at any time until the switch has answered a later request (barrier, close, commit); the caller
 * decides when that is. Long batches give way: to the socket, so that nothing piles up for a slow switch, and to the
 * event loop, so that other switches get their turn.
 */
import { setImmediate } from 'node:timers/promises'
import {
  type BundleAddMessage,
  EncodeError,
  type FlowMod,
  type GroupMod,
  type MeterMod,
} from '@openvnet/openflow'
import type { Change } from './change.ts'
import { type Channel, nameOf } from './channel.ts'
import { message } from './messages.ts'
import type { Refusal } from './outcome.ts'

export type Modification = FlowMod | GroupMod | MeterMod

/** Messages that are encoded in one go: a few milliseconds. */
const CHUNK = 500

export interface Dispatch {
  /** Refused so far, by the switch or because the message does not fit into OpenFlow (a group of too many buckets). */
  readonly refusals: readonly Refusal[]
  /** Sends changes, each message in its wrapping. @throws when the connection ends. */
  send(
    changes: readonly Change[],
    wrap: (message: Modification) => Modification | BundleAddMessage,
  ): Promise<void>
  /** Stops gathering. */
  end(): void
}

export function createDispatch(channel: Channel): Dispatch {
  const sent = new Map<number, Change>()
  const refusals: Refusal[] = []
  const end = channel.onError((error) => {
    const change = sent.get(error.xid)
    if (change !== undefined) refusals.push({ change, error: nameOf(error), by: 'switch' })
  })

  const sendOne = (change: Change, outgoing: Modification | BundleAddMessage) => {
    sent.set(outgoing.xid, change)
    try {
      channel.send(outgoing)
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      refusals.push({ change, error: error.message, by: 'encoder' })
    }
  }

  return {
    refusals,
    end,
    async send(changes, wrap) {
      for (const [index, change] of changes.entries()) {
        if (index > 0 && index % CHUNK === 0) {
          await channel.drained()
          await setImmediate()
        }
        sendOne(change, wrap(message(change, channel.nextXid())))
      }
    },
  }
}
