/** What only IPv6 has, on the networks of the walkthrough: link-local addresses, probes for duplicates, who may say what. */
import { formatMac, linkLocalAddress, toMac } from '@openvnet/controller/packet'
import { fromIpAddress } from '@openvnet/schema'
import { inIpv6 } from './in_ipv6.ts'
import type { FrameSpec, Scenario, SendSpec, Write } from './scenario.ts'
import { GUESTS, walkthrough } from './walkthrough.ts'

type Nd = NonNullable<FrameSpec['nd']>

const ALL_NODES = { mac: '33:33:00:00:00:01', address: 'ff02::1' }
const LEG = { mac: '52:54:00:74:00:00', address: 'fd00:172:16:1::fe' }
const macOf = (name: string): string => GUESTS.find((guest) => guest.name === name)!.mac
const linkLocal = (mac: string): string => fromIpAddress({ family: 6, value: linkLocalAddress(toMac(mac)) })
/** As guests make them by RFC 7217. */
const STABLE = 'fe80::1234:5678:9abc:def0'
const NS1 = 'fd00:172:16:1::1'
const NS2 = 'fd00:172:16:1::2'

/** By the last 24 bits of an address whose last group is short. */
const asks = (from: string, target: string, nd: Partial<Nd> = {}): FrameSpec => {
  const low = BigInt(`0x${target.split(':').at(-1)}`) & 0xffffn
  const middle = target.startsWith('fe80') ? Number(`0x${target.split(':').at(-2)}`) & 0xff : 0
  return {
    eth_src: macOf(from),
    eth_dst: formatMac(0x3333_ff00_0000 + middle * 0x10000 + Number(low)),
    nd: {
      ...{ kind: 'solicitation', src: NS1, target, link: macOf(from) },
      dst: `ff02::1:ff${middle.toString(16).padStart(2, '0')}:${low.toString(16)}`,
      ...nd,
    },
  }
}

/** What a guest asks before it uses an address. */
const probes = (from: string, target: string): FrameSpec => {
  const { nd, ...frame } = asks(from, target, { src: '::' })
  const { link: _link, ...probe } = nd!
  return { ...frame, nd: probe }
}

const told = (from: string, mac: string, target: string, flags: string, dst = NS1): FrameSpec => ({
  ...{ eth_src: mac, eth_dst: macOf(from) },
  nd: { kind: 'advertisement', src: target, dst, target, link: mac, flags },
})

const taken = (mac: string, target: string): FrameSpec => ({
  ...{ eth_src: mac, eth_dst: ALL_NODES.mac },
  nd: { kind: 'advertisement', src: target, dst: ALL_NODES.address, target, flags: '' },
})

const announces = (from: string, target: string, link = macOf(from), src = NS1): FrameSpec => ({
  ...{ eth_src: macOf(from), eth_dst: ALL_NODES.mac },
  nd: { kind: 'advertisement', src, dst: ALL_NODES.address, target, link, flags: 'O' },
})

const sends = (why: string, frame: FrameSpec, ...arrives: [at: string, frame: FrameSpec][]): SendSpec => ({
  ...{ why, from: 'ns1', frame },
  arrives: arrives.map(([at, got]) => ({ at, frame: got })),
})

const ping = (src: string, eth_dst: string, dst: string, ttl = 64): FrameSpec => ({
  ...{ eth_src: macOf('ns1'), eth_dst },
  echo: { src, dst, ttl },
})

const OWN = linkLocal(macOf('ns1'))
const OTHER = linkLocal(macOf('ns2'))
const OF_LEG = linkLocal(LEG.mac)

const SENDS: readonly SendSpec[] = [
  sends('the switch knows the link-local address that follows from a MAC address', asks('ns1', OTHER), [
    'ns1',
    told('ns1', macOf('ns2'), OTHER, 'SO'),
  ]),
  sends('and that of a leg, which is a router', asks('ns1', OF_LEG, { src: OWN }), [
    'ns1',
    told('ns1', LEG.mac, OF_LEG, 'RSO', OWN),
  ]),
  sends('for another link-local address the network is asked', asks('ns1', STABLE), [
    'ns2',
    asks('ns1', STABLE),
  ]),
  sends('nobody is asked for an address that nobody has', asks('ns1', 'fd00:172:16:1::4d')),
  sends('a probe for the own address is not answered', probes('ns1', NS1)),
  sends('nor for the own link-local address', probes('ns1', OWN)),
  sends('who probes for the address of another hears that it is taken', probes('ns1', NS2), [
    'ns1',
    taken(macOf('ns2'), NS2),
  ]),
  sends('and for that of the router', probes('ns1', LEG.address), ['ns1', taken(LEG.mac, LEG.address)]),
  sends('and for a link-local address of another', probes('ns1', OF_LEG), ['ns1', taken(LEG.mac, OF_LEG)]),
  sends('a guest announces its address to its network', announces('ns1', NS1), [
    'ns2',
    announces('ns1', NS1),
  ]),
  sends('and its link-local address', announces('ns1', OWN, macOf('ns1'), OWN), [
    'ns2',
    announces('ns1', OWN, macOf('ns1'), OWN),
  ]),
  sends('not the address of another', announces('ns1', NS2)),
  sends('not that of the router', announces('ns1', LEG.address)),
  sends('nor its link-local address', announces('ns1', OF_LEG)),
  sends('not at the MAC address of another', announces('ns1', NS1, macOf('ns2'))),
  sends('who asks tells no MAC address of another', asks('ns1', NS2, { link: macOf('ns2') })),
  sends('nobody asks from the address of another', asks('ns1', STABLE, { src: NS2 })),
  sends('nor from a link-local address of another', asks('ns1', STABLE, { src: OTHER })),
  sends('a guest is no router', {
    ...{ eth_src: macOf('ns1'), eth_dst: ALL_NODES.mac },
    nd: { kind: 'router_advertisement', src: OWN, dst: ALL_NODES.address },
  }),
  sends('a link-local address reaches its neighbour', ping(OWN, macOf('ns2'), OTHER), [
    'ns2',
    ping(OWN, macOf('ns2'), OTHER),
  ]),
  sends('also one that follows from no MAC address', ping(STABLE, macOf('ns2'), OTHER), [
    'ns2',
    ping(STABLE, macOf('ns2'), OTHER),
  ]),
  sends('not one that follows from the MAC address of another', ping(OTHER, macOf('ns2'), NS2)),
  sends('the leg answers at its link-local address', ping(OWN, LEG.mac, OF_LEG), [
    'ns1',
    {
      ...{ eth_src: LEG.mac, eth_dst: macOf('ns1') },
      echo: { src: OF_LEG, dst: OWN, ttl: 64, reply: true },
    },
  ]),
  sends('from a link-local address nothing is routed', ping(OWN, LEG.mac, 'fd00:172:16:2::3')),
  {
    why: 'not where the router takes any source, either',
    from: 'ns3',
    frame: {
      ...{ eth_src: macOf('ns3'), eth_dst: '52:54:00:74:22:22' },
      echo: { src: linkLocal(macOf('ns3')), dst: NS1, ttl: 64 },
    },
    arrives: [],
  },
  sends('nor to one', ping(NS1, LEG.mac, linkLocal(macOf('ns3')))),
  sends('nor a multicast packet', ping(NS1, LEG.mac, 'ff0e::1')),
]

/** A default route at the leg of the second network: whoever sends from there may come in. */
const ANY_SOURCE: Write = {
  path: 'routes',
  body: {
    ...{
      uuid: 'r-any',
      interface_uuid: 'if-vnet2gw',
      network_uuid: 'nw-net2',
      route_link_uuid: 'rl-vnetlink1',
    },
    ...{ ipv6_network: '::', ipv6_prefix: 0 },
  },
}

export const neighbours: Scenario = {
  ...inIpv6(walkthrough),
  writes: [...inIpv6(walkthrough).writes, ANY_SOURCE],
  name: 'neighbour discovery, and what guests may say in it',
  pings: [],
  sends: SENDS,
}
