/**
 * What hosts hand over to the one that alone has a leg of a router (decision 46): by a key of its own, to an address that stands for the
 * router on that host; it is let in from hosts that may have packets for the router, and from no other.
 */
import { type Row, toIpAddress } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { setField, setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE } from '../../pipeline/addresses.ts'
import { HANDOVER } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { punt } from '../../pipeline/punts.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  domainName,
  handoverMac,
  homeOfLeg,
  interfaceName,
  ownerOfLeg,
  routersOfLeg,
  switchesReachingNetwork,
} from '../presence/queries.ts'
import { intoTunnel, PLAINLY, plainly, reachedAt, type Way } from './egress.ts'
import { keyOf } from './networks.ts'
import { stationOf, tunnelPortsOf } from './stations.ts'
import {
  mac2macSourceTable,
  mac2macTable,
  overlayTable,
  tunnelIngressTable,
  tunnelSourceTable,
} from './tables.ts'
import { plainBetween, tunnelBetween } from './ways.ts'

/** Switches on which packets may be that a router sends through the leg: all networks of a router are reached from the same. */
const switchesAroundLeg = listQuery<string>('switches around pinned leg', (id, view) => {
  if (homeOfLeg(id, view).length === 0) return []
  const networks = new Set(view.list('route.interface_id', id).flatMap(({ network_id }) => network_id ?? []))
  return [...new Set([...networks].flatMap((network) => view.query(switchesReachingNetwork, network)))].sort()
})

const routerName = (id: number, view: View): string => view.get('route_link', id)?.uuid ?? 'the router'

/** Of the router on a host, which is how it sends without encapsulation; `null` where the host has no row. */
const macOn = (dpid: string, router: number, view: View): number | null => {
  const { datapath } = stationOf(dpid, view)
  return datapath === null ? null : handoverMac(datapath, router, view)
}

/** How the router's packets get from a host to the owner, as those of guests do: bare where rows say so, else by the tunnel. */
const wayTo = (router: number, [from, owner]: readonly [string, string], view: View): Way | null => {
  const plain = plainBetween(from, owner, view)
  const eth_src = plain === null ? null : macOn(from, router, view)
  if (plain !== null && eth_src !== null)
    return { steps: [setField('eth_src', eth_src), ...plainly(plain)], text: PLAINLY }
  const tunnel = tunnelBetween(from, owner, view)
  if (tunnel === null) return null
  const steps = [setField('tunnel_id', keyOf(HANDOVER)), ...intoTunnel(tunnel)]
  return { steps, text: reachedAt(tunnel.remote) }
}

/** On a host that is not the owner. */
const away = (row: Row<'interface'>, owner: string, dpid: string, view: View): FlowDraft[] =>
  routersOfLeg(row.id, view).flatMap((router) => {
    const eth_dst = macOn(owner, router, view)
    const way = wayTo(router, [dpid, owner], view)
    if (eth_dst === null || way === null) return []
    return overlayTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain: HANDOVER, eth_dst },
      steps: way.steps,
      why: () =>
        `What ${routerName(router, view)} sends through legs that ${owner} alone has goes on there, ${way.text}.`,
    })
  })

/** What comes to the owner from one that sends without encapsulation. */
const plainFrom = (router: number, other: string, dpid: string, view: View): FlowDraft[] => {
  const plain = plainBetween(other, dpid, view)
  const [eth_dst, eth_src] = [macOn(dpid, router, view), macOn(other, router, view)]
  if (plain === null || eth_dst === null || eth_src === null) return []
  const name = routerName(router, view)
  return [
    mac2macTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain: plain.domain, eth_dst },
      steps: [setSlice('domain', HANDOVER), setSlice('from_tunnel', 1)],
      goto: 'mac2mac_source',
      why: () =>
        `What comes through ${domainName(plain.domain, view)} with this address is handed over to ${name}.`,
    }),
    mac2macSourceTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain: HANDOVER, eth_src },
      goto: 'arrival',
      why: () => `${other} may hand packets over to ${name} without encapsulation.`,
    }),
  ]
}

const source = (address: string, sender: string): FlowDraft => {
  const { family, value } = toIpAddress(address)
  return tunnelSourceTable.flow({
    priority: PRIORITY.high,
    match: { domain: HANDOVER, ...(family === 4 ? { tun_src: Number(value) } : { tun_ipv6_src: value }) },
    goto: 'arrival',
    why: () => `${sender} may hand packets over to routers here: it sends from ${address}.`,
  })
}

const atHome = (row: Row<'interface'>, dpid: string, view: View): FlowDraft[] => {
  const others = view.query(switchesAroundLeg, row.id).filter((other) => other !== dpid)
  const tunnelled = others.filter((other) => tunnelBetween(other, dpid, view) !== null)
  return [
    ...routersOfLeg(row.id, view).flatMap((router) =>
      others.flatMap((other) => plainFrom(router, other, dpid, view)),
    ),
    ...view.query(tunnelPortsOf, dpid).map((in_port) =>
      tunnelIngressTable.flow({
        priority: PRIORITY.ordinary,
        match: { in_port, tunnel_id: keyOf(HANDOVER) },
        steps: [setSlice('domain', HANDOVER), setSlice('from_tunnel', 1)],
        goto: 'tunnel_source',
        why: () =>
          `What comes through the tunnels of port ${in_port} with key ${keyOf(HANDOVER)} is handed over for legs that are here alone, as ${interfaceName(row.id, view)}.`,
      }),
    ),
    ...tunnelled.flatMap((other) => stationOf(other, view).sources.map((address) => source(address, other))),
  ]
}

const compileLeg = (row: Row<'interface'>, view: View, dpid: string): Compiled => {
  const owner = ownerOfLeg(row, view)
  if (owner === null) return {}
  return { flows: owner === dpid ? atHome(row, dpid, view) : away(row, owner, dpid, view) }
}

export const handoverRules = [
  rule({ name: 'handover', entity: 'interface', on: switchesAroundLeg, compile: compileLeg }),
]

export const handoverStanding = [ETH_TYPE.ipv4, ETH_TYPE.ipv6].map((eth_type) =>
  overlayTable.flow({
    priority: PRIORITY.low,
    match: { domain: HANDOVER, eth_type },
    steps: [punt('address_unreachable')],
    goto: 'punt',
    why: 'Nothing leads to the bridge that alone has the leg: the sender is told.',
  }),
)
