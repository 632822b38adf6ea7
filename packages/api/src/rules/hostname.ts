/**
 * Names of guests: `hostname.domain_name` names one interface, so a hostname is unique in each network of its interface. Two
 * networks with the same domain may have the same names: what DNS answers is a matter of the network that asks.
 */
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'
import { networksOf } from './mac.ts'

/** Checks the hostname of an interface as it stands now. @throws ApiError ArgumentError */
export const checkHostname = (reader: Reader, interfaceId: number): void => {
  const hostname = reader.byId('interface', interfaceId)?.hostname ?? null
  if (hostname === null) return
  const networks = networksOf(reader, interfaceId)
  for (const other of reader.where('interface', { hostname })) {
    if (other.id === interfaceId) continue
    const shared = [...networksOf(reader, other.id)].find((network) => networks.has(network))
    if (shared === undefined) continue
    const network = uuidOf(reader, 'network', shared)
    throw argumentError('hostname', hostname, `already the name of ${other.uuid} in ${network}`)
  }
}
