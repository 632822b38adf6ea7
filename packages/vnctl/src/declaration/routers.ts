/**
 * A router as it is written: its `networks` are rows of their own, each with the addresses of its gateway, which the leg
 * of the router has.
 */
import { RESOURCES, routerNetworks } from '@openvnet/schema'
import { keyOf, type Model, type ModelRow } from '../model/model.ts'
import type { DeclaredRow } from './declared.ts'

const { router_network: resource } = RESOURCES

/** A declared router and its networks. */
export const unfoldRouter = (row: DeclaredRow): DeclaredRow[] => {
  const networks = row.values.get('networks')
  if (row.resource.name !== 'router' || networks === undefined) return [row]
  const rest = new Map([...row.values].filter(([name]) => name !== 'networks'))
  const { place } = networks
  const rows = routerNetworks(String(networks.value ?? '')).map(({ network, ...gateways }): DeclaredRow => {
    const ends = { router_uuid: row.key, network_uuid: network }
    const values = new Map(
      Object.entries({ ...ends, ...gateways }).map(([name, value]) => [name, { value, place }]),
    )
    return { resource, key: keyOf(resource, undefined, ends), values, place }
  })
  return [{ ...row, values: rest }, ...rows]
}

/** The rows with what is said of them and is kept in their parts. */
export const withGateways = (model: Model): Model => {
  const leases = model.rows.filter((row) => row.resource.name === 'ip_lease')
  // The first lease of a leg in each family is that of the gateway.
  const gatewaysBy = (parameter: string) =>
    new Map(
      leases
        .toReversed()
        .filter(({ values }) => (values[parameter] ?? null) !== null)
        .map(({ values }) => [values['interface_uuid'] ?? null, values[parameter] ?? null]),
    )
  const gateways = Object.keys(resource.parameters).map((name) => [name, gatewaysBy(name)] as const)
  const rows = model.rows.map((row): ModelRow => {
    if (row.resource.name !== resource.name) return row
    const leg = row.values['interface_uuid'] ?? null
    const said = gateways.map(([name, addresses]) => [name, addresses.get(leg) ?? null])
    return { ...row, values: { ...row.values, ...Object.fromEntries(said) } }
  })
  return { ...model, rows }
}
