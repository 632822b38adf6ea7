/**
 * The bits that a packet carries through the pipeline: named parts of registers and of the metadata.
 * A slice lives from the table that writes it first to the table that reads it last; two slices may share bits
 * only where they do not live at the same time (checked when this file loads).
 */
import type { FieldName } from '@openvnet/openflow'
import { LAYOUT, type TableName } from './layout.ts'

type Bit32 =
  | 0
  | 1
  | 2
  | 3
  | 4
  | 5
  | 6
  | 7
  | 8
  | 9
  | 10
  | 11
  | 12
  | 13
  | 14
  | 15
  | 16
  | 17
  | 18
  | 19
  | 20
  | 21
  | 22
  | 23
  | 24
  | 25
  | 26
  | 27
  | 28
  | 29
  | 30
  | 31

export interface SliceSpec {
  readonly field: Extract<FieldName, `reg${number}` | 'metadata'>
  /** Lowest and highest bit, both included. */
  readonly bits: readonly [low: Bit32, high: Bit32]
  /** First and last table in which it has a meaning. */
  readonly life: readonly [from: TableName, to: TableName]
  readonly help: string
}

export const SLICES = {
  domain: {
    field: 'metadata',
    bits: [0, 31],
    life: ['classify', 'punt'],
    help: 'id of the network that the packet is in; 0x80000000 + id of the segment where that is looked at as one; 0x80000000 itself of what is handed over to the owner of a leg',
  },
  ingress_interface: {
    field: 'reg0',
    bits: [0, 31],
    life: ['classify', 'punt'],
    help: 'id of the interface that sent the packet',
  },
  egress_interface: {
    field: 'reg1',
    bits: [0, 31],
    life: ['arp', 'output'],
    help: 'id of the interface that gets the packet',
  },
  leg: {
    field: 'reg2',
    bits: [0, 31],
    life: ['router_leg', 'punt'],
    help: 'id of the router interface that the packet is sent to',
  },
  router: {
    field: 'reg3',
    bits: [0, 31],
    life: ['arrival', 'punt'],
    help: 'id of the route link; 0 when the packet may not be routed',
  },
  ingress_domain: {
    field: 'reg6',
    bits: [0, 31],
    life: ['router_leg', 'punt'],
    help: 'id of the network in which the packet came to the router',
  },
  advertised: {
    field: 'reg5',
    bits: [16, 31],
    life: ['router_leg', 'punt'],
    help: 'digest of what a router advertises: when that changes, so does the flow',
  },
  onward: {
    field: 'reg4',
    bits: [3, 3],
    life: ['neighbour', 'too_big'],
    help: '1 when the next hop is a router of ours, as long as the MTU is looked at',
  },
  too_big: {
    field: 'reg4',
    bits: [4, 4],
    life: ['route', 'too_big'],
    help: '1 when the packet is larger than the MTU of the network that it goes into',
  },
  mtu_checked: {
    field: 'reg12',
    bits: [16, 31],
    life: ['router_hops', 'too_big'],
    help: 'the MTU that the packet was last found to fit into; 0: none yet',
  },
  again: {
    field: 'reg4',
    bits: [1, 1],
    life: ['router_hops', 'next_router'],
    help: '1 when the next hop is a router of ours',
  },
  further: {
    field: 'reg4',
    bits: [2, 2],
    life: ['router_hops', 'next_router'],
    help: '1 from the second router of a path on',
  },
  route_set: {
    field: 'reg7',
    bits: [0, 31],
    life: ['route', 'route_member'],
    help: 'id of the first of several routes to one destination',
  },
  route_member: {
    field: 'reg12',
    bits: [0, 7],
    life: ['route', 'route_member'],
    help: 'which of their shares the packet belongs to, by a hash',
  },
  next_hop: {
    field: 'reg11',
    bits: [0, 31],
    life: ['route', 'punt'],
    help: 'address of the next hop: all of an IPv4 address, the lowest bits of an IPv6 address',
  },
  next_hop_2: {
    field: 'reg10',
    bits: [0, 31],
    life: ['route', 'punt'],
    help: 'bits 32 to 63 of an IPv6 address of the next hop',
  },
  next_hop_1: {
    field: 'reg9',
    bits: [0, 31],
    life: ['route', 'punt'],
    help: 'bits 64 to 95 of it',
  },
  next_hop_0: {
    field: 'reg8',
    bits: [0, 31],
    life: ['route', 'punt'],
    help: 'bits 96 to 127 of it',
  },
  counted: {
    field: 'reg4',
    bits: [5, 5],
    life: ['arrival', 'router_ttl'],
    help: '1 when the router takes nothing from the TTL: its part on another host has, or it is its own packet',
  },
  from_tunnel: {
    field: 'reg4',
    bits: [0, 0],
    life: ['mac2mac', 'overlay'],
    help: '1 when another switch sent the packet',
  },
  punt_kind: {
    field: 'reg5',
    bits: [0, 7],
    life: ['classify', 'punt'],
    help: 'which program is to answer the packet',
  },
  punt_reason: {
    field: 'reg5',
    bits: [8, 15],
    life: ['classify', 'punt'],
    help: 'why it is sent to a program',
  },
  of_router: {
    field: 'reg4',
    bits: [1, 1],
    life: ['nd', 'nd_answer'],
    help: '1 when the neighbour that is asked for is a router',
  },
} as const satisfies Record<string, SliceSpec>

export type SliceName = keyof typeof SLICES

const position = (table: TableName): number => LAYOUT.findIndex((row) => row.name === table)

const overlap = (a: SliceSpec, b: SliceSpec): boolean =>
  a.field === b.field &&
  a.bits[0] <= b.bits[1] &&
  b.bits[0] <= a.bits[1] &&
  position(a.life[0]) <= position(b.life[1]) &&
  position(b.life[0]) <= position(a.life[1])

/** @throws when two slices share bits while both live, or a slice is upside down. */
export const checkSlices = (slices: Readonly<Record<string, SliceSpec>>): void => {
  const entries = Object.entries(slices)
  for (const [index, [name, slice]] of entries.entries()) {
    if (slice.bits[0] > slice.bits[1]) throw new Error(`slice ${name}: its lowest bit is above its highest`)
    for (const [other, spec] of entries.slice(index + 1)) {
      if (overlap(slice, spec))
        throw new Error(`slices ${name} and ${other} share bits of ${slice.field} in the same table`)
    }
  }
}

checkSlices(SLICES)
