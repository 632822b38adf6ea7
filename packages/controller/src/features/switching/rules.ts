/** Layer 2 inside a domain, a network or a segment: unicast to the one who has the MAC, broadcast and multicast once to every member. */
import type { Bucket } from '@openvnet/openflow'
import type { Row } from '@openvnet/schema'
import { type Compiled, type GroupDraft, rule } from '../../engine/rule.ts'
import { listQuery, recordQuery, type View } from '../../engine/view.ts'
import { output, pushVlan, sendToGroup, setSlice } from '../../pipeline/actions.ts'
import { MULTICAST_BIT, macNumber } from '../../pipeline/addresses.ts'
import { bucketOf, OFPGT_ALL } from '../../pipeline/buckets.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import { floodGroup, floodGroupPart } from '../../pipeline/group_space.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import {
  domainName,
  domainsOfMacLease,
  edgePortsOfDomain,
  interfaceName,
  interfacesOfPart,
  type PlacedPort,
  partsOfDomain,
  portOfInterface,
  segmentOfNetwork,
  switchesOfDomain,
  switchOfMacLease,
} from '../presence/queries.ts'
import { siblingRules } from './siblings.ts'
import { destinationTable } from './tables.ts'

const compileUnicast = (lease: Row<'mac_lease'>, view: View): Compiled => ({
  flows: domainsOfMacLease(lease, view).map((domain) =>
    destinationTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain, eth_dst: macNumber(lease.mac_address) },
      steps: [setSlice('egress_interface', lease.interface_id)],
      goto: 'output',
      why: () =>
        `${lease.mac_address} in ${domainName(domain, view)} is ${interfaceName(lease.interface_id, view)}.`,
    }),
  ),
})

/** The ports of guests of a part of a domain on one switch, ordered by the uuid of the guest. */
const localPorts = (part: number, view: View, dpid: string): PlacedPort[] =>
  view
    .query(interfacesOfPart, part)
    .map((id) => view.query(portOfInterface, id))
    .filter((port): port is PlacedPort => port?.dpid === dpid && port.isShared !== true)

/** Behind an edge there may be many in one VLAN, which gets one copy. */
const sharedPorts = (domain: number, view: View, dpid: string): PlacedPort[] =>
  (view.query(edgePortsOfDomain, domain) ?? []).filter((port) => port.dpid === dpid)

/**
 * The same of a part of many, kept: one more guest is looked up in its part only.
 * @param key part and datapath id, with a blank between
 */
const portsOfPart = recordQuery<readonly PlacedPort[], string>('local ports of part', (key, view) => {
  const [part, dpid] = key.split(' ') as [string, string]
  return localPorts(Number(part), view, dpid)
})

const toPort = ({ port_no, vlan_id }: PlacedPort): Bucket['actions'] => {
  const { actions } = output(port_no)
  return vlan_id === undefined ? actions : [...pushVlan(vlan_id).actions, ...actions]
}

const groupOfPorts = (group_id: number, ports: readonly PlacedPort[], why: string): GroupDraft => ({
  group_id,
  group_type: OFPGT_ALL,
  buckets: ports.map((port) => bucketOf(toPort(port))),
  why,
})

/**
 * The groups that send a packet once to each guest: the first is the one to use, others serve it. A domain with many
 * guests has a group of groups, so that one more guest changes a small one. (A group-mod of more than about 2,000
 * buckets would not fit into a message either.)
 */
const floodGroups = (domain: number, uuid: string, view: View, dpid: string): GroupDraft[] => {
  const group_id = floodGroup(domain)
  const parts = view.query(partsOfDomain, domain)
  const why = `The guests of ${uuid} on this switch.`
  const [only, second] = parts
  const shared = sharedPorts(domain, view, dpid)
  if (only !== undefined && second === undefined)
    return [groupOfPorts(group_id, [...localPorts(only, view, dpid), ...shared], why)]
  const groups = parts.flatMap((part, index) => {
    const ports = view.query(portsOfPart, `${part} ${dpid}`) ?? []
    const text = `Part ${index + 1} of the guests of ${uuid} on this switch.`
    return ports.length === 0 ? [] : [groupOfPorts(floodGroupPart(domain, index), ports, text)]
  })
  const buckets = [
    ...groups.map((group) => bucketOf(sendToGroup(group.group_id).actions)),
    ...shared.map((port) => bucketOf(toPort(port))),
  ]
  return [{ group_id, group_type: OFPGT_ALL, buckets, why }, ...groups]
}

/** A group and not a list of outputs, so that flows stay as they are when members come and go. */
const compileFlood = (domain: number, uuid: string, view: View, dpid: string): Compiled => ({
  groups: floodGroups(domain, uuid, view, dpid),
  flows: [
    destinationTable.flow({
      priority: PRIORITY.low,
      match: { domain, eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT } },
      steps: [sendToGroup(floodGroup(domain))],
      goto: 'overlay',
      why: () => `Broadcast and multicast in ${uuid} go to every guest of it.`,
    }),
  ],
})

/** A network in a segment is flooded with that. */
const switchesOfNetworkFlood = listQuery<string>('switches of network flood', (id, view) =>
  segmentOfNetwork(id, view) === null ? switchesOfDomain(id, view) : [],
)

const switchesOfSegmentFlood = listQuery<string>('switches of segment flood', (id, view) =>
  switchesOfDomain(domainOfSegment(id), view),
)

export const switchingRules = [
  rule({ name: 'unicast', entity: 'mac_lease', on: switchOfMacLease, compile: compileUnicast }),
  ...siblingRules,
  rule({
    name: 'flood',
    entity: 'network',
    on: switchesOfNetworkFlood,
    compile: ({ id, uuid }, view, dpid) => compileFlood(id, uuid, view, dpid),
  }),
  rule({
    name: 'segment flood',
    entity: 'segment',
    on: switchesOfSegmentFlood,
    compile: ({ id, uuid }, view, dpid) => compileFlood(domainOfSegment(id), uuid, view, dpid),
  }),
]
