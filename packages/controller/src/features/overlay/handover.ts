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
  handoverMac,
  interfaceName,
  ownerOfLeg,
  routersOfLeg,
  switchesReachingNetwork,
  switchOfPinnedLeg,
} from '../presence/queries.ts'
import { intoTunnel } from './egress.ts'
import { keyOf } from './networks.ts'
import { stationOf, tunnelPortsOf } from './stations.ts'
import { overlayTable, tunnelIngressTable, tunnelSourceTable } from './tables.ts'
import { tunnelBetween } from './ways.ts'

/** Switches on which packets may be that a router sends through the leg: all networks of a router are reached from the same. */
const switchesAroundLeg = listQuery<string>('switches around pinned leg', (id, view) => {
  if (view.query(switchOfPinnedLeg, id).length === 0) return []
  const networks = new Set(view.list('route.interface_id', id).flatMap(({ network_id }) => network_id ?? []))
  return [...new Set([...networks].flatMap((network) => view.query(switchesReachingNetwork, network)))].sort()
})

const routerName = (id: number, view: View): string => view.get('route_link', id)?.uuid ?? 'the router'

/** On a host that is not the owner. */
const away = (row: Row<'interface'>, owner: string, dpid: string, view: View): FlowDraft[] => {
  const tunnel = tunnelBetween(dpid, owner, view)
  if (tunnel === null || row.owner_datapath_id === null) return []
  const datapath = row.owner_datapath_id
  return routersOfLeg(row.id, view).flatMap((router) => {
    const eth_dst = handoverMac(datapath, router, view)
    if (eth_dst === null) return []
    return overlayTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain: HANDOVER, eth_dst },
      steps: [setField('tunnel_id', keyOf(HANDOVER)), ...intoTunnel(tunnel)],
      why: () =>
        `What ${routerName(router, view)} sends through legs that ${owner} alone has goes on there, reached at ${tunnel.remote}.`,
    })
  })
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
  const others = view
    .query(switchesAroundLeg, row.id)
    .filter((other) => other !== dpid && tunnelBetween(other, dpid, view) !== null)
  return [
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
    ...others.flatMap((other) => stationOf(other, view).sources.map((address) => source(address, other))),
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
