/**
 * Who may have which MAC address.
 * - A guest's address is unique in each network that its interface is in, and in the segment of that or its own; in
 *   others anyone may have it.
 * - The addresses of route links and datapath relations travel between hosts and are unique in the whole store.
 * - What the user need not supply is allocated from a hash of its owner's name, so that the same description gives
 *   the same addresses in whatever order it is written. Allocation steps past every address in the store. A guest
 *   whose address meets an allocated one later is refused, by the two rules above: nothing in use is ever renumbered.
 */
import { createHash } from 'node:crypto'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'

/** First octet: locally administered, unicast; which one says what the address is for. */
const FIRST_OCTET = { interface: '02', internal: '06' } as const

const candidate = (purpose: keyof typeof FIRST_OCTET, owner: string, attempt: number): string => {
  const digest = createHash('sha256').update(`${purpose} ${owner} ${attempt}`).digest()
  const octets = [...digest.subarray(0, 5)].map((octet) => octet.toString(16).padStart(2, '0'))
  return [FIRST_OCTET[purpose], ...octets].join(':')
}

const INTERNAL = ['route_link', 'datapath_network', 'datapath_route_link', 'datapath_segment'] as const

/** Who has an address as its own between hosts. */
export const internalOwner = (reader: Reader, mac: string): string | undefined => {
  const rl = reader.first('route_link', { mac_address: mac })
  if (rl !== undefined) return rl.uuid
  const nw = reader.first('datapath_network', { mac_address: mac })
  if (nw !== undefined) {
    return `${uuidOf(reader, 'network', nw.network_id)} on ${uuidOf(reader, 'datapath', nw.datapath_id)}`
  }
  const link = reader.first('datapath_route_link', { mac_address: mac })
  if (link !== undefined) {
    return `${uuidOf(reader, 'route_link', link.route_link_id)} on ${uuidOf(reader, 'datapath', link.datapath_id)}`
  }
  const segment = reader.first('datapath_segment', { mac_address: mac })
  if (segment === undefined) return undefined
  return `${uuidOf(reader, 'segment', segment.segment_id)} on ${uuidOf(reader, 'datapath', segment.datapath_id)}`
}

/** Whether anything in the store has the address. */
export const isMacUsed = (reader: Reader, mac: string): boolean =>
  reader.first('mac_lease', { mac_address: mac }) !== undefined ||
  INTERNAL.some((name) => reader.first(name, { mac_address: mac }) !== undefined)

/** Every address in the store from one to another, both included. */
export const usedMacs = (reader: Reader, bounds: readonly [string, string]): string[] =>
  (['mac_lease', ...INTERNAL] as const).flatMap((name) =>
    reader.between(name, 'mac_address', bounds).map(({ mac_address }) => mac_address),
  )

/** @param owner what the address is for, by the uuids that the user knows */
export const allocateMac = (reader: Reader, purpose: keyof typeof FIRST_OCTET, owner: string): string => {
  for (let attempt = 0; ; attempt += 1) {
    const mac = candidate(purpose, owner, attempt)
    if (!isMacUsed(reader, mac)) return mac
  }
}

/** Networks in which an interface is: its own and those of its IP leases. */
export const networksOf = (reader: Reader, interfaceId: number): Set<number> => {
  const networks = new Set(
    reader.where('ip_lease', { interface_id: interfaceId }).map(({ network_id }) => network_id),
  )
  const own = reader.byId('interface', interfaceId)?.network_id
  if (own !== null && own !== undefined) networks.add(own)
  return networks
}

/** Layer-2 domains in which an interface is: segments, and networks that are in none. */
const domainsOf = (reader: Reader, interfaceId: number): Set<string> => {
  const networks = [...networksOf(reader, interfaceId)].flatMap((id) => reader.byId('network', id) ?? [])
  const own = reader.byId('interface', interfaceId)?.segment_id ?? null
  const segments = [
    own,
    ...networks.map(({ segment_id }) => segment_id),
    ...reader.where('mac_lease', { interface_id: interfaceId }).map(({ segment_id }) => segment_id),
    ...reader.where('interface_segment', { interface_id: interfaceId }).map(({ segment_id }) => segment_id),
  ].filter((id) => id !== null)
  return new Set([
    ...networks.filter(({ segment_id }) => segment_id === null).map(({ uuid }) => uuid),
    ...segments.map((id) => uuidOf(reader, 'segment', id)),
  ])
}

const checkMac = (
  reader: Reader,
  mac: string,
  interfaceId: number,
  domains: () => ReadonlySet<string>,
): void => {
  const internal = internalOwner(reader, mac)
  if (internal !== undefined) {
    throw argumentError('mac_address', mac, `reserved: ${internal} has it as its own address between hosts`)
  }
  for (const other of reader.where('mac_lease', { mac_address: mac })) {
    if (other.interface_id === interfaceId) continue
    const shared = [...domainsOf(reader, other.interface_id)].find((domain) => domains().has(domain))
    if (shared === undefined) continue
    const owner = uuidOf(reader, 'interface', other.interface_id)
    throw argumentError('mac_address', mac, `already used in ${shared} by ${owner}`)
  }
}

/** Checks the MAC leases of an interface as they stand now. @throws ApiError ArgumentError */
export const checkMacs = (reader: Reader, interfaceId: number): void => {
  // Nearly always nobody else has the address, and where the interface is need not be looked up.
  let known: ReadonlySet<string> | undefined
  const domains = () => {
    known ??= domainsOf(reader, interfaceId)
    return known
  }
  for (const { mac_address } of reader.where('mac_lease', { interface_id: interfaceId })) {
    checkMac(reader, mac_address, interfaceId, domains)
  }
}
