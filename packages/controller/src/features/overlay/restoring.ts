/**
 * A multicast travels like a broadcast where nothing encapsulates it, so its destination MAC address is lost on the way. That
 * of an IP multicast follows from its IP address: RFC 1112 §6.4 for IPv4, RFC 2464 §7 for IPv6. Of others, which are for
 * all in the network anyhow, nothing is known, and they arrive as broadcasts.
 */
import { BROADCAST_MAC } from '../../packet/index.ts'
import { moveBits, setField } from '../../pipeline/actions.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { mac2macMulticastTable } from './tables.ts'

const WHY = 'A multicast packet gets back the destination MAC address that it was sent with.'

export const mac2macMulticastFlows = [
  mac2macMulticastTable.flow({
    priority: PRIORITY.ordinary,
    match: { eth_dst: BROADCAST_MAC, ipv4_dst: { value: 0xe000_0000, mask: 0xf000_0000 } },
    steps: [setField('eth_dst', 0x0100_5e00_0000), moveBits('ipv4_dst', 'eth_dst', 23)],
    goto: 'destination',
    why: WHY,
  }),
  mac2macMulticastTable.flow({
    priority: PRIORITY.ordinary,
    match: { eth_dst: BROADCAST_MAC, ipv6_dst: { value: 0xffn << 120n, mask: 0xffn << 120n } },
    steps: [setField('eth_dst', 0x3333_0000_0000), moveBits('ipv6_dst', 'eth_dst', 32)],
    goto: 'destination',
    why: WHY,
  }),
]
