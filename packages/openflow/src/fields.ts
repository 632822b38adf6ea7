/**
 * The match fields: wire code, width, prerequisites. One row each; codec, text and pipeline derive from it.
 * Sources: OpenFlow 1.3.5 §7.2.3.7, `include/openvswitch/meta-flow.h` of Open vSwitch.
 */

/** How a value is written by people: decimal or hexadecimal number, MAC, IPv4 or IPv6 address, bytes. */
export type FieldKind = 'number' | 'hex' | 'mac' | 'ipv4' | 'ipv6' | 'port' | 'bytes'

export interface FieldSpec {
  /** OXM class: 0x8000 OpenFlow basic, 0x0001 NXM_1, 0x8001 packet registers. */
  readonly class: number
  /** OXM field number within the class. */
  readonly number: number
  /** Bytes on the wire. */
  readonly bytes: number
  /** Significant bits. */
  readonly bits: number
  readonly kind: FieldKind
  readonly maskable: boolean
  /** Fields that must be matched with these values first. */
  readonly needs?: Readonly<Record<string, number>>
}

const field = <const S extends FieldSpec>(spec: S): S => spec
const reg = <const N extends number>(n: N) =>
  field({ class: 0x0001, number: n, bytes: 4, bits: 32, kind: 'hex', maskable: true })

export const FIELDS = {
  in_port: field({ class: 0x8000, number: 0, bytes: 4, bits: 32, kind: 'port', maskable: false }),
  metadata: field({ class: 0x8000, number: 2, bytes: 8, bits: 64, kind: 'hex', maskable: true }),
  eth_dst: field({ class: 0x8000, number: 3, bytes: 6, bits: 48, kind: 'mac', maskable: true }),
  eth_src: field({ class: 0x8000, number: 4, bytes: 6, bits: 48, kind: 'mac', maskable: true }),
  eth_type: field({ class: 0x8000, number: 5, bytes: 2, bits: 16, kind: 'hex', maskable: false }),
  vlan_vid: field({ class: 0x8000, number: 6, bytes: 2, bits: 13, kind: 'hex', maskable: true }),
  vlan_pcp: field({ class: 0x8000, number: 7, bytes: 1, bits: 3, kind: 'number', maskable: false }),
  ip_dscp: field({ class: 0x8000, number: 8, bytes: 1, bits: 6, kind: 'number', maskable: false }),
  ip_ecn: field({ class: 0x8000, number: 9, bytes: 1, bits: 2, kind: 'number', maskable: false }),
  ip_proto: field({ class: 0x8000, number: 10, bytes: 1, bits: 8, kind: 'number', maskable: false }),
  ipv4_src: field({
    class: 0x8000,
    number: 11,
    bytes: 4,
    bits: 32,
    kind: 'ipv4',
    maskable: true,
    needs: { eth_type: 0x0800 },
  }),
  ipv4_dst: field({
    class: 0x8000,
    number: 12,
    bytes: 4,
    bits: 32,
    kind: 'ipv4',
    maskable: true,
    needs: { eth_type: 0x0800 },
  }),
  tcp_src: field({
    class: 0x8000,
    number: 13,
    bytes: 2,
    bits: 16,
    kind: 'number',
    maskable: true,
    needs: { ip_proto: 6 },
  }),
  tcp_dst: field({
    class: 0x8000,
    number: 14,
    bytes: 2,
    bits: 16,
    kind: 'number',
    maskable: true,
    needs: { ip_proto: 6 },
  }),
  udp_src: field({
    class: 0x8000,
    number: 15,
    bytes: 2,
    bits: 16,
    kind: 'number',
    maskable: true,
    needs: { ip_proto: 17 },
  }),
  udp_dst: field({
    class: 0x8000,
    number: 16,
    bytes: 2,
    bits: 16,
    kind: 'number',
    maskable: true,
    needs: { ip_proto: 17 },
  }),
  icmpv4_type: field({
    class: 0x8000,
    number: 19,
    bytes: 1,
    bits: 8,
    kind: 'number',
    maskable: false,
    needs: { eth_type: 0x0800, ip_proto: 1 },
  }),
  icmpv4_code: field({
    class: 0x8000,
    number: 20,
    bytes: 1,
    bits: 8,
    kind: 'number',
    maskable: false,
    needs: { eth_type: 0x0800, ip_proto: 1 },
  }),
  arp_op: field({
    class: 0x8000,
    number: 21,
    bytes: 2,
    bits: 16,
    kind: 'number',
    maskable: false,
    needs: { eth_type: 0x0806 },
  }),
  arp_spa: field({
    class: 0x8000,
    number: 22,
    bytes: 4,
    bits: 32,
    kind: 'ipv4',
    maskable: true,
    needs: { eth_type: 0x0806 },
  }),
  arp_tpa: field({
    class: 0x8000,
    number: 23,
    bytes: 4,
    bits: 32,
    kind: 'ipv4',
    maskable: true,
    needs: { eth_type: 0x0806 },
  }),
  arp_sha: field({
    class: 0x8000,
    number: 24,
    bytes: 6,
    bits: 48,
    kind: 'mac',
    maskable: true,
    needs: { eth_type: 0x0806 },
  }),
  arp_tha: field({
    class: 0x8000,
    number: 25,
    bytes: 6,
    bits: 48,
    kind: 'mac',
    maskable: true,
    needs: { eth_type: 0x0806 },
  }),
  ipv6_src: field({
    class: 0x8000,
    number: 26,
    bytes: 16,
    bits: 128,
    kind: 'ipv6',
    maskable: true,
    needs: { eth_type: 0x86dd },
  }),
  ipv6_dst: field({
    class: 0x8000,
    number: 27,
    bytes: 16,
    bits: 128,
    kind: 'ipv6',
    maskable: true,
    needs: { eth_type: 0x86dd },
  }),
  icmpv6_type: field({
    class: 0x8000,
    number: 29,
    bytes: 1,
    bits: 8,
    kind: 'number',
    maskable: false,
    needs: { eth_type: 0x86dd, ip_proto: 58 },
  }),
  icmpv6_code: field({
    class: 0x8000,
    number: 30,
    bytes: 1,
    bits: 8,
    kind: 'number',
    maskable: false,
    needs: { eth_type: 0x86dd, ip_proto: 58 },
  }),
  tunnel_id: field({ class: 0x8000, number: 38, bytes: 8, bits: 64, kind: 'hex', maskable: true }),
  nw_ttl: field({ class: 0x0001, number: 29, bytes: 1, bits: 8, kind: 'number', maskable: false }),
  ip_frag: field({ class: 0x0001, number: 26, bytes: 1, bits: 2, kind: 'number', maskable: true }),
  reg0: reg(0),
  reg1: reg(1),
  reg2: reg(2),
  reg3: reg(3),
  reg4: reg(4),
  reg5: reg(5),
  reg6: reg(6),
  reg7: reg(7),
  reg8: reg(8),
  reg9: reg(9),
  reg10: reg(10),
  reg11: reg(11),
  reg12: reg(12),
  reg13: reg(13),
  reg14: reg(14),
  reg15: reg(15),
} as const satisfies Record<string, FieldSpec>

export type FieldName = keyof typeof FIELDS
