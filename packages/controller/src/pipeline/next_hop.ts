/**
 * The address of the next hop in registers: that of IPv4 in one, that of IPv6 in four, as the slices `next_hop` to
 * `next_hop_0` say. Routes write it, neighbours match it, so that neither need know of the other.
 */
import type { Match } from '@openvnet/openflow'
import type { Family, IpAddress } from '@openvnet/schema'
import { type Step, setSlice } from './actions.ts'
import { ETH_TYPE } from './addresses.ts'
import { readSlice } from './packets.ts'
import { SLICES } from './slices.ts'

/** Lowest bits first. */
const WORDS = ['next_hop', 'next_hop_2', 'next_hop_1', 'next_hop_0'] as const

export type NextHopSlice = (typeof WORDS)[number]

const wordsOf = (family: Family): readonly NextHopSlice[] => (family === 4 ? WORDS.slice(0, 1) : WORDS)

const valuesOf = ({ family, value }: IpAddress): readonly (readonly [NextHopSlice, number])[] =>
  wordsOf(family).map((word, index) => [
    word,
    Number(BigInt.asUintN(32, BigInt(value) >> BigInt(32 * index))),
  ])

/** Matches packets whose next hop is the address. */
export const matchNextHop = (
  address: IpAddress,
): { readonly eth_type: number } & { readonly [S in NextHopSlice]?: number } => ({
  eth_type: address.family === 4 ? ETH_TYPE.ipv4 : ETH_TYPE.ipv6,
  ...Object.fromEntries(valuesOf(address)),
})

/** What the registers of a packet-in say; of an IPv4 address only the lowest 32 bits are not 0. */
export const readNextHop = (match: Match): bigint =>
  WORDS.reduceRight((value, word) => (value << 32n) | BigInt(readSlice(word, match)), 0n)

/** The next hop is the address. */
export const setNextHop = (address: IpAddress): Step<NextHopSlice>[] =>
  valuesOf(address).map(([word, value]) => setSlice(word, value))

/** The next hop is where the packet is going. */
export const nextHopIsDestination = (family: Family): Step<NextHopSlice> => ({
  actions: wordsOf(family).map((word, index) => ({
    type: 'reg_move',
    src: { field: family === 4 ? 'ipv4_dst' : 'ipv6_dst', offset: 32 * index, bits: 32 },
    dst: { field: SLICES[word].field, offset: 0, bits: 32 },
  })),
})
