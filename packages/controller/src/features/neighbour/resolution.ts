/**
 * Packets for a next hop that nobody is known to be: the leg asks who has the address, a few packets wait for the answer,
 * and go on as if they had not waited (RFC 1122 §2.3.2.2, RFC 4861 §7.2.2). While nobody has it, the sender is told so.
 */
import { fromIpAddress, type IpAddress } from '@openvnet/schema'
import type { HandlerContext, PacketAnswer, PuntedPacket } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import {
  ETH_TYPE,
  type Ethernet,
  formatIpv4,
  parseEthernet,
  parseIpv4,
  parseIpv6,
} from '../../packet/index.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import type { SliceName } from '../../pipeline/slices.ts'
import { networkName } from '../presence/queries.ts'
import { type Asking, type Entry, LIMITS, type Net } from './entries.ts'
import { isOnLink, isSaid } from './queries.ts'
import { ask, asUnreachable, createState, MEMORY, onwards, type State } from './state.ts'

const drop = (dropped: string): PacketAnswer => ({ dropped })

/** A packet that is to go on, and to where. */
interface Pending {
  readonly network: number
  readonly address: IpAddress
  /** Whose packet it is: guests are told apart by their ports, who is outside by the address. */
  readonly asker: string
  readonly packet: PacketToSend
}

const sourceOf = ({ eth_type, payload }: Ethernet): string | undefined => {
  if (eth_type === ETH_TYPE.ipv4) {
    const src = parseIpv4(payload)?.src
    return src === undefined ? undefined : formatIpv4(src)
  }
  return parseIpv6(payload)?.src.toString(16)
}

const askerOf = ({ ingress_interface }: PuntedPacket, src: string, view: View): string =>
  view.get('interface', ingress_interface)?.mode === 'vif'
    ? `${ingress_interface}`
    : `${ingress_interface} ${src}`

/** What it met on its way here goes with it: who sends it too large a packet is told so later. */
const slicesOf = (punted: PuntedPacket): PacketToSend['slices'] => {
  const met = ['domain', 'ingress_interface', 'leg', 'router', 'ingress_domain'] as const
  return Object.fromEntries(
    met.map((name): [SliceName, number] => [name, punted[name]]).filter(([, id]) => id > 0),
  )
}

const pendingIn = (punted: PuntedPacket, view: View): Pending | string => {
  const frame = parseEthernet(punted.frame)
  if (frame === undefined) return 'malformed Ethernet'
  if (frame.eth_type !== ETH_TYPE.ipv4 && frame.eth_type !== ETH_TYPE.ipv6) return 'not IP'
  const src = sourceOf(frame)
  if (src === undefined) return 'malformed IP'
  const family = frame.eth_type === ETH_TYPE.ipv4 ? 4 : 6
  return {
    network: punted.domain,
    address: { family, value: punted.next_hop ?? 0n },
    asker: askerOf(punted, src, view),
    packet: { frame: Uint8Array.from(punted.frame), at: 'mtu', slices: slicesOf(punted) },
  }
}

const TOO_MANY = 'too many next hops at once that do not answer'

const wait = (entry: Asking, { packet }: Pending, state: State, first?: PacketToSend): PacketAnswer => {
  const gone = state.entries.hold(entry, packet)
  const send = first === undefined ? [] : [first]
  if (gone === undefined) return { send, outcome: 'too much waits already' }
  return { send, outcome: gone === 0 ? 'held' : 'held, and an older one dropped' }
}

const begin = (net: Net, pending: Pending, { view, state, now }: HandlerContext<State>): PacketAnswer => {
  const { address, asker, packet } = pending
  if (!state.entries.hasRoomFor(net, asker)) return drop(TOO_MANY)
  const entry: Asking = {
    ...{ state: 'asking', net, address, text: fromIpAddress(address), due: now, tries: 0 },
    ...{ asker, since: now, held: [] },
  }
  state.entries.put(entry, now)
  const question = ask(entry, view, now, packet)
  if (question !== undefined) {
    entry.tries = 1
    entry.due = now + state.times.retransmit
  }
  return wait(entry, pending, state, question)
}

const isOver = (entry: Entry, now: number): boolean => entry.state === 'failed' && entry.due <= now

const resolve = (pending: Pending, dpid: string, context: HandlerContext<State>): PacketAnswer => {
  const { state, now } = context
  const { network, address, packet } = pending
  const net = state.entries.net(dpid, network, now)
  const entry = net.entries.get(fromIpAddress(address))
  if (entry === undefined || isOver(entry, now)) return begin(net, pending, context)
  if (entry.state === 'asking') return wait(entry, pending, state)
  if (entry.state === 'failed') return { send: [asUnreachable(packet)], outcome: 'nobody has the address' }
  // Its flow is on its way, and this packet was before it.
  return { send: [onwards(packet, entry.mac)], outcome: 'sent on' }
}

export const handleUnresolved = (punted: PuntedPacket, context: HandlerContext<State>): PacketAnswer => {
  const { view } = context
  const pending = pendingIn(punted, view)
  if (typeof pending === 'string') return drop(pending)
  const { network, address, packet } = pending
  if (!isOnLink(network, address, view))
    return { send: [asUnreachable(packet)], outcome: 'the next hop is in another network' }
  if (isSaid(network, fromIpAddress(address), view)) return drop('its flow is on its way')
  return resolve(pending, punted.dpid, context)
}

/** Milliseconds for which it is said that a table was full. */
const TOLD_MS = 60_000

const warningsOf = ({ entries }: State, dpid: string, now: number, view: View): readonly string[] =>
  [...entries.nets]
    .filter((net) => net.dpid === dpid && net.evicted !== undefined && now - net.evicted < TOLD_MS)
    .map(
      ({ network }) =>
        `${networkName(network, view)}: routers know ${LIMITS.known} neighbours outside of the model here, and there are more: who was not used for longest is asked for again`,
    )

export const resolutionHandler = packetHandler<State>({
  kind: 'resolution',
  memory: MEMORY,
  createState: () => createState(),
  handle: handleUnresolved,
  warnings: warningsOf,
})
