/** Layer 2 inside a network: unicast to the one who has the MAC, broadcast and multicast once to every member. */
import type { Bucket } from '@openvnet/openflow'
import type { Row } from '@openvnet/schema'
import { type Compiled, type GroupDraft, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { sendToGroup, setSlice } from '../../pipeline/actions.ts'
import { MULTICAST_BIT, macNumber } from '../../pipeline/addresses.ts'
import { floodGroup, floodGroupPart } from '../../pipeline/group_space.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import {
  interfaceName,
  interfacesOfPart,
  networkName,
  networksOfInterface,
  partsOfNetwork,
  portOfInterface,
  switchesOfNetwork,
  switchOfMacLease,
} from '../presence/queries.ts'
import { destinationTable } from './tables.ts'

const OFPGT_ALL = 0
const NOT_WATCHED = 0xffff_ffff

const compileUnicast = (lease: Row<'mac_lease'>, view: View): Compiled => ({
  flows: view.query(networksOfInterface, lease.interface_id).map((network) =>
    destinationTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain: network, eth_dst: macNumber(lease.mac_address) },
      steps: [setSlice('egress_interface', lease.interface_id)],
      goto: 'output',
      why: () =>
        `${lease.mac_address} in ${networkName(network, view)} is ${interfaceName(lease.interface_id, view)}.`,
    }),
  ),
})

/** The ports of guests of a part of a network on one switch, ordered by the uuid of the guest. */
const localPorts = (part: number, view: View, dpid: string): number[] =>
  view
    .query(interfacesOfPart, part)
    .map((id) => view.query(portOfInterface, id))
    .flatMap((port) => (port?.dpid === dpid ? [port.port_no] : []))

const bucketTo = (action: Bucket['actions'][number]): Bucket => ({
  weight: 0,
  watch_port: NOT_WATCHED,
  watch_group: NOT_WATCHED,
  actions: [action],
})

const groupOfPorts = (group_id: number, ports: readonly number[], why: string): GroupDraft => ({
  group_id,
  group_type: OFPGT_ALL,
  buckets: ports.map((port) => bucketTo({ type: 'output', port, max_len: 0 })),
  why,
})

/**
 * The groups that send a packet once to each guest: the first is the one to use, others serve it. A network with many
 * guests has a group of groups, so that one more guest changes a small one. (A group-mod of more than about 2,000
 * buckets would not fit into a message either.)
 */
const floodGroups = (network: Row<'network'>, view: View, dpid: string): GroupDraft[] => {
  const group_id = floodGroup(network.id)
  const parts = view.query(partsOfNetwork, network.id)
  const why = `The guests of ${network.uuid} on this switch.`
  const [only, second] = parts
  if (only !== undefined && second === undefined)
    return [groupOfPorts(group_id, localPorts(only, view, dpid), why)]
  const groups = parts.flatMap((part, index) => {
    const ports = localPorts(part, view, dpid)
    const text = `Part ${index + 1} of the guests of ${network.uuid} on this switch.`
    return ports.length === 0 ? [] : [groupOfPorts(floodGroupPart(network.id, index), ports, text)]
  })
  const buckets = groups.map((group) => bucketTo({ type: 'group', group_id: group.group_id }))
  return [{ group_id, group_type: OFPGT_ALL, buckets, why }, ...groups]
}

/** A group and not a list of outputs, so that flows stay as they are when members come and go. */
const compileFlood = (network: Row<'network'>, view: View, dpid: string): Compiled => ({
  groups: floodGroups(network, view, dpid),
  flows: [
    destinationTable.flow({
      priority: PRIORITY.low,
      match: { domain: network.id, eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT } },
      steps: [sendToGroup(floodGroup(network.id))],
      goto: 'overlay',
      why: () => `Broadcast and multicast in ${network.uuid} go to every guest of it.`,
    }),
  ],
})

export const switchingRules = [
  rule({ name: 'unicast', entity: 'mac_lease', on: switchOfMacLease, compile: compileUnicast }),
  rule({ name: 'flood', entity: 'network', on: switchesOfNetwork, compile: compileFlood }),
]
