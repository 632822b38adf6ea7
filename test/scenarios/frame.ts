/** Frames of scenarios as bytes and back. */
import {
  buildArp,
  buildEthernet,
  buildIcmp,
  buildIpv4,
  ETH_TYPE,
  formatIpv4,
  formatMac,
  ICMP_TYPE,
  IP_PROTO,
  parseArp,
  parseEthernet,
  parseIcmp,
  parseIpv4,
  toIpv4,
  toMac,
} from '@openvnet/controller/packet'
import { buildEcho6, buildNdSpec, describeIpv6, isChatter } from './frame_ipv6.ts'
import type { FrameSpec } from './scenario.ts'

const ECHO = { code: 0, rest: 0x0001_0001, payload: new TextEncoder().encode('scenario') }

const content = ({
  arp,
  nd,
  echo,
}: FrameSpec): { readonly eth_type: number; readonly payload: Uint8Array } => {
  if (arp !== undefined) {
    const { op, sha, spa, tha, tpa } = arp
    const payload = buildArp({ op, sha: toMac(sha), spa: toIpv4(spa), tha: toMac(tha), tpa: toIpv4(tpa) })
    return { eth_type: ETH_TYPE.arp, payload }
  }
  if (nd !== undefined) return { eth_type: ETH_TYPE.ipv6, payload: buildNdSpec(nd) }
  if (echo === undefined) throw new Error('a frame needs a content')
  if (echo.src.includes(':')) return { eth_type: ETH_TYPE.ipv6, payload: buildEcho6(echo) }
  const type = echo.reply === true ? ICMP_TYPE.echo_reply : ICMP_TYPE.echo_request
  const { src, dst, ttl } = echo
  const payload = buildIpv4({
    protocol: IP_PROTO.icmp,
    src: toIpv4(src),
    dst: toIpv4(dst),
    ttl,
    payload: buildIcmp({ type, ...ECHO }),
  })
  return { eth_type: ETH_TYPE.ipv4, payload }
}

export const buildFrame = (spec: FrameSpec): Uint8Array =>
  buildEthernet({ dst: toMac(spec.eth_dst), src: toMac(spec.eth_src), ...content(spec) })

const describeArp = (payload: Uint8Array): Pick<FrameSpec, 'arp'> => {
  const arp = parseArp(payload)
  if (arp === undefined) return {}
  const { op, sha, spa, tha, tpa } = arp
  return { arp: { op, sha: formatMac(sha), spa: formatIpv4(spa), tha: formatMac(tha), tpa: formatIpv4(tpa) } }
}

const ECHOES: readonly number[] = [ICMP_TYPE.echo_request, ICMP_TYPE.echo_reply]

const describeEcho = (payload: Uint8Array): Pick<FrameSpec, 'echo'> => {
  const packet = parseIpv4(payload)
  const icmp = packet?.protocol === IP_PROTO.icmp ? parseIcmp(packet.payload) : undefined
  if (packet === undefined || icmp === undefined || !ECHOES.includes(icmp.type)) return {}
  const ends = { src: formatIpv4(packet.src), dst: formatIpv4(packet.dst), ttl: packet.ttl }
  return { echo: icmp.type === ICMP_TYPE.echo_reply ? { ...ends, reply: true } : ends }
}

/** What a frame says; a checksum that is wrong leaves its content out. */
export const describeFrame = (frame: Uint8Array): FrameSpec => {
  const { dst, src, eth_type, payload } = parseEthernet(frame)!
  const addresses = { eth_src: formatMac(src), eth_dst: formatMac(dst) }
  if (eth_type === ETH_TYPE.arp) return { ...addresses, ...describeArp(payload) }
  if (eth_type === ETH_TYPE.ipv4) return { ...addresses, ...describeEcho(payload) }
  if (eth_type === ETH_TYPE.ipv6) return { ...addresses, ...describeIpv6(payload) }
  return addresses
}

/** Whether it is what kernels say by themselves. */
export const isChatterFrame = (frame: Uint8Array): boolean => {
  const { eth_type, payload } = parseEthernet(frame)!
  return eth_type === ETH_TYPE.ipv6 && isChatter(payload)
}
