/**
 * ARP (RFC 826) answered in the switch, for guests and for router legs alike: no broadcast, no controller.
 * In a segment there may be guests without addresses that are known: what nobody is known to have is asked for.
 * A guest's question for its own address is not answered, or it would take itself for a duplicate (RFC 5227);
 * its announcements reach the network.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { ANY_TAG, move, returnToSender, setField } from '../../pipeline/actions.ts'
import { ARP_OP, macNumber } from '../../pipeline/addresses.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  addressOfLease,
  domainName,
  homeOf,
  interfaceName,
  switchesOfFree,
  switchesOfGuests,
} from '../presence/queries.ts'
import { askedIn, mayHoldUnknown, sharedPortOf, switchesOfAnswer } from './queries.ts'
import { arpTable } from './tables.ts'

interface Owned {
  /** As number. */
  readonly address: number
  readonly mac: number
  /** The interface. */
  readonly owner: number
}

const answer = (
  lease: Row<'ip_lease'>,
  domain: number,
  { address, mac, owner }: Owned,
  view: View,
): FlowDraft =>
  arpTable.flow({
    priority: PRIORITY.ordinary,
    match: { domain, arp_op: ARP_OP.request, arp_tpa: address },
    steps: [
      move('eth_src', 'eth_dst'),
      setField('eth_src', mac),
      setField('arp_op', ARP_OP.reply),
      move('arp_sha', 'arp_tha'),
      move('arp_spa', 'arp_tpa'),
      setField('arp_sha', mac),
      setField('arp_spa', address),
      returnToSender(),
    ],
    goto: 'output',
    why: () =>
      `Who asks in ${domainName(domain, view)} for ${lease.address} is told the MAC of ${interfaceName(owner, view)}.`,
  })

/** Questions for the own address, and announcements, go to the network unanswered. */
const announcement = (lease: Row<'ip_lease'>, { address, owner }: Owned, view: View): FlowDraft =>
  arpTable.flow({
    priority: PRIORITY.higher,
    match: {
      domain: lease.network_id,
      ingress_interface: owner,
      arp_op: ARP_OP.request,
      arp_tpa: address,
    },
    goto: 'bridging',
    why: () => `${interfaceName(owner, view)} announces its own address ${lease.address}.`,
  })

const neighbours = (
  lease: Row<'ip_lease'>,
  { address, owner }: Owned,
  view: View,
  dpid: string,
): FlowDraft[] => {
  const in_port = sharedPortOf(owner, view, dpid)
  if (in_port === undefined) return []
  return [
    arpTable.flow({
      priority: PRIORITY.high,
      match: { domain: lease.network_id, in_port, arp_op: ARP_OP.request, arp_tpa: address },
      why: () => `${interfaceName(owner, view)} answers itself to who is behind the same edge.`,
    }),
  ]
}

const compileAnswer = (lease: Row<'ip_lease'>, view: View, dpid: string): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null || owned.address.family !== 4) return {}
  const { owner } = owned
  const numbers = { address: Number(owned.address.value), mac: macNumber(owned.mac), owner }
  const local = homeOf(owner, view).includes(dpid)
  return {
    flows: [
      ...askedIn(lease.network_id, view, dpid).map((domain) => answer(lease, domain, numbers, view)),
      ...(local ? [announcement(lease, numbers, view)] : []),
      ...(local ? neighbours(lease, numbers, view, dpid) : []),
    ],
  }
}

const question = (domain: number, uuid: string): Compiled => ({
  flows: [
    arpTable.flow({
      priority: PRIORITY.low,
      match: { domain, arp_op: ARP_OP.request },
      goto: 'bridging',
      why: () => `Who has an address in ${uuid} is not always known here: everybody is asked.`,
    }),
  ],
})

const compileQuestion = ({ id, uuid }: Row<'network'>, view: View): Compiled =>
  view.query(mayHoldUnknown, id) ? question(id, uuid) : {}

export const arpRules = [
  rule({ name: 'question', entity: 'network', on: switchesOfGuests, compile: compileQuestion }),
  rule({
    name: 'segment question',
    entity: 'segment',
    on: switchesOfFree,
    compile: ({ id, uuid }) => question(domainOfSegment(id), uuid),
  }),
  rule({ name: 'answer', entity: 'ip_lease', on: switchesOfAnswer, compile: compileAnswer }),
]

/**
 * Answers that guests send themselves were checked by port security: they go where they are sent. What has a VLAN tag is
 * the guests' own affair: who has an address there is not known here.
 */
export const arpStanding = [
  arpTable.flow({
    priority: PRIORITY.highest,
    match: { vlan_vid: ANY_TAG },
    goto: 'bridging',
    why: 'Who has an address in a VLAN of guests they ask each other.',
  }),
  arpTable.flow({
    priority: PRIORITY.low,
    match: { arp_op: ARP_OP.reply },
    goto: 'bridging',
    why: 'An ARP reply goes to the one it is sent to.',
  }),
]
