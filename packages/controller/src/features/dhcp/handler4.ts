/**
 * The DHCPv4 server of all networks. A client is the guest that sends, known by port and MAC address: what it calls itself
 * changes nothing. Nothing is remembered but which addresses were declined.
 */
import type { Row } from '@openvnet/schema'
import type { HandlerContext, PacketAnswer, PuntedPacket } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import {
  BROADCAST_MAC,
  buildUdpFrame,
  DHCP4_OP,
  DHCP4_PORT,
  DHCP4_TYPE,
  type Dhcp4,
  decodeDhcp4,
  dhcp4Wishes,
  type Ipv4Ends,
  isMalformed,
  readUdpOverIpv4,
  toIpv4,
  type UdpFrame,
} from '../../packet/index.ts'
import { type Answer4, answer4 } from './answer4.ts'
import { leasesOfMac, type Server, sendToGuest, serverOf } from './client.ts'
import { type Decision4, decide4 } from './decision4.ts'
import { type Asking, subnetOf } from './options4.ts'
import { wishFor } from './policies.ts'
import { Quarantine } from './quarantine.ts'

const BROADCAST = 0xffff_ffff
const drop = (dropped: string): PacketAnswer => ({ dropped })

interface Question extends UdpFrame<Ipv4Ends> {
  readonly message: Dhcp4
}

const isOwnAnswer = ({ src }: Ipv4Ends, { ciaddr }: Dhcp4): boolean => src === 0 || src === ciaddr

/** The message in a frame, or why there is none that could be answered. */
const read = (frame: Uint8Array): Question | string => {
  const datagram = readUdpOverIpv4(frame)
  if (typeof datagram === 'string') return datagram
  const message = decodeDhcp4(datagram.udp.payload)
  if (isMalformed(message)) return message.malformed
  if (message.op !== DHCP4_OP.request) return 'a message for clients'
  if (message.giaddr !== 0) return 'of a relay agent'
  if (message.chaddr !== datagram.ethernet.src) return 'for another hardware address'
  return isOwnAnswer(datagram.ends, message) ? { ...datagram, message } : 'sent from another address'
}

/** Where the client has the address that it sends from; else where a client without one is. */
const networkOf = ({ message: { ciaddr } }: Question, leases: readonly Row<'ip_lease'>[], domain: number) =>
  leases.find(({ address }) => ciaddr !== 0 && toIpv4(address) === ciaddr)?.network_id ?? domain

interface Place {
  readonly asking: Asking
  readonly server: Server & { readonly lease: Row<'ip_lease'> }
  /** Of the client in the network: the first. */
  readonly lease: Row<'ip_lease'> | undefined
}

const placeOf = (punted: PuntedPacket, question: Question, view: View) => {
  const { ingress_interface, domain, dpid } = punted
  const leases = leasesOfMac(ingress_interface, question.ethernet.src, 4, view)
  const id = networkOf(question, leases, domain)
  const row = view.get('interface', ingress_interface)
  const network = view.get('network', id)
  const server = serverOf(id, 4, view, dpid)
  if (row === undefined || network === undefined || server?.lease === undefined) return undefined
  const lease = leases.find(({ network_id }) => network_id === id)
  return { asking: { interface: row, network, dpid }, server, lease } as Place
}

/** A client that renews asks one server; all others hear it by broadcast. */
const isForServer = ({ dst }: Ipv4Ends, server: number, { network, mask }: ReturnType<typeof subnetOf>) =>
  dst === BROADCAST || dst === server || dst === (network | ~mask) >>> 0

const sendTo = ({ dst, bytes }: Answer4, { ethernet }: Question, { server, asking }: Place): PacketAnswer => {
  const ends = { src: toIpv4(server.lease.address), dst }
  const macs = { src: server.mac, dst: dst === BROADCAST ? BROADCAST_MAC : ethernet.src }
  const frame = buildUdpFrame(macs, ends, { src: DHCP4_PORT.server, dst: DHCP4_PORT.client, payload: bytes })
  return sendToGuest(frame, asking)
}

/** Who asks for an address for the first time may get one from a policy, and asks again. */
const withWish = (why: string, { message }: Question, { asking, lease }: Place, view: View): PacketAnswer => {
  const wish =
    lease === undefined && message.type === DHCP4_TYPE.discover
      ? wishFor(asking.interface, asking.network.id, 4, view)
      : undefined
  return wish === undefined ? drop(why) : { dropped: 'a lease policy was asked', wish }
}

const carryOut = (
  decision: Decision4,
  question: Question,
  place: Place,
  { view, state, now }: HandlerContext<Quarantine>,
): PacketAnswer => {
  if (decision.type === 'declined' && place.lease !== undefined)
    state.add(place.lease, { guest: place.asking.interface.uuid, dpid: place.asking.dpid }, now)
  if ('why' in decision) return withWish(decision.why, question, place, view)
  const server = toIpv4(place.server.lease.address)
  const { message } = question
  const answer = answer4(decision, message, dhcp4Wishes(message), { asking: place.asking, server, view })
  return sendTo(answer, question, place)
}

export const dhcp4Handler = packetHandler<Quarantine>({
  kind: 'dhcp4',
  createState: () => new Quarantine(),
  warnings: (state, dpid, now) => state.warnings(dpid, now),
  handle: (punted, context) => {
    const question = read(punted.frame)
    if (typeof question === 'string') return drop(question)
    const place = placeOf(punted, question, context.view)
    if (place === undefined) return drop('no DHCP service any more')
    const server = toIpv4(place.server.lease.address)
    const subnet = subnetOf(place.asking.network)
    if (!isForServer(question.ends, server, subnet)) return drop('for another server')
    const decision = decide4(question.message, dhcp4Wishes(question.message), {
      server,
      leased: place.lease === undefined ? undefined : toIpv4(place.lease.address),
      isQuarantined: place.lease !== undefined && context.state.has(place.lease, context.now),
      isInSubnet: (address) => (address & subnet.mask) >>> 0 === subnet.network,
    })
    return carryOut(decision, question, place, context)
  },
})
