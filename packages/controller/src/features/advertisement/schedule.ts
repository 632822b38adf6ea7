/**
 * Advertisements that nobody asked for: RFC 4861 §6.2.4. Each guest of a network on a switch is told alone, as what it is told
 * may be its own affair and no copy should go through a tunnel: three times soon after something is advertised or changes,
 * then now and then. A second has room for so many; who has no place waits for the next.
 */
import { type NoticedFlow, speaker, type Utterance } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import { ALL_NODES, type RouterAdvertisement } from '../../packet/index.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { interfacesOfPart, partsOfDomain, portOfInterface } from '../presence/queries.ts'
import { type Advertised, advertisedIn } from './content.ts'
import { frameOf, mayMakeAddress, messageOf, withdrawal } from './message.ts'

/** RFC 4861 §6.2.1, §10: milliseconds. */
const INTERVAL = { least: 200_000, most: 600_000, initial: 16_000 } as const
/** MAX_INITIAL_RTR_ADVERTISEMENTS */
const INITIAL = 3
/** Guests that are told in a second. */
const RATE = 200

interface Entry {
  readonly dpid: string
  readonly network: number
  /** What is advertised; `null`: no more. */
  what: Advertised | null
  /** What to take back, in the rounds that follow a change. */
  withdrawn: { readonly mac: string; readonly message: RouterAdvertisement } | undefined
  /** Milliseconds: the next round. */
  due: number
  /** Rounds that follow soon. */
  initial: number
  /** Guests that are still to be told in this round. */
  waiting: readonly number[]
}

export interface Schedule {
  /** By network and datapath id. */
  readonly entries: Map<string, Entry>
  /** 0 to 1. */
  readonly random: () => number
}

export const createSchedule = (random: () => number): Schedule => ({ entries: new Map(), random })

/** Something is advertised, is another, or is no more. */
export const notice = (
  { dpid, id: network, isThere }: NoticedFlow,
  { entries }: Schedule,
  view: View,
  now: number,
): void => {
  const key = `${network} ${dpid}`
  const before = entries.get(key)
  const what = isThere ? advertisedIn(network, view, dpid) : null
  if (what === null && before === undefined) return
  const message = before?.what && withdrawal(before.what, what)
  const withdrawn = message && before.what ? { mac: before.what.mac, message } : before?.withdrawn
  entries.delete(key)
  entries.set(key, { dpid, network, what, withdrawn, due: now, initial: INITIAL, waiting: [] })
}

const guestsOf = ({ network, dpid }: Entry, view: View): readonly number[] =>
  view
    .query(partsOfDomain, network)
    .flatMap((part) => view.query(interfacesOfPart, part))
    .filter(
      (id) => view.query(portOfInterface, id)?.dpid === dpid && view.get('interface', id)?.mode === 'vif',
    )

/** What a guest is told, at each MAC address that it has in the network. */
const toGuest = (guest: number, { network: domain, what, withdrawn }: Entry, view: View): PacketToSend[] => {
  const messages = [
    ...(withdrawn === undefined ? [] : [withdrawn]),
    ...(what === null
      ? []
      : [{ mac: what.mac, message: messageOf(what, mayMakeAddress(guest, domain, what, view)) }]),
  ]
  return view.list('mac_lease.interface_id', guest).flatMap(({ mac_address }) =>
    messages.map(({ mac, message }): PacketToSend => {
      const to = { mac: macNumber(mac_address), address: ALL_NODES }
      return { frame: frameOf(mac, message, to), at: 'bridging', slices: { domain } }
    }),
  )
}

/** The round is over; the entry too, when all is taken back. */
const finish = (key: string, entry: Entry, { entries, random }: Schedule, now: number): void => {
  entry.initial = Math.max(0, entry.initial - 1)
  if (entry.initial === 0) entry.withdrawn = undefined
  const { least, most, initial } = INTERVAL
  entry.due = now + (entry.initial > 0 ? initial : least + random() * (most - least))
  if (entry.what === null && entry.initial === 0) entries.delete(key)
}

/** What is due, as much as fits into a second. */
export const speak = (schedule: Schedule, view: View, now: number): readonly Utterance[] => {
  const said: Utterance[] = []
  let room = RATE
  for (const [key, entry] of schedule.entries) {
    if (room <= 0) break
    if (entry.due > now) continue
    const waiting = entry.waiting.length > 0 ? entry.waiting : guestsOf(entry, view)
    const send = waiting.slice(0, room).flatMap((guest) => toGuest(guest, entry, view))
    entry.waiting = waiting.slice(room)
    room -= Math.max(1, waiting.length - entry.waiting.length)
    if (send.length > 0) said.push({ dpid: entry.dpid, send })
    if (entry.waiting.length === 0) finish(key, entry, schedule, now)
  }
  return said
}

export const advertisementSpeaker = speaker<Schedule>({
  ...{ kind: 'router_solicitation', feature: 'advertisement', table: 'router_leg' },
  createState: () => createSchedule(Math.random),
  notice: (flow, { state, view, now }) => notice(flow, state, view, now),
  speak: ({ state, view, now }) => speak(state, view, now),
})
