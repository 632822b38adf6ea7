/** Fields that are named bits: `ct_state=+new-est`, `tcp_flags=syn|ack`. `lib/flow.c`, `lib/packets.c` of Open vSwitch. */
import type { FieldName } from '../fields.ts'
import { hex } from './number.ts'

type Names = readonly string[]

/** By bit, from the least significant one. */
const NAMES: Readonly<Partial<Record<FieldName, Names>>> = {
  ct_state: ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'],
  tcp_flags: ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns', '[200]', '[400]', '[800]'],
  tun_flags: ['oam'],
}

/** The names of a field's bits, from the least significant one. */
export const flagNames = (field: FieldName): Names => NAMES[field] ?? []

/** With a mask, `+` and `-` before the bits that count; without one, the bits that are set. */
export function formatFlags(field: FieldName, value: number, mask: number | null): string {
  const names = NAMES[field] ?? []
  const allBits = 2 ** names.length - 1
  // Open vSwitch counts more bits in tun_flags than people can name: a mask is never one of all.
  const isWhole = field !== 'tun_flags' && (mask === null || (mask & allBits) === allBits)
  if (!isWhole) return signed(names, value, mask ?? allBits)
  const set = names.filter((_, bit) => (value & (1 << bit)) !== 0)
  return set.length === 0 ? '0' : set.join('|')
}

function signed(names: Names, value: number, mask: number): string {
  const parts = names.flatMap((name, bit) => {
    if ((mask & (1 << bit)) === 0) return []
    return [`${(value & (1 << bit)) === 0 ? '-' : '+'}${name}`]
  })
  return parts.length === 0 ? hex(value) : parts.join('')
}
