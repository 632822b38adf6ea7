/**
 * How a lease policy gives an IP address (openvnet.md §3.5): of its networks, the interface's own first, the one that
 * has an address left in the ranges that the policy names for it. The lease goes into the policy's containers: into
 * those with its label and those without any.
 */
import type { Row } from '@openvnet/schema'
import type { Work } from '../crud/behaviour.ts'
import { argumentError } from '../errors.ts'
import type { Stored } from '../store/columns.ts'
import { ownerOf } from './attachment.ts'
import { allocateFromGroup, isInGroup, outOfIpAddresses, roomOf } from './ip_allocation.ts'

export interface LeaseRequest {
  /** The interface that is to have it; `null`: it is reserved. */
  readonly interface_id: number | null
  readonly label: string | null
  /** The lease's; made up when absent. */
  readonly uuid?: string
}

interface Place {
  readonly network: Row<'network'>
  readonly group: Row<'ip_range_group'>
}

/** Networks and ranges of a policy, the interface's own network first. @throws ApiError ArgumentError */
const placesOf = (work: Work, policy: Row<'lease_policy'>, interfaceId: number | null): Place[] => {
  const own = interfaceId === null ? undefined : work.byId('interface', interfaceId)?.network_id
  const related = work.where('lease_policy_network', { lease_policy_id: policy.id })
  if (related.length === 0) {
    throw argumentError('lease_policy_uuid', policy.uuid, 'has no network to lease from; add one first')
  }
  return related
    .toSorted((a, b) => Number(b.network_id === own) - Number(a.network_id === own))
    .map(({ network_id, ip_range_group_id }) => ({
      network: work.byId('network', network_id) as Row<'network'>,
      group: work.byId('ip_range_group', ip_range_group_id) as Row<'ip_range_group'>,
    }))
}

/** @throws ApiError OutOfAddresses */
const addressIn = (work: Work, places: readonly Place[]): { network_id: number; address: string } => {
  for (const { network, group } of places) {
    const address = allocateFromGroup(work, network, group)
    if (address !== undefined) return { network_id: network.id, address }
  }
  throw outOfIpAddresses(places.map(({ network, group }) => roomOf(work, network, group)))
}

const isFor = (label: string | null, related: { readonly label: string | null }): boolean =>
  related.label === null || related.label === label

const keep = (work: Work, policy: Row<'lease_policy'>, ip_lease_id: number, label: string | null): void => {
  const ofPolicy = { lease_policy_id: policy.id }
  for (const related of work.where('lease_policy_ip_lease_container', ofPolicy)) {
    const { ip_lease_container_id } = related
    if (isFor(label, related))
      work.create('ip_lease_container_ip_lease', { ip_lease_container_id, ip_lease_id })
  }
  for (const related of work.where('lease_policy_ip_retention_container', ofPolicy)) {
    const { ip_retention_container_id } = related
    if (isFor(label, related)) work.create('ip_retention', { ip_retention_container_id, ip_lease_id })
  }
}

/** The lease of an interface that a policy could have given it: it keeps that. `undefined`: it has none. */
export const leaseOfPolicy = (
  work: Work,
  policy: Row<'lease_policy'>,
  interfaceId: number,
): Stored<'ip_lease'> | undefined => {
  for (const { network, group } of placesOf(work, policy, interfaceId)) {
    const lease = work
      .where('ip_lease', { interface_id: interfaceId, network_id: network.id })
      .find(({ address }) => isInGroup(work, network, group, address))
    if (lease !== undefined) return lease
  }
  return undefined
}

/** @throws ApiError OutOfAddresses; ArgumentError when the policy has no network or the interface no MAC lease */
export const leaseByPolicy = (
  work: Work,
  policy: Row<'lease_policy'>,
  { interface_id, label, uuid }: LeaseRequest,
): Stored<'ip_lease'> => {
  const owner = ownerOf(work, { interface_id, mac_lease_id: null })
  const place = addressIn(work, placesOf(work, policy, interface_id))
  const lease = work.create('ip_lease', { ...place, ...owner }, uuid)
  keep(work, policy, lease.id, label)
  return lease
}
