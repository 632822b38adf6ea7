/** Arithmetic on IP addresses of either family: pure, on canonical text. */
import { Address4, Address6 } from 'ip-address'

export type Family = 4 | 6

/** An IP address as number: 32 bits for family 4, 128 for family 6. */
export interface IpAddress {
  readonly family: Family
  readonly value: bigint
}

/** A subnet; the host bits of `address` are zero. */
export interface Cidr {
  readonly address: IpAddress
  readonly prefix: number
}

/** @param text an address, canonical */
export const familyOf = (text: string): Family => (text.includes(':') ? 6 : 4)

export const addressBits = (family: Family): number => (family === 4 ? 32 : 128)

/** @throws when the text is not an address: rows hold canonical text, so this is a bug and not bad input. */
export const toIpAddress = (text: string): IpAddress =>
  text.includes(':')
    ? { family: 6, value: new Address6(text).bigInt() }
    : { family: 4, value: new Address4(text).bigInt() }

export const fromIpAddress = ({ family, value }: IpAddress): string =>
  family === 4 ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm()

/** The bits of the network part, e.g. 0xffffff00 for 24 of family 4. */
export const networkMask = (family: Family, prefix: number): bigint => {
  const bits = BigInt(addressBits(family))
  const host = bits - BigInt(prefix)
  return ((1n << bits) - 1n) ^ ((1n << host) - 1n)
}

export const toCidr = (text: string, prefix: number): Cidr => {
  const { family, value } = toIpAddress(text)
  return { address: { family, value: value & networkMask(family, prefix) }, prefix }
}

export const formatCidr = ({ address, prefix }: Cidr): string => `${fromIpAddress(address)}/${prefix}`

export const cidrContains = (cidr: Cidr, address: IpAddress): boolean =>
  cidr.address.family === address.family &&
  (address.value & networkMask(address.family, cidr.prefix)) === cidr.address.value
