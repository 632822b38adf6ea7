/**
 * Programs: what a feature does with packets that its flows send to the controller. A handler is a function of the packet
 * and of what may be read: rows by the same words as rules, and a small state of its own. It knows no socket, no
 * database and no clock; what it gives back is sent, or counted as dropped by its reason.
 */
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

export type PacketAnswer =
  | { readonly send: readonly PacketToSend[] }
  /** A constant sentence: it is counted by. */
  | { readonly dropped: string }

/** @typeParam S what it remembers; bounded by the handler itself */
export interface PacketHandler<S = unknown> {
  readonly kind: PuntKind
  /** Made once for each controller. */
  readonly createState: () => S
  /** May throw: that is caught, counted and logged now and then. */
  readonly handle: (packet: PuntedPacket, context: HandlerContext<S>) => PacketAnswer
}

/** A handler of any state; `packetHandler` makes one from a typed one. */
export type AnyPacketHandler = PacketHandler<unknown>

export const packetHandler = <S>(handler: PacketHandler<S>): AnyPacketHandler =>
  handler as unknown as AnyPacketHandler
