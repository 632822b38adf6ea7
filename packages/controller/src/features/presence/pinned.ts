/**
 * Legs of routers that are on one bridge only: simulated interfaces with an owner datapath and a route. That bridge is a
 * place of theirs, as that of a guest is; packets of other hosts whose way leads through such a leg are handed over to it
 * (decision 46).
 */
import type { Row } from '@openvnet/schema'
import { listQuery, recordQuery, type View } from '../../engine/view.ts'
import { macNumber } from '../../pipeline/addresses.ts'

type InterfaceRow = Row<'interface'>

/** `f6` (locally administered, unicast), id of the datapath (16 bits), id of the route link (24 bits). */
const FIRST_OCTET = 0xf6
const GREATEST_DATAPATH = 0xffff
const GREATEST_ROUTER = 0xff_ffff

const derivedMac = (datapath: number, router: number): number | null =>
  datapath > GREATEST_DATAPATH || router > GREATEST_ROUTER
    ? null
    : FIRST_OCTET * 2 ** 40 + datapath * 2 ** 24 + router

const isPinned = (row: InterfaceRow | undefined): row is InterfaceRow & { owner_datapath_id: number } =>
  row?.mode === 'simulated' && row.owner_datapath_id !== null

const isLeg = ({ id }: InterfaceRow, view: View): boolean => view.count('route.interface_id', id) > 0

/** Datapath id of the bridge that has a leg, as the row says it: `null` where any may have it. */
export const ownerOfLeg = (row: InterfaceRow, view: View): string | null =>
  isPinned(row) ? (view.get('datapath', row.owner_datapath_id)?.dpid ?? null) : null

/**
 * Its bridge: none or one datapath id. None as long as nothing is known of that, or since it is forgotten. Not kept: nearly all who are
 * asked about are guests.
 */
export const homeOfLeg = (id: number, view: View): readonly string[] => {
  const row = view.get('interface', id)
  if (!isPinned(row) || !isLeg(row, view)) return []
  const dpid = ownerOfLeg(row, view)
  return dpid !== null && view.isDescribed(dpid) ? [dpid] : []
}

/** For the rules of interfaces. */
export const switchOfPinnedLeg = listQuery<string>('switch of pinned leg', homeOfLeg)

/** Bridges that alone have legs in the network. */
export const switchesOfPinnedLegs = listQuery<string>('switches of pinned legs', (network, view) => {
  const legs = new Set(
    view.list('route.network_id', network).flatMap(({ interface_id }) => interface_id ?? []),
  )
  return [...new Set([...legs].flatMap((leg) => homeOfLeg(leg, view)))].sort()
})

/** Routers that have a route through the leg. */
export const routersOfLeg = (leg: number, view: View): readonly number[] =>
  [...new Set(view.list('route.interface_id', leg).map(({ route_link_id }) => route_link_id))].sort(
    (a, b) => a - b,
  )

/** Whether of several legs of a router on one bridge it is the one that stands for all there: that with the lowest id. */
export const isFirstLeg = (row: InterfaceRow, router: number, view: View): boolean =>
  view
    .list('interface.owner_datapath_id', row.owner_datapath_id ?? 0)
    .filter((other) => isPinned(other) && other.id < row.id)
    .every(({ id }) => !routersOfLeg(id, view).includes(router))

/** What rows say, by row id of the datapath. */
const saidMacs = recordQuery<Readonly<Record<number, string>>>('handover MACs of router', (router, view) => {
  const rows = view.list('datapath_route_link.route_link_id', router)
  return Object.fromEntries(rows.map(({ datapath_id, mac_address }) => [datapath_id, mac_address]))
})

/**
 * The address under which packets get to a router on a host: `mac_address` of its `datapath_route_link`, else one that
 * follows from both ids.
 * @param datapath row id
 * @returns 48 bits; `null` where the ids do not fit and no row says it
 */
export const handoverMac = (datapath: number, router: number, view: View): number | null => {
  const said = view.query(saidMacs, router)?.[datapath]
  return said === undefined ? derivedMac(datapath, router) : macNumber(said)
}
