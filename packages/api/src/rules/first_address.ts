/** The address of a family that an interface has had longest: what answers show as its one. */
import { type Family, familyOf, type Row } from '@openvnet/schema'

/** @param leases oldest first */
export const firstOfFamily = (leases: readonly Row<'ip_lease'>[], family: Family): string | null =>
  leases.find(({ address }) => familyOf(address) === family)?.address ?? null
