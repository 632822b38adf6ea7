/**
 * DHCP of guests. Who asks for an address has none yet, so its MAC address is all that port security can look at; for the
 * same reason nothing else but the question is let through. Guests are no servers (RFC 2131 §7: a rogue one answers faster).
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, macNumber } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { mayHoldUnknown } from '../arp/queries.ts'
import { networkOfAsking } from '../dhcp/queries.ts'
import { interfaceName, networkName, switchOfMacLease } from '../presence/queries.ts'
import { portSecurityTable } from './tables.ts'

/** What has a tag is the guests' own affair. */
const UNTAGGED = 0
const BROADCAST = 0xffff_ffff

const CLIENT = {
  4: { vlan_vid: UNTAGGED, eth_type: ETH_TYPE.ipv4, udp_src: 68, udp_dst: 67 },
  6: { vlan_vid: UNTAGGED, eth_type: ETH_TYPE.ipv6, udp_src: 546, udp_dst: 547 },
} as const
const FAMILIES = [4, 6] as const
const NAME = { 4: 'DHCP', 6: 'DHCPv6' } as const
const REASON = { 4: 'dhcp4', 6: 'dhcp6' } as const

/** Without a server of ours somebody outside may be one: the question goes on as any broadcast. */
const toOthers = (lease: Row<'mac_lease'>, network: number, view: View): FlowDraft =>
  portSecurityTable.flow({
    priority: PRIORITY.high,
    match: {
      ...{ ingress_interface: lease.interface_id, eth_src: macNumber(lease.mac_address) },
      ...{ ...CLIENT[4], ipv4_src: 0, ipv4_dst: BROADCAST },
    },
    steps: [setSlice('domain', network)],
    goto: 'router_leg',
    why: () =>
      `${interfaceName(lease.interface_id, view)} may ask for an address: ${networkName(network, view)} has no DHCP service, so whoever is there may answer.`,
  })

const toServer = (lease: Row<'mac_lease'>, family: 4 | 6, network: number, view: View): FlowDraft =>
  portSecurityTable.flow({
    priority: PRIORITY.high,
    match: {
      ...{ ingress_interface: lease.interface_id, eth_src: macNumber(lease.mac_address) },
      ...CLIENT[family],
    },
    steps: [setSlice('domain', network), punt(REASON[family])],
    goto: 'punt',
    why: () =>
      `${NAME[family]} of ${interfaceName(lease.interface_id, view)} is answered by the service of ${networkName(network, view)}, also before it has an address.`,
  })

const compileMac = (lease: Row<'mac_lease'>, view: View, dpid: string): Compiled => {
  if (view.get('interface', lease.interface_id)?.mode !== 'vif') return {}
  const served = FAMILIES.flatMap((family) => {
    const asking = networkOfAsking(lease, family, view, dpid)
    if (asking?.isServed === true) return [toServer(lease, family, asking.network, view)]
    // Guests are no servers, so it takes somebody who is none.
    const isLeftAlone = asking === undefined || family === 6 || !view.query(mayHoldUnknown, asking.network)
    return isLeftAlone ? [] : [toOthers(lease, asking.network, view)]
  })
  return { flows: served }
}

/** What a guest may ask by a MAC address of it. */
export const dhcpRule = rule({
  name: 'dhcp',
  entity: 'mac_lease',
  on: switchOfMacLease,
  compile: compileMac,
})

export const dhcpStanding: readonly FlowDraft[] = FAMILIES.map((family) => {
  const { udp_src, udp_dst, ...rest } = CLIENT[family]
  return portSecurityTable.flow({
    priority: PRIORITY.higher,
    match: { ...rest, udp_src: udp_dst, udp_dst: udp_src },
    why: `A guest is no ${NAME[family]} server: its answers would take the place of those of the network.`,
  })
})
