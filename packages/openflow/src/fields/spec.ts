/**
 * What a row of the field table says. Rows are put together from parts that recur (`...OXM`, `...MAC`): their types
 * stay literal, so that users can derive from them which fields are wide and which take a mask.
 */

/**
 * How a value is written by people: decimal or hexadecimal number, MAC, IPv4 or IPv6 address, port, named bits,
 * bytes of variable length.
 */
export type FieldKind = 'number' | 'hex' | 'mac' | 'ipv4' | 'ipv6' | 'port' | 'flags' | 'bytes'

/**
 * A condition on the fields before one, where `needs` does not say it all: `ip` either IP family, `arp` ARP or RARP,
 * `mpls` either kind of MPLS, `vlan` a tag that is known to be there, `tcp`, `udp` and `sctp` in either IP family,
 * `nd` any ICMPv6 neighbour message with code 0, `ct` a tracked packet whose state is known. `ct_ip` and `ct_ipv6`
 * ask for the family too, `ct_transport` for a protocol with ports.
 */
export type Requirement =
  | 'ip'
  | 'arp'
  | 'mpls'
  | 'vlan'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'nd'
  | 'nd_solicit'
  | 'nd_advert'
  | 'ct'
  | 'ct_ip'
  | 'ct_ipv6'
  | 'ct_transport'

/** A row: the code on the wire, the width, how people write it, what it needs. */
export interface FieldSpec {
  /** OXM class: 0x8000 OpenFlow basic, 0x0000 and 0x0001 NXM, 0x8001 packet registers, 0x1000 Ericsson's, 0xffff experimenter. */
  readonly class: number
  /** OXM field number within the class. */
  readonly number: number
  /** Of class 0xffff: whose field it is. */
  readonly experimenter?: number
  /** Bytes on the wire; of a field of variable length the most. */
  readonly bytes: number
  /** Significant bits. */
  readonly bits: number
  readonly kind: FieldKind
  readonly maskable: boolean
  /** Fields that must be matched with these values first. */
  readonly needs?: Readonly<Record<string, number>>
  /** The whole condition, where fields other than those of `needs` do as well or more is asked. */
  readonly requires?: Requirement
}

/** Classes. */
export const OXM = { class: 0x8000 } as const
export const NXM_0 = { class: 0x0000 } as const
export const NXM_1 = { class: 0x0001 } as const
export const PACKET_REGISTERS = { class: 0x8001 } as const
export const ERICSSON = { class: 0x1000 } as const
export const OXM_EXPERIMENTER_CLASS = 0xffff
export const NICIRA = { class: 0xffff, experimenter: 0x00002320 } as const
export const NSH = { class: 0xffff, experimenter: 0x005ad650 } as const
export const ONF = { class: 0xffff, experimenter: 0x4f4e4600 } as const

/** Sizes and spellings. */
export const U8 = { bytes: 1, bits: 8, kind: 'number' } as const
export const U16 = { bytes: 2, bits: 16, kind: 'number' } as const
export const U32 = { bytes: 4, bits: 32, kind: 'number' } as const
export const HEX8 = { bytes: 1, bits: 8, kind: 'hex' } as const
export const HEX16 = { bytes: 2, bits: 16, kind: 'hex' } as const
export const HEX32 = { bytes: 4, bits: 32, kind: 'hex' } as const
export const HEX64 = { bytes: 8, bits: 64, kind: 'hex' } as const
export const HEX128 = { bytes: 16, bits: 128, kind: 'hex' } as const
export const MAC = { bytes: 6, bits: 48, kind: 'mac' } as const
export const IPV4 = { bytes: 4, bits: 32, kind: 'ipv4' } as const
export const IPV6 = { bytes: 16, bits: 128, kind: 'ipv6' } as const
export const PORT = { bytes: 4, bits: 32, kind: 'port' } as const

export const MASKABLE = { maskable: true } as const
export const EXACT = { maskable: false } as const

/** Prerequisites. */
export const IN_IPV4 = { needs: { eth_type: 0x0800 } } as const
export const IN_IPV6 = { needs: { eth_type: 0x86dd } } as const
export const IN_IP = { requires: 'ip' } as const
export const IN_ARP = { needs: { eth_type: 0x0806 }, requires: 'arp' } as const
export const IN_MPLS = { requires: 'mpls' } as const
export const IN_TCP = { needs: { ip_proto: 6 }, requires: 'tcp' } as const
export const IN_UDP = { needs: { ip_proto: 17 }, requires: 'udp' } as const
export const IN_SCTP = { needs: { ip_proto: 132 }, requires: 'sctp' } as const
export const IN_ICMPV4 = { needs: { eth_type: 0x0800, ip_proto: 1 } } as const
export const IN_ICMPV6 = { needs: { eth_type: 0x86dd, ip_proto: 58 } } as const
export const IN_ND = { needs: { eth_type: 0x86dd, ip_proto: 58, icmpv6_code: 0 }, requires: 'nd' } as const
export const IN_ND_SOLICIT = {
  needs: { eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135, icmpv6_code: 0 },
  requires: 'nd_solicit',
} as const
export const IN_ND_ADVERT = {
  needs: { eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 136, icmpv6_code: 0 },
  requires: 'nd_advert',
} as const
export const IN_NSH = { needs: { eth_type: 0x894f } } as const
