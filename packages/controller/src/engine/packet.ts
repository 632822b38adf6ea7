/**
 * Programs: what a feature does with packets that its flows send to the controller. A handler is a function of the packet
 * and of what may be read: rows by the same words as rules, and a small state of its own. It knows no socket, no
 * database and no clock; what it gives back is sent, or counted as dropped by its reason.
 */
import type { NeighbourFact } from '../model/neighbours.ts'
import type { Owner, OwnerKind } from '../pipeline/cookie.ts'
import type { FeatureName } from '../pipeline/features.ts'
import type { TableName } from '../pipeline/layout.ts'
import type { PacketToSend } from '../pipeline/packets.ts'
import type { PuntKind, PuntReason } from '../pipeline/punts.ts'
import type { View } from './view.ts'

export interface PuntedPacket {
  readonly dpid: string
  readonly reason: PuntReason | undefined
  /** Ids of what the packet met on its way; 0 for none: see `SLICES`. */
  readonly ingress_interface: number
  readonly domain: number
  readonly leg: number
  readonly router: number
  /** The network in which it came to the router; 0 where it met none. */
  readonly ingress_domain: number
  /** The address of the next hop, of the family of the packet; 0 or absent: it met no route. */
  readonly next_hop?: bigint
  /** A view into the receive buffer: copy what outlives the handler. */
  readonly frame: Uint8Array
}

export interface HandlerContext<S> {
  /** Rows and ports as they are now. Reads are not followed: nothing is run again because of them. */
  readonly view: View
  readonly state: S
  /** Milliseconds of a clock that never goes back. */
  readonly now: number
}

/**
 * A question to DNS servers outside: a handler may not wait, so it says what it would know, and what to do then.
 * It outlives the packet: nothing in it is a view into the frame.
 */
export interface Errand {
  /** Id of the interface for which it is: each may have a few at a time. */
  readonly guest: number
  /** Addresses of servers, asked one after another. */
  readonly servers: readonly string[]
  /** A DNS message with one question; its id is chosen by who asks. */
  readonly query: Uint8Array
  /** Whether to ask over TCP. */
  readonly stream: boolean
  /** The rest of the handler. @param answer DNS message to that question; `undefined` when none came */
  readonly resume: (answer: Uint8Array | undefined) => PacketAnswer
}

/** That a lease policy may give an interface an address; uuids. */
export interface LeaseWish {
  readonly policy: string
  readonly interface: string
}

/** Hears who was found to have which address. */
export type Learn = (facts: readonly NeighbourFact[]) => void

/** What a program has found out besides. */
export interface Consequences {
  /** Who has which address now. */
  readonly learned?: readonly NeighbourFact[]
  /** To be sent by other switches than the one that sent the packet. */
  readonly elsewhere?: readonly Utterance[]
}

export type PacketAnswer =
  | ({
      readonly send: readonly PacketToSend[]
      /** What it is counted as, in constant words; absent: `answered`. */
      readonly outcome?: string
    } & Consequences)
  /** Some packets at once, and more when the errands are done. */
  | { readonly send: readonly PacketToSend[]; readonly ask: readonly Errand[] }
  /** A constant sentence: it is counted by. What is wished for may be there when the guest asks again. */
  | { readonly dropped: string; readonly wish?: LeaseWish }

/** @typeParam S what it remembers; bounded by the handler itself */
export interface PacketHandler<S = unknown> {
  readonly kind: PuntKind
  /** Programs that name the same share their state. Absent: it is its own. */
  readonly memory?: string
  /** Made once for each controller. */
  readonly createState: () => S
  /** May throw: that is caught, counted and logged now and then. */
  readonly handle: (packet: PuntedPacket, context: HandlerContext<S>) => PacketAnswer
  /** Sentences for the status of a switch, from what it remembers. @param now see `HandlerContext` */
  readonly warnings?: (state: S, dpid: string, now: number, view: View) => readonly string[]
}

/** A handler of any state; `packetHandler` makes one from a typed one. */
export type AnyPacketHandler = PacketHandler<unknown>

export const packetHandler = <S>(handler: PacketHandler<S>): AnyPacketHandler =>
  handler as unknown as AnyPacketHandler

/** A flow of a speaker's feature that came, changed or went. */
export interface NoticedFlow {
  readonly dpid: string
  /** The row that it is of. */
  readonly kind: OwnerKind
  readonly id: number
  readonly isThere: boolean
}

/** What is to be sent by a switch. */
export interface Utterance extends Pick<Consequences, 'learned'> {
  readonly dpid: string
  readonly send: readonly PacketToSend[]
  /** What it is counted as, in constant words; absent: `told unasked`. */
  readonly outcome?: string
}

/** A flow of a speaker's feature in its table, and how many packets it has seen. */
export interface CountedFlow extends Owner {
  readonly packets: bigint
}

export interface SpeakerContext<S> extends HandlerContext<S> {
  /** Whether this controller acts for a switch: what is said to others is not sent. */
  acts(dpid: string): boolean
}

/**
 * A program that speaks unasked. What it says follows from rows that a rule reads, and its flows say when: one that came,
 * changed or went on a switch is noticed, and every second it is asked what is to be said.
 */
export interface Speaker<S = unknown> {
  /** Under which it is counted. */
  readonly kind: PuntKind
  /** See `PacketHandler`. */
  readonly memory?: string
  readonly feature: FeatureName
  /** Whose flows it hears of. */
  readonly table: TableName
  readonly createState: () => S
  readonly notice: (flow: NoticedFlow, context: HandlerContext<S>) => void
  /** As much as may be said in a second: it bounds that itself. */
  readonly speak: (context: SpeakerContext<S>) => readonly Utterance[]
  /** Told now and then, where a switch has any of its flows. Absent: nobody asks. */
  readonly counted?: (dpid: string, flows: readonly CountedFlow[], context: HandlerContext<S>) => void
}

/** A speaker of any state; `speaker` makes one from a typed one. */
export type AnySpeaker = Speaker<unknown>

export const speaker = <S>(spec: Speaker<S>): AnySpeaker => spec as unknown as AnySpeaker
