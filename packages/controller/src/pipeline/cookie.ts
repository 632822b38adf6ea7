/**
 * The cookie of a flow names its owner, so that any flow leads back to the user's object.
 *
 *     63      56 55      48 47                              16 15            0
 *    | feature  | kind     | object id                        | brand 0x4f56  |
 *
 * The brand marks our cookie space: flows without it belong to others and are never touched.
 */
import type { ResourceName } from '@openvnet/schema'
import type { FeatureName } from './features.ts'
import { FEATURE_NAMES } from './features.ts'

export const COOKIE_BRAND = 0x4f56n
export const COOKIE_BRAND_MASK = 0xffffn

/** What kind of object owns a flow: a row of a resource, a neighbour that was learned, or a table of the pipeline itself. */
export type OwnerKind = ResourceName | 'neighbour' | 'table'

/** Numbers of the kinds; they are on the wire: never renumber, only add. */
export const OWNER_KINDS = {
  table: 1,
  datapath: 2,
  network: 3,
  interface: 4,
  mac_lease: 5,
  ip_lease: 6,
  network_service: 7,
  route_link: 8,
  route: 9,
  datapath_network: 10,
  datapath_route_link: 11,
  segment: 12,
  datapath_segment: 13,
  mac_range_group: 14,
  mac_range: 15,
  ip_range_group: 16,
  ip_range: 17,
  ip_lease_container: 18,
  ip_lease_container_ip_lease: 19,
  ip_retention_container: 20,
  ip_retention: 21,
  lease_policy: 22,
  lease_policy_network: 23,
  lease_policy_interface: 24,
  lease_policy_ip_lease_container: 25,
  lease_policy_ip_retention_container: 26,
  dns_service: 27,
  dns_record: 28,
  interface_network: 29,
  interface_route_link: 30,
  topology: 31,
  topology_datapath: 32,
  topology_network: 33,
  topology_route_link: 34,
  topology_layer: 35,
  filter: 36,
  filter_static: 37,
  translation: 38,
  translation_static_address: 39,
  router: 40,
  router_network: 41,
  topology_segment: 42,
  topology_mac_range_group: 43,
  interface_segment: 44,
  interface_port: 45,
  dhcp_range: 46,
  security_group: 47,
  security_group_interface: 48,
  vlan_translation: 49,
  dhcp_option: 50,
  neighbour: 51,
} as const satisfies Record<OwnerKind, number>

export interface Owner {
  readonly feature: FeatureName
  readonly kind: OwnerKind
  /** Row id, 32 bits; the table number for kind `table`. */
  readonly id: number
}

export const encodeCookie = ({ feature, kind, id }: Owner): bigint =>
  (BigInt(FEATURE_NAMES.indexOf(feature) + 1) << 56n) |
  (BigInt(OWNER_KINDS[kind]) << 48n) |
  (BigInt(id) << 16n) |
  COOKIE_BRAND

/** What the cookies of all flows of a feature have in common, under `FEATURE_MASK`. */
export const featureCookie = (feature: FeatureName): bigint =>
  (BigInt(FEATURE_NAMES.indexOf(feature) + 1) << 56n) | COOKIE_BRAND
export const FEATURE_MASK = (0xffn << 56n) | COOKIE_BRAND_MASK

/** The owner that a cookie names; `undefined` for a cookie that is not ours. */
export const decodeCookie = (cookie: bigint): Owner | undefined => {
  if ((cookie & COOKIE_BRAND_MASK) !== COOKIE_BRAND) return undefined
  const feature = FEATURE_NAMES[Number(cookie >> 56n) - 1]
  const number = Number((cookie >> 48n) & 0xffn)
  const kind = (Object.keys(OWNER_KINDS) as OwnerKind[]).find((name) => OWNER_KINDS[name] === number)
  if (feature === undefined || kind === undefined) return undefined
  return { feature, kind, id: Number((cookie >> 16n) & 0xffff_ffffn) }
}
