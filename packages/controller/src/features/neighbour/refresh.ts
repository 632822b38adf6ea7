/**
 * What is done about neighbours as time goes by: questions are asked again, who has answered is asked before what it said is
 * too old, and who is gone, or not used any more, is forgotten. Flows of neighbours that were known before this controller
 * began are neighbours that are to be asked soon.
 */
import { type IpAddress, toIpAddress } from '@openvnet/schema'
import {
  type CountedFlow,
  type NoticedFlow,
  type SpeakerContext,
  speaker,
  type Utterance,
} from '../../engine/packet.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import type { Asking, Entry, Known } from './entries.ts'
import { ask, createState, factOf, fail, know, MEMORY, type State } from './state.ts'
import { TRIES } from './times.ts'

type Context = SpeakerContext<State>

/** Milliseconds over which those that were known before are asked. */
const SOON_MS = 5000

const keyOf = (dpid: string, row: number): string => `${dpid} ${row}`

/** A neighbour has a flow, whether this controller has learned it or the one before; or it has none any more. */
export const notice = (
  { dpid, kind, id, isThere }: NoticedFlow,
  { state, view, now }: Pick<Context, 'state' | 'view' | 'now'>,
): void => {
  if (kind !== 'neighbour') return
  const { rows, entries, untold, random } = state
  const row = view.get('neighbour', id)
  const key = keyOf(dpid, id)
  if (!isThere || row === undefined) {
    const entry = rows.get(key)
    rows.delete(key)
    if (entry === undefined || entries.find(dpid, entry.net.network, entry.text) !== entry) return
    entries.remove(entry)
    untold.push(factOf(entry, null))
    return
  }
  const known = entries.find(dpid, row.network_id, row.address)
  if (known?.state === 'known') {
    rows.set(key, known)
    return
  }
  const address: IpAddress = toIpAddress(row.address)
  const net = entries.net(dpid, row.network_id, now)
  const { entry, gone } = know(
    { net, address, mac: macNumber(row.mac_address), holds: random() * SOON_MS },
    state,
    now,
  )
  untold.push(...gone)
  rows.set(key, entry)
}

/** Who has seen packets since it was looked at last is used last. */
export const counted = (
  dpid: string,
  flows: readonly CountedFlow[],
  { state, now }: Pick<Context, 'state' | 'now'>,
): void => {
  for (const { kind, id, packets } of flows) {
    const entry = kind === 'neighbour' ? state.rows.get(keyOf(dpid, id)) : undefined
    if (entry === undefined) continue
    if (entry.packets === packets) entry.unused_since ??= now
    else {
      entry.packets = packets
      entry.unused_since = undefined
      state.entries.touch(entry)
    }
  }
}

const forget = (entry: Known, outcome: string, { state }: Context): Utterance => {
  state.entries.remove(entry)
  return { dpid: entry.net.dpid, send: [], learned: [factOf(entry, null)], outcome }
}

/** Where no question may be asked now, the next beat looks again. */
const askAgain = (entry: Asking | Known, { view, state, now }: Context): readonly Utterance[] => {
  const like = entry.state === 'asking' ? entry.held[0] : undefined
  const question = ask(entry, view, now, like)
  if (question === undefined) return []
  entry.tries += 1
  entry.due = now + state.times.retransmit
  return [{ dpid: entry.net.dpid, send: [question], outcome: 'asked' }]
}

const isUnused = ({ unused_since }: Known, { state, now }: Context): boolean =>
  unused_since !== undefined && now - unused_since >= state.times.unused

const act = (entry: Entry, context: Context): readonly Utterance[] => {
  const { state, now } = context
  switch (entry.state) {
    case 'failed':
      state.entries.remove(entry)
      return []
    case 'asking': {
      const isLate = now - entry.since >= state.times.waiting
      return entry.tries >= TRIES || isLate ? [fail(entry, state, now)] : askAgain(entry, context)
    }
    case 'known':
      if (entry.tries >= TRIES) return [forget(entry, 'does not answer any more', context)]
      if (isUnused(entry, context)) return [forget(entry, 'not used any more', context)]
      return askAgain(entry, context)
  }
}

const tellUntold = ({ untold }: State): readonly Utterance[] =>
  untold.splice(0).map((fact) => ({ dpid: fact.dpid, send: [], learned: [fact], outcome: 'forgotten' }))

export const speak = (context: Context): readonly Utterance[] => {
  const { state, now, acts } = context
  const said = [...tellUntold(state)]
  for (const net of [...state.entries.nets]) {
    if (!acts(net.dpid)) continue
    for (const entry of [...net.entries.values()]) {
      if (entry.due <= now) said.push(...act(entry, context))
    }
  }
  return said
}

export const neighbourSpeaker = speaker<State>({
  ...{ kind: 'neighbour', memory: MEMORY, feature: 'neighbour', table: 'neighbour' },
  createState: () => createState(),
  notice,
  speak,
  counted,
})
