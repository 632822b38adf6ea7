/**
 * What neighbours say: answers to what legs have asked, and announcements of who has moved to another MAC address. Only of
 * addresses that were asked for, in the subnet of the network, that no row names; and no MAC address of a leg, or of many.
 */
import { fromIpAddress } from '@openvnet/schema'
import type { HandlerContext, PacketAnswer, PuntedPacket, Utterance } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import type { NeighbourFact } from '../../model/neighbours.ts'
import { formatMac } from '../../packet/index.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { networksOfSegment, switchesReachingNetwork } from '../presence/queries.ts'
import { type Claim, claimIn, isOfHost } from './claim.ts'
import type { Asking, Entry, Known } from './entries.ts'
import { isOfLeg, isOnLink, isSaid } from './queries.ts'
import { confirm, createState, factOf, know, MEMORY, onwards, type State } from './state.ts'
import { reachableFor } from './times.ts'

interface Heard {
  readonly outcome: string
  readonly send?: readonly PacketToSend[]
  readonly learned?: readonly NeighbourFact[]
}

/** Who did not answer, but says that it is there, is asked soon. */
const holdsFor = ({ isAnswer }: Claim, { times, random }: State): number =>
  isAnswer ? reachableFor(times, random) : 0

const answered = (asking: Asking, claim: Claim, state: State, now: number): Heard => {
  const { mac } = claim
  if (mac === undefined) return { outcome: 'says no MAC address' }
  const { net, address, held } = asking
  const { entry, gone } = know({ net, address, mac, holds: holdsFor(claim, state) }, state, now)
  return {
    outcome: 'learned',
    send: held.map((packet) => onwards(packet, mac)),
    learned: [...gone, factOf(entry, mac)],
  }
}

/** RFC 4861 §7.2.5; ARP has no flag, and always overrides. */
const moved = (entry: Known, claim: Claim, state: State, now: number): Heard => {
  if (claim.mac === undefined || !claim.overrides) {
    entry.due = now
    return { outcome: 'says another MAC address, and is asked' }
  }
  if (now - entry.changed < state.times.settled) return { outcome: 'changes its MAC address too often' }
  entry.mac = claim.mac
  entry.changed = now
  entry.tries = 0
  entry.due = now + holdsFor(claim, state)
  return { outcome: 'moved', learned: [factOf(entry, claim.mac)] }
}

const heardOf = (entry: Entry, claim: Claim, state: State, now: number): Heard => {
  if (entry.state === 'asking') return answered(entry, claim, state, now)
  if (entry.state === 'failed') {
    state.entries.remove(entry)
    return { outcome: 'is there after all' }
  }
  if (claim.mac !== undefined && claim.mac !== entry.mac) return moved(entry, claim, state, now)
  if (!claim.isAnswer) return { outcome: 'known already' }
  confirm(entry, state, now)
  return { outcome: 'still there' }
}

/** The networks of which a claim may be. A sentence: it counts in none. */
const networksOf = (claim: Claim, domain: number, view: View): readonly number[] | string => {
  const { address, mac } = claim
  const segment = segmentOfDomain(domain)
  const networks = segment === null ? [domain] : view.query(networksOfSegment, segment)
  const onLink = networks.filter((network) => isOnLink(network, address, view))
  if (onLink.length === 0) return 'an address of another network'
  const text = fromIpAddress(address)
  if (onLink.some((network) => isSaid(network, text, view))) return 'rows say who has the address'
  if (mac !== undefined && (!isOfHost(mac) || isOfLeg(formatMac(mac), view)))
    return 'no MAC address that a neighbour may have'
  return onLink
}

/** Of all switches: what one asks may be answered to another, where the legs of both have one MAC address. */
const entriesOf = (
  claim: Claim,
  networks: readonly number[],
  { state, view }: HandlerContext<State>,
): readonly Entry[] => {
  const text = fromIpAddress(claim.address)
  return networks.flatMap((network) =>
    view
      .query(switchesReachingNetwork, network)
      .flatMap((dpid) => state.entries.find(dpid, network, text) ?? []),
  )
}

export const handleNews = (
  { frame, domain, dpid }: PuntedPacket,
  context: HandlerContext<State>,
): PacketAnswer => {
  const { state, view, now } = context
  const claim = claimIn(frame)
  if (typeof claim === 'string') return { dropped: claim }
  const networks = networksOf(claim, domain, view)
  if (typeof networks === 'string') return { dropped: networks }
  const said = entriesOf(claim, networks, context).map((entry): Utterance & { outcome: string } => ({
    dpid: entry.net.dpid,
    send: [],
    ...heardOf(entry, claim, state, now),
  }))
  if (said.length === 0) return { dropped: 'nobody has asked' }
  const own = said.find((one) => one.dpid === dpid)
  return {
    send: own?.send ?? [],
    outcome: own?.outcome ?? 'for another switch',
    learned: said.flatMap(({ learned = [] }) => learned),
    elsewhere: said.filter((one) => one !== own).map(({ learned: _learned, ...rest }) => rest),
  }
}

export const newsHandler = packetHandler<State>({
  kind: 'neighbour',
  memory: MEMORY,
  createState: () => createState(),
  handle: handleNews,
})
