/** Words for numbers in Open vSwitch's actions, by number: what both printing and reading need. `nicira-ext.h`. */
import { hex } from './number.ts'

/** `NX_HASH_FIELDS`. */
export const HASH_FIELDS: readonly string[] = [
  'eth_src',
  'symmetric_l4',
  'symmetric_l3l4',
  'symmetric_l3l4+udp',
  'nw_src',
  'nw_dst',
  'symmetric_l3',
]
/** `NX_MP_ALG`. */
export const MULTIPATH_ALGORITHMS: readonly string[] = ['modulo_n', 'hash_threshold', 'hrw', 'iter_hash']
/** `NX_BD_ALG`. */
export const BUNDLE_ALGORITHMS: readonly string[] = ['active_backup', 'hrw']
/** `OFPR`. */
export const REASONS: readonly string[] = [
  'no_match',
  'action',
  'invalid_ttl',
  'action_set',
  'group',
  'packet_out',
]
/** Of `sample`. */
export const DIRECTIONS: readonly string[] = ['', 'ingress', 'egress']
/** Ports of the application helpers of `ct`. */
export const HELPERS: ReadonlyMap<string, number> = new Map([
  ['ftp', 21],
  ['tftp', 69],
])
/** Of `nat`: by bit. */
export const NAT_FLAGS: readonly string[] = ['src', 'dst', 'persistent', 'hash', 'random']

/** The word for a number, or the number where there is none. */
export const wordOf = (words: readonly string[], number: number): string => words[number] ?? String(number)

/** Bits that have no name: Open vSwitch refuses them, and so these are our own words. */
export const unknownFlags = (flags: number, known: number): string[] =>
  (flags & ~known) === 0 ? [] : [`flags=${hex(flags & ~known)}`]
