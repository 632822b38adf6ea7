/** What the programs of next hops share, and the steps between what is known of one: who asks, who answers, who is gone. */
import { fromIpAddress, type IpAddress } from '@openvnet/schema'
import type { Utterance } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import type { NeighbourFact } from '../../model/neighbours.ts'
import { formatMac, readU48, writeU48 } from '../../packet/index.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { PUNT_KINDS, PUNT_REASONS } from '../../pipeline/punts.ts'
import { type Asking, Entries, type Entry, type Known, type Net, takeQuestion } from './entries.ts'
import { questionOf } from './frames.ts'
import { legsIn } from './queries.ts'
import { reachableFor, type Times, timesOf } from './times.ts'

/** Under which the programs find their state. */
export const MEMORY = 'neighbours'

export interface State {
  readonly entries: Entries
  readonly times: Times
  /** 0 to 1. */
  readonly random: () => number
  /** Learned neighbours by datapath id and row id. */
  readonly rows: Map<string, Known>
  /** What nobody was told yet. */
  readonly untold: NeighbourFact[]
}

export const createState = (times = timesOf(), random: () => number = Math.random): State => ({
  ...{ entries: new Entries(), times, random, rows: new Map(), untold: [] },
})

/** @param mac `null`: nobody is known to have it */
export const factOf = ({ net: { dpid, network }, text }: Entry, mac: number | null): NeighbourFact => ({
  ...{ dpid, network_id: network, address: text, mac_address: mac === null ? null : formatMac(mac) },
})

const MAC_OFFSET = { dst: 0, src: 6 } as const

/** Goes on behind the table of next hops, with what that would have found. */
export const onwards = ({ frame, slices }: PacketToSend, mac: number): PacketToSend => {
  const copy = Uint8Array.from(frame)
  writeU48(copy, MAC_OFFSET.dst, mac)
  return { frame: copy, at: 'mtu', slices }
}

/** Comes back as what its sender is told of: the meter of the sender for that counts. */
export const asUnreachable = ({ frame, slices }: PacketToSend): PacketToSend => {
  const { number: punt_reason, kind } = PUNT_REASONS.address_unreachable
  return { frame, at: 'punt', slices: { ...slices, punt_kind: PUNT_KINDS[kind].number, punt_reason } }
}

/** The question, where there may be one now. @param like a packet of the leg that is to ask; absent: any leg */
export const ask = (
  { net, address, ...entry }: Asking | Known,
  view: View,
  now: number,
  like?: PacketToSend,
): PacketToSend | undefined => {
  const legs = legsIn(net.network, net.dpid, view).filter((leg) => leg.address.family === address.family)
  const src = like === undefined ? undefined : readU48(like.frame, MAC_OFFSET.src)
  const leg = legs.find(({ mac }) => mac === src) ?? legs[0]
  if (leg === undefined || !takeQuestion(net, now)) return undefined
  const mac = entry.state === 'known' ? entry.mac : undefined
  return { frame: questionOf(leg, address, mac), at: 'bridging', slices: { domain: net.network } }
}

export interface NewKnown {
  readonly net: Net
  readonly address: IpAddress
  readonly mac: number
  /** Milliseconds from now to the next question. */
  readonly holds: number
}

/** @returns who had to go for it */
export const know = (
  { net, address, mac, holds }: NewKnown,
  state: State,
  now: number,
): { readonly entry: Known; readonly gone: readonly NeighbourFact[] } => {
  const entry: Known = {
    ...{ state: 'known', net, address, text: fromIpAddress(address), due: now + holds, tries: 0 },
    ...{ mac, changed: now, packets: 0n, unused_since: undefined },
  }
  const gone = state.entries.put(entry, now).map((other) => factOf(other, null))
  return { entry, gone }
}

/** It has said that it is there. */
export const confirm = (entry: Known, { times, random }: State, now: number): void => {
  entry.tries = 0
  entry.due = now + reachableFor(times, random)
}

/** Nobody has answered: what waited comes back, and it is remembered for a while. */
export const fail = (entry: Asking, state: State, now: number): Utterance => {
  const { net, address, text, held } = entry
  const due = now + state.times.failed
  state.entries.put({ state: 'failed', net, address, text, due, tries: 0 }, now)
  return { dpid: net.dpid, send: held.map(asUnreachable), outcome: 'nobody answered' }
}
