/**
 * Advertisements that nobody asked for: RFC 4861 §6.2.4. Each guest of a network on a switch is told alone, as what it is told
 * may be its own affair and no copy should go through a tunnel: three times soon after something is advertised or changes,
 * then now and then. A second has room for so many; who has no place waits for the next.
 */
import { type NoticedFlow, speaker, type Utterance } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import { ALL_NODES, type RouterAdvertisement } from '../../packet/index.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import { domainOfSegment, segmentOfDomain } from '../../pipeline/domain.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import {
  freeInterfacesOfPart,
  interfacesOfPart,
  partsOfDomain,
  portOfInterface,
} from '../presence/queries.ts'
import { type Advertised, advertisedIn } from './content.ts'
import { frameOf, mayMakeAddress, messageOf, withdrawal } from './message.ts'

/** RFC 4861 §6.2.1, §10: milliseconds. */
const INTERVAL = { least: 200_000, most: 600_000, initial: 16_000 } as const
/** MAX_INITIAL_RTR_ADVERTISEMENTS */
const INITIAL = 3
/** Guests that are told in a second. */
const RATE = 200

/** Contents that are taken back at a time; of more the oldest is not. */
const MOST_WITHDRAWN = 8

interface Said {
  readonly mac: string
  readonly message: RouterAdvertisement
}

interface Entry {
  readonly dpid: string
  readonly domain: number
  /** What is advertised. */
  what: readonly Advertised[]
  /** What was advertised, and is taken back in the rounds that follow a change. */
  before: readonly Advertised[]
  /** Milliseconds: the next round. */
  due: number
  /** Rounds that follow soon. */
  initial: number
  /** Guests that are still to be told in this round. */
  waiting: readonly number[]
}

export interface Schedule {
  /** By domain and datapath id. */
  readonly entries: Map<string, Entry>
  /** 0 to 1. */
  readonly random: () => number
}

export const createSchedule = (random: () => number): Schedule => ({ entries: new Map(), random })

/** Something is advertised, is another, or is no more. */
export const notice = (
  { dpid, kind, id, isThere }: NoticedFlow,
  { entries }: Schedule,
  view: View,
  now: number,
): void => {
  if (kind !== 'network' && kind !== 'segment') return
  const domain = kind === 'segment' ? domainOfSegment(id) : id
  const key = `${domain} ${dpid}`
  const known = entries.get(key)
  const what = isThere ? advertisedIn(domain, view, dpid) : []
  if (what.length === 0 && known === undefined) return
  const before = known === undefined ? [] : [...known.before, ...known.what].slice(-MOST_WITHDRAWN)
  entries.delete(key)
  entries.set(key, { dpid, domain, what, before, due: now, initial: INITIAL, waiting: [] })
}

const guestsOf = ({ domain, dpid }: Entry, view: View): readonly number[] => {
  const members = segmentOfDomain(domain) === null ? interfacesOfPart : freeInterfacesOfPart
  return view
    .query(partsOfDomain, domain)
    .flatMap((part) => view.query(members, part))
    .filter(
      (id) => view.query(portOfInterface, id)?.dpid === dpid && view.get('interface', id)?.mode === 'vif',
    )
}

/** Of what was advertised the part that is no more. */
const withdrawalsOf = ({ before, what }: Entry): Said[] =>
  before.flatMap((one) => {
    const now = what.find(({ network }) => network === one.network) ?? null
    const message = withdrawal(one, now)
    return message === null ? [] : [{ mac: one.mac, message }]
  })

/** What a guest is told, at each of its MAC addresses. */
const toGuest = (guest: number, { domain, what }: Entry, withdrawals: readonly Said[], view: View) => {
  const messages = what.map((one) => ({
    mac: one.mac,
    message: messageOf(one, mayMakeAddress(guest, domain, one, view)),
  }))
  return view.list('mac_lease.interface_id', guest).flatMap(({ mac_address }) =>
    [...withdrawals, ...messages].map(({ mac, message }): PacketToSend => {
      const to = { mac: macNumber(mac_address), address: ALL_NODES }
      return { frame: frameOf(mac, message, to), at: 'bridging', slices: { domain } }
    }),
  )
}

/** The round is over; the entry too, when all is taken back. */
const finish = (key: string, entry: Entry, { entries, random }: Schedule, now: number): void => {
  entry.initial = Math.max(0, entry.initial - 1)
  if (entry.initial === 0) entry.before = []
  const { least, most, initial } = INTERVAL
  entry.due = now + (entry.initial > 0 ? initial : least + random() * (most - least))
  if (entry.what.length === 0 && entry.initial === 0) entries.delete(key)
}

/** What is due, as much as fits into a second. */
export const speak = (schedule: Schedule, view: View, now: number): readonly Utterance[] => {
  const said: Utterance[] = []
  let room = RATE
  for (const [key, entry] of schedule.entries) {
    if (room <= 0) break
    if (entry.due > now) continue
    const waiting = entry.waiting.length > 0 ? entry.waiting : guestsOf(entry, view)
    const withdrawals = withdrawalsOf(entry)
    const send = waiting.slice(0, room).flatMap((guest) => toGuest(guest, entry, withdrawals, view))
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
