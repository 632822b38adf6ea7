/** Random frames of every kind that the match fields know. */
import {
  buildArp,
  buildEthernet,
  buildIcmp,
  buildIpv4,
  buildIpv6,
  buildNd,
  buildTcp,
  buildUdp,
  buildVlan,
  concat,
  type NdMessage,
  type NdOption,
} from '@openvnet/controller/packet'
import fc, { type Arbitrary } from 'fast-check'
import { IPS, IPS6, MACS, TCP_UDP } from './pools.ts'

const mac = fc.constantFrom(...MACS)
const ip = fc.constantFrom(...IPS)
const ip6 = fc.constantFrom(...IPS6)
const port = fc.constantFrom(...TCP_UDP)
const payload = fc.uint8Array({ maxLength: 20 })

const arp = fc
  .record({ op: fc.constantFrom(1, 2, 3), sha: mac, spa: ip, tha: mac, tpa: ip })
  .map((fields) => ({ eth_type: 0x0806, bytes: buildArp(fields) }))

type Ends = { src: number; dst: number } | { src: bigint; dst: bigint }
const transport = (ends: Ends): Arbitrary<{ protocol: number; bytes: Uint8Array }> =>
  fc.oneof(
    fc.record({ src: port, dst: port, payload }).map((udp) => ({ protocol: 17, bytes: buildUdp(udp, ends) })),
    // A datagram without checksum must stay without.
    fc.record({ src: port, dst: port, payload }).map((udp) => ({
      protocol: 17,
      bytes: buildUdp(udp, ends).map((byte, at) => (at === 6 || at === 7 ? 0 : byte)),
    })),
    fc.record({ src: port, dst: port, payload }).map((tcp) => ({
      protocol: 6,
      bytes: buildTcp(
        {
          ...tcp,
          sequence: 1,
          acknowledgement: 2,
          flags: 16,
          window: 3,
          urgent: 0,
          options: new Uint8Array(),
        },
        ends,
      ),
    })),
    fc.record({ type: fc.constantFrom(0, 8, 128), code: fc.nat(1), payload }).map((icmp) => ({
      protocol: typeof ends.src === 'number' ? 1 : 58,
      bytes: buildIcmp({ ...icmp, rest: 0x10001 }),
    })),
    payload.map((bytes) => ({ protocol: 17, bytes })),
  )

/**
 * Later fragments are kept short: Open vSwitch 3.1 takes longer ones for segments and spoils their payload where it
 * adjusts checksums for a changed address.
 */
const segmentOf = (bytes: Uint8Array, fragment_offset: number): Uint8Array =>
  fragment_offset === 0 ? bytes : bytes.subarray(0, 7)

const ipv4 = fc
  .record({
    src: ip,
    dst: ip,
    ttl: fc.constantFrom(1, 2, 64),
    dscp: fc.constantFrom(0, 46),
    ecn: fc.nat(1),
    more_fragments: fc.constantFrom(false, false, false, true),
    fragment_offset: fc.constantFrom(0, 0, 0, 8),
    options: fc.constantFrom(new Uint8Array(), new Uint8Array(4)),
  })
  .chain((fields) =>
    transport(fields).map(({ protocol, bytes }) => ({
      eth_type: 0x0800,
      bytes: buildIpv4({ ...fields, protocol, payload: segmentOf(bytes, fields.fragment_offset) }),
    })),
  )

const ipv6 = fc
  .record({
    src: ip6,
    dst: ip6,
    hop_limit: fc.constantFrom(1, 64),
    traffic_class: fc.constantFrom(0, 184, 1),
    flow_label: fc.nat(0xfffff),
  })
  .chain((fields) =>
    transport(fields).map(({ protocol, bytes }) => ({
      eth_type: 0x86dd,
      bytes: buildIpv6({ ...fields, next_header: protocol, payload: bytes }),
    })),
  )

const linkLayer = fc.tuple(fc.constantFrom('source_link_layer' as const, 'target_link_layer' as const), mac)
const option = fc.oneof(
  { weight: 3, arbitrary: linkLayer.map(([kind, address]): NdOption => ({ kind, mac: address })) },
  fc.constant<NdOption>({ kind: 'nonce', nonce: Uint8Array.of(1, 2, 3, 4, 5, 6) }),
)

const isNonce = ({ kind }: NdOption): boolean => kind === 'nonce'

/**
 * With one option or more: where there is none Open vSwitch 3.1 writes the type of one past the end of the packet.
 * Addresses come first: what it reads is the type of the first of them, what it writes that of the first option.
 */
const nd = fc
  .record({
    ends: fc.record({ src: fc.oneof(ip6, fc.constant(0n)), dst: ip6 }),
    target: ip6,
    flags: fc.option(fc.record({ router: fc.boolean(), solicited: fc.boolean(), override: fc.boolean() })),
    options: fc
      .array(option, { minLength: 1, maxLength: 3 })
      .map((options) => options.toSorted((a, b) => Number(isNonce(a)) - Number(isNonce(b)))),
    isWrong: fc.constantFrom(false, false, true),
  })
  .map(({ ends, target, flags, options, isWrong }) => {
    const message: NdMessage =
      flags === null
        ? { kind: 'neighbour_solicitation', target, options }
        : { kind: 'neighbour_advertisement', target, options, ...flags }
    const bytes = buildNd(message, ends)
    if (isWrong) bytes[42]! ^= 1
    return { eth_type: 0x86dd, bytes }
  })

/** What is cut or no packet at all; an ARP packet is never cut, as the switch would write past its end. */
const other = fc.tuple(fc.constantFrom(0x88b5, 0x0800, 0x0806, 0x86dd), payload).map(([eth_type, bytes]) => ({
  eth_type,
  bytes: eth_type === 0x0806 ? concat(bytes, new Uint8Array(28)) : bytes,
}))

/** Frames of every kind that the fields know, some tagged, some padded, some malformed. */
export const frames: Arbitrary<Uint8Array> = fc
  .tuple(
    mac,
    mac,
    fc.oneof(
      { weight: 2, arbitrary: arp },
      { weight: 5, arbitrary: ipv4 },
      { weight: 2, arbitrary: ipv6 },
      { weight: 2, arbitrary: nd },
      other,
    ),
    fc.option(fc.record({ vid: fc.constantFrom(5, 0, 4095), pcp: fc.constantFrom(0, 3), dei: fc.nat(1) }), {
      freq: 3,
    }),
    fc.constantFrom(0, 0, 6),
  )
  .map(([dst, src, { eth_type, bytes }, tag, padding]) => {
    const padded = new Uint8Array(bytes.length + padding)
    padded.set(bytes)
    if (tag === null) return buildEthernet({ dst, src, eth_type, payload: padded })
    return buildEthernet({
      dst,
      src,
      eth_type: 0x8100,
      payload: buildVlan({ ...tag, eth_type, payload: padded }),
    })
  })
