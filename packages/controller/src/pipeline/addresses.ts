/** Addresses of rows as match values: the family decides which fields are used, so rules need not ask. */
import { addressBits, type Cidr, type IpAddress, networkMask } from '@openvnet/schema'
import { LINK_LOCAL_PREFIX } from '../packet/index.ts'

export const ETH_TYPE = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const
export const ICMP = { ip_proto: 1, echo_reply: 0, echo_request: 8 } as const
export const ARP_OP = { request: 1, reply: 2 } as const
/** The bit of a destination MAC that says multicast or broadcast. */
export const MULTICAST_BIT = 0x0100_0000_0000

/** A MAC address of a row as 48-bit number. */
export const macNumber = (text: string): number => Number.parseInt(text.replaceAll(':', ''), 16)

type Masked<T> = { readonly value: T; readonly mask: T }
/** The subnet of link-local addresses: RFC 4291 §2.5.6. */
export const LINK_LOCAL: Masked<bigint> = { value: LINK_LOCAL_PREFIX, mask: networkMask(6, 64) }
type Ipv4Match<D extends 'src' | 'dst'> = { readonly [K in `ipv4_${D}`]: number | Masked<number> }
type Ipv6Match<D extends 'src' | 'dst'> = { readonly [K in `ipv6_${D}`]: bigint | Masked<bigint> }

/** Matches packets from or to a subnet; a prefix of full length matches the address alone, /0 the whole family. */
export const matchSubnet = <D extends 'src' | 'dst'>(
  direction: D,
  { address: { family, value }, prefix }: Cidr,
): Ipv4Match<D> | Ipv6Match<D> | { readonly eth_type: number } => {
  if (prefix === 0) return { eth_type: family === 4 ? ETH_TYPE.ipv4 : ETH_TYPE.ipv6 }
  const mask = networkMask(family, prefix)
  const exact = prefix === addressBits(family)
  if (family === 4) {
    const value4 = exact ? Number(value) : { value: Number(value), mask: Number(mask) }
    return { [`ipv4_${direction}`]: value4 } as Ipv4Match<D>
  }
  return { [`ipv6_${direction}`]: exact ? value : { value, mask } } as Ipv6Match<D>
}

/** Matches packets from or to one address. */
export const matchAddress = <D extends 'src' | 'dst'>(direction: D, address: IpAddress) =>
  matchSubnet(direction, { address, prefix: addressBits(address.family) })
