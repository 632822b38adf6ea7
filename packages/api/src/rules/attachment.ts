/**
 * IP leases and the interfaces that own them. A lease is attached to an interface through one of its MAC leases, or
 * reserved: nobody owns its address and nobody else gets it. Retention counts from these two moments.
 */
import type { Row } from '@openvnet/schema'
import type { Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Stored } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import { checkAddressesOnce } from './address.ts'
import { checkHostname } from './hostname.ts'
import { checkMacs } from './mac.ts'
import { followLeases } from './topology.ts'

/** What a client names; either follows from the other. */
export interface Wanted {
  readonly mac_lease_id: number | null
  readonly interface_id: number | null
}

const firstMacLease = (reader: Reader, interfaceId: number): Row<'mac_lease'> => {
  const lease = reader.first('mac_lease', { interface_id: interfaceId })
  if (lease !== undefined) return lease
  throw argumentError(
    'interface_uuid',
    uuidOf(reader, 'interface', interfaceId),
    'has no MAC lease; make one first',
  )
}

/** Of an interface without MAC lease, its first one; of neither, none. @throws ApiError ArgumentError */
export const ownerOf = (reader: Reader, { mac_lease_id, interface_id }: Wanted): Wanted => {
  if (mac_lease_id === null) {
    if (interface_id === null) return { mac_lease_id, interface_id }
    return { mac_lease_id: firstMacLease(reader, interface_id).id, interface_id }
  }
  const lease = reader.byId('mac_lease', mac_lease_id) as Row<'mac_lease'>
  if (interface_id !== null && interface_id !== lease.interface_id) {
    const owner = uuidOf(reader, 'interface', lease.interface_id)
    throw argumentError('mac_lease_uuid', lease.uuid, `belongs to ${owner}, not to the given interface`)
  }
  return { mac_lease_id, interface_id: lease.interface_id }
}

/** What must hold when an interface has got a lease. @throws ApiError ArgumentError */
export const checkOwner = (reader: Reader, interfaceId: number | null): void => {
  if (interfaceId === null) return
  checkAddressesOnce(reader, interfaceId)
  checkMacs(reader, interfaceId)
  checkHostname(reader, interfaceId)
}

const now = (): string => new Date().toISOString()

/** @throws ApiError ArgumentError when it is attached already, or may not be there */
export const attach = (work: Work, lease: Stored<'ip_lease'>, wanted: Wanted): Stored<'ip_lease'> => {
  if (lease.interface_id !== null) {
    const owner = uuidOf(work, 'interface', lease.interface_id)
    throw argumentError('uuid', lease.uuid, `is attached to ${owner} already; release it first`)
  }
  const owner = ownerOf(work, wanted)
  const attached = work.update('ip_lease', lease.id, owner)
  checkOwner(work, owner.interface_id)
  for (const { id } of work.where('ip_retention', { ip_lease_id: lease.id })) {
    work.update('ip_retention', id, { leased_at: now(), released_at: null })
  }
  followLeases(work, [lease.id])
  return attached
}

/** Takes a lease from its interface; its address stays reserved. */
export const release = (work: Work, lease: Stored<'ip_lease'>): Stored<'ip_lease'> => {
  const released = work.update('ip_lease', lease.id, { interface_id: null, mac_lease_id: null })
  for (const { id } of work.where('ip_retention', { ip_lease_id: lease.id, released_at: null })) {
    work.update('ip_retention', id, { released_at: now() })
  }
  followLeases(work, [lease.id])
  return released
}
