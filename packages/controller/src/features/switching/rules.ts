/** Layer 2 inside a network: unicast to the one who has the MAC, broadcast and multicast once to every member. */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { sendToGroup, setSlice } from '../../pipeline/actions.ts'
import { MULTICAST_BIT, macNumber } from '../../pipeline/addresses.ts'
import { GROUP_SPACE } from '../../pipeline/group_space.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import {
  interfaceName,
  interfacesOfNetwork,
  networkName,
  networksOfInterface,
  portOfInterface,
  switchesOfNetwork,
  switchOfInterface,
} from '../presence/queries.ts'
import { destinationTable } from './tables.ts'

const OFPGT_ALL = 0
const NOT_WATCHED = 0xffff_ffff

const switchOfMac = listQuery<string>('switch of MAC', (id, view) => {
  const lease = view.get('mac_lease', id)
  return lease === undefined ? [] : view.query(switchOfInterface, lease.interface_id)
})

const compileUnicast = (lease: Row<'mac_lease'>, view: View): Compiled => ({
  flows: view.query(networksOfInterface, lease.interface_id).map((network) =>
    destinationTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain: network, eth_dst: macNumber(lease.mac_address) },
      steps: [setSlice('egress_interface', lease.interface_id)],
      goto: 'output',
      why: `${lease.mac_address} in ${networkName(network, view)} is ${interfaceName(lease.interface_id, view)}.`,
    }),
  ),
})

/** The ports of the network's guests on one switch, ordered by the uuid of the guest. */
const localPorts = (network: number, view: View, dpid: string): number[] =>
  view
    .query(interfacesOfNetwork, network)
    .map((id) => view.query(portOfInterface, id))
    .flatMap((port) => (port?.dpid === dpid ? [port.port_no] : []))

/** A group and not a list of outputs, so that flows stay as they are when members come and go. */
const compileFlood = (network: Row<'network'>, view: View, dpid: string): Compiled => {
  const group_id = GROUP_SPACE + network.id
  return {
    groups: [
      {
        group_id,
        group_type: OFPGT_ALL,
        buckets: localPorts(network.id, view, dpid).map((port) => ({
          weight: 0,
          watch_port: NOT_WATCHED,
          watch_group: NOT_WATCHED,
          actions: [{ type: 'output', port, max_len: 0 }],
        })),
        why: `The guests of ${network.uuid} on this switch.`,
      },
    ],
    flows: [
      destinationTable.flow({
        priority: PRIORITY.low,
        match: { domain: network.id, eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT } },
        steps: [sendToGroup(group_id)],
        why: `Broadcast and multicast in ${network.uuid} go to every guest of it.`,
      }),
    ],
  }
}

export const switchingRules = [
  rule({ name: 'unicast', entity: 'mac_lease', on: switchOfMac, compile: compileUnicast }),
  rule({ name: 'flood', entity: 'network', on: switchesOfNetwork, compile: compileFlood }),
]
