/**
 * How a packet is sent to another switch: into a tunnel with key and destination, or out of the uplink as it is; one that is
 * for all then has the address that stands for all at the other end.
 */
import { type Row, toIpAddress } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { output, pushVlan, type Step, setField } from '../../pipeline/actions.ts'
import { isPlainlyFound, keyOf, plainWay } from './networks.ts'
import { type PlainWay, type Tunnel, tunnelBetween } from './ways.ts'

type Sent = Step<'tunnel_id' | 'tun_dst' | 'tun_ipv6_dst' | 'eth_src' | 'eth_dst' | 'vlan_vid'>

export const intoTunnel = ({ remote, port_no }: Tunnel): Sent[] => {
  const { family, value } = toIpAddress(remote)
  return [
    family === 4 ? setField('tun_dst', Number(value)) : setField('tun_ipv6_dst', value),
    output(port_no),
  ]
}

export const plainly = ({ vlan_id, port_no }: PlainWay): Sent[] => [
  ...(vlan_id === null ? [] : [pushVlan(vlan_id)]),
  output(port_no),
]

export const reachedAt = (remote: string): string => `reached at ${remote}`
export const PLAINLY = 'reached without encapsulation'

export interface Way {
  readonly steps: readonly Sent[]
  /** For people. */
  readonly text: string
}

/** How what is for one guest gets to its switch. */
export const wayToGuest = (
  lease: Row<'mac_lease'>,
  domain: number,
  [from, home]: readonly [string, string],
  view: View,
): Way | null => {
  const way = plainWay(domain, from, home, view)
  if (way !== null && isPlainlyFound(lease, home, view)) return { steps: plainly(way.plain), text: PLAINLY }
  const tunnel = tunnelBetween(from, home, view)
  if (tunnel === null) return null
  const steps = [setField('tunnel_id', keyOf(domain)) as Step, ...intoTunnel(tunnel)]
  return { steps, text: reachedAt(tunnel.remote) }
}

/** How what is for all gets to another switch; the key is set before. */
export const wayToAll = (domain: number, from: string, to: string, view: View): Way | null => {
  const way = plainWay(domain, from, to, view)
  if (way !== null)
    return { steps: [setField('eth_dst', way.floodMac), ...plainly(way.plain)], text: `${to} ${PLAINLY}` }
  const tunnel = tunnelBetween(from, to, view)
  return tunnel === null ? null : { steps: intoTunnel(tunnel), text: `${to} ${reachedAt(tunnel.remote)}` }
}
