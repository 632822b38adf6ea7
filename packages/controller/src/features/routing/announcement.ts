/**
 * A leg that one bridge alone has tells the physical network where it is, when it comes to be there: by ARP announcements (RFC 5227 §2.3)
 * and unsolicited neighbour advertisements (RFC 4861 §7.2.6), three times a second apart. Else switches outside would send what is for
 * it where it was, until it happens to say something.
 */
import type { IpAddress, Row } from '@openvnet/schema'
import { type NoticedFlow, speaker, type Utterance } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import {
  ALL_NODES,
  ARP_OP,
  BROADCAST_MAC,
  buildArpFrame,
  buildNdFrame,
  groupEnd,
} from '../../packet/index.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { addressOfLease, isOutside, ownerOfLeg } from '../presence/queries.ts'

/** MAX_NEIGHBOR_ADVERTISEMENT, and RetransTimer in milliseconds (RFC 4861 §10). */
const ROUNDS = 3
const INTERVAL_MS = 1000
/** MAC addresses in a second, on all bridges. */
const RATE = 100

interface Entry {
  readonly dpid: string
  /** Row id of the MAC lease. */
  readonly lease: number
  rounds: number
  /** Milliseconds. */
  due: number
}

/** By MAC lease and datapath id: what is still to be announced. */
export type Announcements = Map<string, Entry>

const leaseOf = ({ kind, id }: NoticedFlow, view: View): number | null => {
  if (kind === 'mac_lease') return id
  return kind === 'ip_lease' ? (view.get('ip_lease', id)?.mac_lease_id ?? null) : null
}

export const noticeLeg = (flow: NoticedFlow, entries: Announcements, view: View, now: number): void => {
  const lease = flow.isThere ? leaseOf(flow, view) : null
  if (lease !== null)
    entries.set(`${lease} ${flow.dpid}`, { dpid: flow.dpid, lease, rounds: ROUNDS, due: now })
}

const frameOf = (mac: number, { family, value }: IpAddress): Uint8Array => {
  if (family === 4) {
    const address = Number(value)
    const arp = { op: ARP_OP.request, sha: mac, spa: address, tha: 0, tpa: address }
    return buildArpFrame(arp, BROADCAST_MAC)
  }
  return buildNdFrame(
    {
      ...{ kind: 'neighbour_advertisement', target: value, router: true, solicited: false, override: true },
      options: [{ kind: 'target_link_layer', mac }],
    },
    { mac, address: value },
    groupEnd(ALL_NODES),
  )
}

const inNetwork = (lease: Row<'ip_lease'>, view: View): PacketToSend[] => {
  const owned = addressOfLease(lease, view)
  if (owned === null || !isOutside(lease.network_id, view)) return []
  const frame = frameOf(macNumber(owned.mac), owned.address)
  return [{ frame, at: 'bridging', slices: { domain: lease.network_id } }]
}

/** Nothing where the leg is not any more. */
const packetsOf = ({ dpid, lease }: Entry, view: View): PacketToSend[] => {
  const leg = view.get('interface', view.get('mac_lease', lease)?.interface_id ?? null)
  return leg !== undefined && ownerOfLeg(leg, view) === dpid
    ? view.list('ip_lease.mac_lease_id', lease).flatMap((each) => inNetwork(each, view))
    : []
}

export const speakOfLegs = (entries: Announcements, view: View, now: number): readonly Utterance[] => {
  const due = [...entries].filter(([, entry]) => entry.due <= now).slice(0, RATE)
  return due.flatMap(([key, entry]) => {
    const send = packetsOf(entry, view)
    entry.rounds -= 1
    entry.due = now + INTERVAL_MS
    if (send.length === 0 || entry.rounds === 0) entries.delete(key)
    return send.length === 0 ? [] : [{ dpid: entry.dpid, send }]
  })
}

export const announcementSpeaker = speaker<Announcements>({
  ...{ kind: 'neighbour', feature: 'routing', table: 'arrival' },
  createState: () => new Map(),
  notice: (flow, { state, view, now }) => noticeLeg(flow, state, view, now),
  speak: ({ state, view, now }) => speakOfLegs(state, view, now),
})
