/**
 * What a guest gets as a sentence: `time exceeded from 10.1.1.254 for udp 33435 to 10.3.3.1`. The same packet gives the
 * same sentence, whatever its checksums cover is right; what is malformed is called so.
 */
import {
  ETH_TYPE,
  type Icmp,
  IP_PROTO,
  type NdMessage,
  parseEthernet,
  parseIcmp,
  parseIcmpv6,
  parseIpv6,
  parseNd,
  parseTcp,
  parseUdp,
  readU16,
  readU32,
  readU128,
  TCP_FLAG,
} from '@openvnet/controller/packet'
import { fromIpAddress } from '@openvnet/schema'
import { ipIn, type ReceivedIp } from './ip.ts'
import { describeAdvertisement, describeDhcp4, describeDhcp6, describeDns } from './reply_service.ts'

/** Type and code of each family. */
const ERRORS: Readonly<Record<string, string>> = {
  ...{ '4 3 0': 'no route', '4 3 1': 'host unreachable', '4 3 2': 'protocol unreachable' },
  ...{ '4 3 3': 'port unreachable', '4 3 4': 'too big', '4 3 13': 'prohibited', '4 11 0': 'time exceeded' },
  ...{
    '6 1 0': 'no route',
    '6 1 1': 'prohibited',
    '6 1 2': 'beyond scope',
    '6 1 3': 'host unreachable',
    '6 1 4': 'port unreachable',
  },
  ...{ '6 2 0': 'too big', '6 3 0': 'time exceeded', '6 4 1': 'protocol unreachable' },
}
const ECHOES: Readonly<Record<string, string>> = {
  ...{ '4 8 0': 'request', '4 0 0': 'reply', '6 128 0': 'request', '6 129 0': 'reply' },
}
const IS_ICMP: Readonly<Record<string, true>> = {
  [`4 ${IP_PROTO.icmp}`]: true,
  [`6 ${IP_PROTO.icmpv6}`]: true,
}

const isIcmp = ({ family, protocol }: Pick<ReceivedIp, 'family' | 'protocol'>): boolean =>
  IS_ICMP[`${family} ${protocol}`] === true

const addressIn = (octets: Uint8Array): string =>
  fromIpAddress(
    octets.length === 4
      ? { family: 4, value: BigInt(readU32(octets, 0)) }
      : { family: 6, value: readU128(octets, 0) },
  )

/** What an error quotes: the beginning of a packet, which may be cut, so that lengths and checksums say nothing. */
const describeQuoted = (family: 4 | 6, bytes: Uint8Array): string => {
  const [protocol, dst, header] =
    family === 4
      ? [bytes[9]!, bytes.subarray(16, 20), (bytes[0]! & 0xf) * 4]
      : [bytes[6]!, bytes.subarray(24, 40), 40]
  const to = addressIn(dst)
  const name = protocol === IP_PROTO.udp ? 'udp' : protocol === IP_PROTO.tcp ? 'tcp' : undefined
  if (name !== undefined) return `${name} ${readU16(bytes, header + 2)} to ${to}`
  return isIcmp({ family, protocol }) ? `echo to ${to}` : `protocol ${protocol} to ${to}`
}

const describeIcmp = (packet: ReceivedIp): string => {
  const { family, src, dst, ttl, ends, payload } = packet
  const icmp: Icmp | undefined =
    typeof ends.src === 'bigint'
      ? parseIcmpv6(payload, ends as { src: bigint; dst: bigint })
      : parseIcmp(payload)
  if (icmp === undefined) return 'malformed ICMP'
  const key = `${family} ${icmp.type} ${icmp.code}`
  const echo = ECHOES[key]
  if (echo === 'request') return `echo request to ${dst} with TTL ${ttl}`
  if (echo === 'reply') return `echo reply from ${src}`
  const error = ERRORS[key]
  if (error === undefined) return `ICMP ${key} from ${src}`
  const limit = error === 'too big' ? ` for ${icmp.rest}` : ''
  return `${error}${limit} from ${src} for ${describeQuoted(family, icmp.payload)}`
}

const DHCP4_CLIENT = 68
const DHCP6_CLIENT = 546
const DNS_SERVER = 53

const describeUdp = ({ src, dst, ttl, ends, payload }: ReceivedIp): string => {
  const udp = parseUdp(payload, ends)
  if (udp === undefined) return 'malformed UDP'
  if (udp.dst === DHCP4_CLIENT) return describeDhcp4(udp.payload, src, dst)
  if (udp.dst === DHCP6_CLIENT) return describeDhcp6(udp.payload, src, dst)
  if (udp.src === DNS_SERVER) return describeDns(udp.payload, src)
  return `udp ${udp.dst} to ${dst} with TTL ${ttl}`
}

const describeTcp = ({ src, dst, ttl, ends, payload }: ReceivedIp): string => {
  const segment = parseTcp(payload, ends)
  if (segment === undefined) return 'malformed TCP'
  if (segment.flags === TCP_FLAG.syn) return `tcp ${segment.dst} to ${dst} with TTL ${ttl}`
  const isReset = (segment.flags & TCP_FLAG.rst) !== 0
  return `tcp ${isReset ? 'reset' : `flags ${segment.flags}`} from ${src} port ${segment.src}`
}

const describeIp = (packet: ReceivedIp): string => {
  const { protocol, payload, fragment, src, ttl } = packet
  if (fragment !== undefined) {
    const end = fragment.offset + payload.length
    return `octets ${fragment.offset} to ${end}${fragment.more ? '' : ', the last,'} from ${src} with TTL ${ttl}`
  }
  if (protocol === IP_PROTO.udp) return describeUdp(packet)
  if (protocol === IP_PROTO.tcp) return describeTcp(packet)
  return isIcmp(packet) ? describeIcmp(packet) : `protocol ${protocol} from ${src}`
}

const ndIn = ({ family, bytes }: ReceivedIp): NdMessage | undefined => {
  const packet = family === 6 ? parseIpv6(bytes) : undefined
  return packet && parseNd(packet)
}

/** `undefined` for what neighbours say to each other, and for what is not IP. */
export const describeReply = (frame: Uint8Array): string | undefined => {
  const ethernet = parseEthernet(frame)!
  const { eth_type } = ethernet
  if (eth_type !== ETH_TYPE.ipv4 && eth_type !== ETH_TYPE.ipv6) return undefined
  const packet = ipIn(ethernet)
  if (packet === undefined) return 'malformed IP'
  const message = ndIn(packet)
  if (message === undefined) return describeIp(packet)
  return message.kind === 'router_advertisement' ? describeAdvertisement(message, packet.src) : undefined
}
