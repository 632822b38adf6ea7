/**
 * Path MTU: what is too large for the network that it goes into comes back as an ICMP error (RFC 1191, RFC 8201), or over
 * IPv4 goes on in fragments where its sender allows that. Looked at only where a network has a smaller MTU than another
 * that routers join to it: elsewhere nothing that fits into the one is too large for the other.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { checkMtu, setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { firstRouted, guestMtu, routedNetworks, switchesReachingNetwork } from '../presence/queries.ts'
import { mtuTable, tooBigTable } from './tables.ts'

/** The MTUs of networks that routers join, smallest first. @param first the one that stands for all */
const mtusAmong = listQuery<number>('MTUs among networks', (first, view) => {
  const mtus = routedNetworks(first, view).map((network) => view.query(guestMtu, network))
  return [...new Set(mtus)].sort((a, b) => a - b)
})

/** @param checked what is known of the packet; it fits then */
const fits = (network: Row<'network'>, mtu: number, checked: number): FlowDraft =>
  mtuTable.flow({
    priority: PRIORITY.high,
    match: { domain: network.id, mtu_checked: checked },
    goto: 'too_big',
    why: () => `The packet fits into ${checked} octets, so it fits into the ${mtu} of ${network.uuid}.`,
  })

/**
 * Open vSwitch does all that follows for both cases, and nothing of it outlasts them: what comes behind the next router
 * starts a list of hops of its own. That is once for each MTU, however often the packet comes round.
 */
const check = (network: Row<'network'>, mtu: number, eth_type: number): FlowDraft =>
  mtuTable.flow({
    priority: PRIORITY.ordinary,
    match: { domain: network.id, eth_type },
    steps: [setSlice('further', 0), setSlice('mtu_checked', mtu), checkMtu('too_big', mtu)],
    goto: 'too_big',
    why: () =>
      `Packets for ${network.uuid} have up to ${mtu} octets; some networks around have a larger MTU.`,
  })

const compileMtu = (network: Row<'network'>, view: View): Compiled => {
  const mtu = view.query(guestMtu, network.id)
  const around = view.query(mtusAmong, view.query(firstRouted, network.id))
  if (around.every((other) => other <= mtu)) return {}
  return {
    flows: [
      check(network, mtu, ETH_TYPE.ipv4),
      check(network, mtu, ETH_TYPE.ipv6),
      ...around.filter((other) => other <= mtu).map((other) => fits(network, mtu, other)),
    ],
  }
}

export const mtuRules = [
  rule({ name: 'mtu', entity: 'network', on: switchesReachingNetwork, compile: compileMtu }),
]

export const mtuStanding = [
  tooBigTable.flow({
    priority: PRIORITY.high,
    match: { too_big: 1 },
    steps: [punt('too_big')],
    goto: 'punt',
    why: 'The packet is too large for the network: its sender is told, or it goes on in fragments.',
  }),
  tooBigTable.flow({
    priority: PRIORITY.ordinary,
    match: { onward: 1 },
    steps: [setSlice('onward', 0), setSlice('again', 1)],
    goto: 'next_router',
    why: 'The next hop is a router of ours.',
  }),
]
