/** IPv6 addresses that follow from others: RFC 4291 §2.5.1 and §2.7.1, and the MAC of a group, RFC 2464 §7. */

const INTERFACE_ID_MASK = (1n << 64n) - 1n
/** `fe80::`, the prefix of 64 bits of link-local addresses (RFC 4291 §2.5.6). */
export const LINK_LOCAL_PREFIX = 0xfe80n << 112n
export const UNSPECIFIED_IPV6 = 0n
export const LOOPBACK_IPV6 = 1n
/** `ff02::1`. */
export const ALL_NODES = (0xff02n << 112n) | 1n
/** `ff02::2`. */
export const ALL_ROUTERS = (0xff02n << 112n) | 2n
const SOLICITED_NODE = (0xff02n << 112n) | 0x1_ff00_0000n
const UNIVERSAL_BIT = 0x0200_0000_0000_0000n

export const isMulticastIpv6 = (address: bigint): boolean => address >> 120n === 0xffn

/** In `fe80::/10`. */
export const isLinkLocal = (address: bigint): boolean => address >> 118n === 0x3fan

/** The modified EUI-64 interface identifier of a MAC address: RFC 4291, appendix A. */
const interfaceId = (mac: number): bigint => {
  const bits = BigInt(mac)
  return (((bits >> 24n) << 40n) | (0xfffen << 24n) | (bits & 0xff_ffffn)) ^ UNIVERSAL_BIT
}

/** The address that SLAAC without privacy forms: RFC 4862 §5.5.3. @param prefix its first 64 bits count */
export const eui64Address = (prefix: bigint, mac: number): bigint =>
  (prefix & ~INTERFACE_ID_MASK) | interfaceId(mac)

export const linkLocalAddress = (mac: number): bigint => eui64Address(LINK_LOCAL_PREFIX, mac)

/** What stands in the middle of an interface identifier that follows from a MAC address. */
const isOfSomeMac = (address: bigint): boolean => ((address >> 24n) & 0xffffn) === 0xfffen

/** Whether a guest may have it as link-local address: the one of its MAC, or one of none (RFC 7217), as decision 38 says. */
export const mayBeLinkLocalOf = (mac: number, address: bigint): boolean =>
  address === linkLocalAddress(mac) ||
  ((address & ~INTERFACE_ID_MASK) === LINK_LOCAL_PREFIX && !isOfSomeMac(address))

/** The group in which the owner of a unicast address listens for solicitations. */
export const solicitedNodeAddress = (address: bigint): bigint => SOLICITED_NODE | (address & 0xff_ffffn)

/** `33:33:…` of a multicast address. */
export const multicastMacIpv6 = (group: bigint): number => 0x3333_0000_0000 + Number(group & 0xffff_ffffn)
