/**
 * The ways from one switch to another: a tunnel, and where rows say so the plain way through a physical network that both
 * hosts are in. Which one is used says, in this order: the `transport` of their datapaths, that of the underlays that both
 * are in; where two of these differ the one that is first in the list vxlan, geneve, gre, mac2mac. What a pair cannot use
 * gives way to the first kind of tunnel for which both have a port.
 */
import type { View } from '../../engine/view.ts'
import {
  type Link,
  type Station,
  stationOf,
  type Transport,
  TUNNEL_TYPES,
  type TunnelType,
} from './stations.ts'

const ORDER: readonly Transport[] = [...TUNNEL_TYPES, 'mac2mac']

export interface Tunnel {
  readonly type: TunnelType
  /** OpenFlow number of the port on the switch that sends. */
  readonly port_no: number
  /** Address of the other switch, as text. */
  readonly remote: string
}

/** Without encapsulation: out of the uplink of the switch that sends, with the tag of the network. */
export interface PlainWay extends Link {
  /** Row id of the datapath at the other end. */
  readonly datapath: number
}

const first = (said: readonly (Transport | null | undefined)[]): Transport | undefined =>
  ORDER.find((transport) => said.includes(transport))

const transportBetween = (from: Station, to: Station): Transport | undefined => {
  const shared = Object.keys(from.underlays).map(Number)
  return (
    first([from.transport, to.transport]) ??
    first(shared.filter((id) => id in to.underlays).map((id) => to.underlays[id]))
  )
}

/** Where the other is reached, in a family that both have: IPv4 before IPv6. */
const remoteEnd = (from: Station, to: Station): string | null => {
  const family = ([4, 6] as const).find(
    (each) => from.ends[each] !== undefined && to.ends[each] !== undefined,
  )
  const remote = family === undefined ? undefined : to.ends[family]
  // Two bridges of one host: a tunnel would end where it begins.
  return remote === undefined || from.sources.includes(remote) ? null : remote
}

/** The tunnel from one switch to another, by their datapath ids; `null` while there is none. */
export const tunnelBetween = (from: string, to: string, view: View): Tunnel | null => {
  const [here, there] = [stationOf(from, view), stationOf(to, view)]
  const remote = remoteEnd(here, there)
  const said = transportBetween(here, there)
  const preferred = TUNNEL_TYPES.filter((each) => each === said)
  const type = [...preferred, ...TUNNEL_TYPES].find(
    (each) => here.ports[each] !== undefined && there.ports[each] !== undefined,
  )
  return remote === null || type === undefined ? null : { type, port_no: here.ports[type]!, remote }
}

/** The plain way, which goes before the tunnel for what it can carry; `null` where nobody wants it or it cannot be. */
export const plainBetween = (from: string, to: string, view: View): PlainWay | null => {
  const here = stationOf(from, view)
  // Nearly no switch has any, and the other need not be looked at then.
  if (here.links.length === 0) return null
  const there = stationOf(to, view)
  if (there.datapath === null || transportBetween(here, there) !== 'mac2mac') return null
  const link = here.links.find(({ domain }) => there.links.some((other) => other.domain === domain))
  return link === undefined ? null : { ...link, datapath: there.datapath }
}
