/**
 * Neighbour solicitations (RFC 4861 §7.2.4) answered in the switch for every leased address, and for link-local ones that
 * follow from MAC addresses: of guests and of legs. The message itself becomes its answer, in two tables: a switch lets
 * the fields of an advertisement be written only where it has made sure that it is one.
 *
 * A probe for duplicates (RFC 4862 §5.4) of an address that another has is answered to all nodes, that of the own address
 * never. What nobody is known to have is asked for where there may be somebody who is not known.
 */
import { fromIpAddress, type Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import {
  ALL_NODES,
  ICMPV6_TYPE,
  linkLocalAddress,
  multicastMacIpv6,
  UNSPECIFIED_IPV6,
} from '../../packet/index.ts'
import { ANY_TAG, move, returnToSender, setField, setSlice, setTtl } from '../../pipeline/actions.ts'
import { LINK_LOCAL, macNumber } from '../../pipeline/addresses.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { askedIn, mayHoldUnknown, sharedPortOf, switchesOfAnswer } from '../arp/queries.ts'
import {
  addressOfLease,
  domainName,
  interfaceName,
  portOfInterface,
  switchesOfFree,
  switchesOfGuests,
} from '../presence/queries.ts'
import { linkLocalNetworks, switchesOfLinkLocal } from './queries.ts'
import { ndAnswerTable, ndTable } from './tables.ts'

const { neighbour_solicitation: NS, neighbour_advertisement: NA } = ICMPV6_TYPE
const HOP_LIMIT = 255
/** Option of the MAC address that an advertisement tells. */
const TARGET_LINK_LAYER = 2
/** Bits of an advertisement: RFC 4861 §4.4. */
const FLAG = { router: 0x8000_0000, solicited: 0x4000_0000, override: 0x2000_0000 } as const

/** An address of an interface in a network. */
interface Owned {
  readonly address: bigint
  readonly mac: string
  readonly owner: number
  readonly network: number
}

const text = ({ address }: Owned): string => fromIpAddress({ family: 6, value: address })

const answer = (owned: Owned, domain: number, view: View): FlowDraft => {
  const { address, mac, owner } = owned
  const row = view.get('interface', owner)
  const isRouter = row?.mode === 'simulated' || row?.enable_routing === true
  return ndTable.flow({
    priority: PRIORITY.ordinary,
    match: { domain, icmpv6_type: NS, ipv6_nd_target: address },
    steps: [
      move('eth_src', 'eth_dst'),
      setField('eth_src', macNumber(mac)),
      setField('icmpv6_type', NA),
      ...(isRouter ? [setSlice('of_router', 1)] : []),
    ],
    goto: 'nd_answer',
    why: () =>
      `Who asks in ${domainName(domain, view)} for ${text(owned)} is told the MAC of ${interfaceName(owner, view)}.`,
  })
}

/** Nobody else has it but where there is somebody who is not known. */
const ownProbe = (owned: Owned, view: View): FlowDraft => {
  const { address, owner, network } = owned
  const why = () =>
    `${interfaceName(owner, view)} asks for its own address ${text(owned)}, and is not answered.`
  const flow = {
    priority: PRIORITY.higher,
    match: { domain: network, ingress_interface: owner, icmpv6_type: NS, ipv6_nd_target: address },
    why,
  }
  return ndTable.flow(view.query(mayHoldUnknown, network) ? { ...flow, goto: 'bridging' } : flow)
}

const neighbours = (owned: Owned, view: View, dpid: string): FlowDraft[] => {
  const { address, owner, network } = owned
  const in_port = sharedPortOf(owner, view, dpid)
  if (in_port === undefined) return []
  return [
    ndTable.flow({
      priority: PRIORITY.high,
      match: { domain: network, in_port, icmpv6_type: NS, ipv6_nd_target: address },
      why: () => `${interfaceName(owner, view)} answers itself to who is behind the same edge.`,
    }),
  ]
}

const answers = (owned: Owned, view: View, dpid: string): FlowDraft[] => {
  const isLocal = view.query(portOfInterface, owned.owner)?.dpid === dpid
  return [
    ...askedIn(owned.network, view, dpid).map((domain) => answer(owned, domain, view)),
    ...(isLocal ? [ownProbe(owned, view), ...neighbours(owned, view, dpid)] : []),
  ]
}

const compileAddress = (lease: Row<'ip_lease'>, view: View, dpid: string): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null || owned.address.family !== 6) return {}
  const address = owned.address.value
  return { flows: answers({ ...owned, address, network: lease.network_id }, view, dpid) }
}

const compileLinkLocal = (lease: Row<'mac_lease'>, view: View, dpid: string): Compiled => {
  const { mac_address: mac, interface_id: owner } = lease
  const address = linkLocalAddress(macNumber(mac))
  const networks = linkLocalNetworks(lease, view)
  return { flows: networks.flatMap((network) => answers({ address, mac, owner, network }, view, dpid)) }
}

const question = (domain: number, uuid: string): Compiled => ({
  flows: [
    ndTable.flow({
      priority: PRIORITY.low,
      match: { domain, icmpv6_type: NS },
      goto: 'bridging',
      why: () => `Who has an address in ${uuid} is not always known here: everybody is asked.`,
    }),
  ],
})

export const answerRules = [
  rule({
    name: 'question',
    entity: 'network',
    on: switchesOfGuests,
    compile: ({ id, uuid }, view) => (view.query(mayHoldUnknown, id) ? question(id, uuid) : {}),
  }),
  rule({
    name: 'segment question',
    entity: 'segment',
    on: switchesOfFree,
    compile: ({ id, uuid }) => question(domainOfSegment(id), uuid),
  }),
  rule({ name: 'answer', entity: 'ip_lease', on: switchesOfAnswer, compile: compileAddress }),
  rule({
    name: 'link-local answer',
    entity: 'mac_lease',
    on: switchesOfLinkLocal,
    compile: compileLinkLocal,
  }),
]

const IS_ANSWER = { icmpv6_type: NA, icmpv6_code: 0 } as const

/** The option that told the asker's MAC address becomes the one that tells the address asked for. */
const advertise = (flags: number) => [
  move('ipv6_src', 'ipv6_dst'),
  move('ipv6_nd_target', 'ipv6_src'),
  setTtl(HOP_LIMIT),
  setField('nd_reserved', flags),
  setField('nd_options_type', TARGET_LINK_LAYER),
  move('eth_src', 'ipv6_nd_tll'),
  returnToSender(),
]

export const answerStanding = [
  ndTable.flow({
    priority: PRIORITY.highest,
    match: { vlan_vid: ANY_TAG },
    goto: 'bridging',
    why: 'Who has an address in a VLAN of guests they ask each other.',
  }),
  ndTable.flow({
    priority: PRIORITY.low,
    match: { icmpv6_type: NA },
    goto: 'bridging',
    why: 'A neighbour advertisement goes to the one it is sent to.',
  }),
  ndTable.flow({
    priority: PRIORITY.low,
    match: { icmpv6_type: NS, ipv6_nd_target: LINK_LOCAL },
    goto: 'bridging',
    why: 'Which link-local addresses guests have is not always known: everybody in the network is asked.',
  }),
  ndAnswerTable.flow({
    priority: PRIORITY.high,
    match: { ...IS_ANSWER, ipv6_src: UNSPECIFIED_IPV6 },
    steps: [
      setField('eth_dst', multicastMacIpv6(ALL_NODES)),
      setField('ipv6_dst', ALL_NODES),
      move('ipv6_nd_target', 'ipv6_src'),
      setTtl(HOP_LIMIT),
      returnToSender(),
    ],
    goto: 'output',
    why: 'Who asks whether an address is free hears that another has it (RFC 4861 §7.2.4).',
  }),
  ndAnswerTable.flow({
    priority: PRIORITY.ordinary,
    match: { ...IS_ANSWER, of_router: 1 },
    steps: advertise(FLAG.router + FLAG.solicited + FLAG.override),
    goto: 'output',
    why: 'The address is that of a router.',
  }),
  ndAnswerTable.flow({
    priority: PRIORITY.low,
    match: IS_ANSWER,
    steps: advertise(FLAG.solicited + FLAG.override),
    goto: 'output',
    why: 'The address is that of a host.',
  }),
]
