/**
 * Fragments put together again, of either family: RFC 815, RFC 8200 §4.5. Overlapping fragments spoil the whole datagram,
 * also those that come later (RFC 5722, applied to IPv4, too); exact duplicates are forgiven.
 * What is held is bounded in fragments, datagrams per owner, octets and time, whatever arrives: an owner loses its own
 * oldest datagram first, so that one guest's fragments do not take another's room. The clock is the caller's.
 */

/** One fragment, see `ipv4Piece` and `ipv6Piece`. `P` is the packet that carried it. */
export interface Piece<P> {
  /** Tells datagrams of one owner apart: addresses, protocol and identification. */
  readonly key: string
  /** In octets. */
  readonly offset: number
  readonly more: boolean
  readonly data: Uint8Array
  readonly packet: P
}

export interface ReassemblyLimits {
  readonly datagrams_per_owner: number
  readonly fragments_per_datagram: number
  /** Held altogether. */
  readonly octets: number
  readonly milliseconds: number
}

export const REASSEMBLY_LIMITS: ReassemblyLimits = {
  datagrams_per_owner: 8,
  // 65535 octets over links of 1280.
  fragments_per_datagram: 54,
  octets: 8 * 2 ** 20,
  milliseconds: 30_000,
}

export type ReassemblyFault =
  | 'an empty fragment'
  | 'a fragment that is not a multiple of 8 octets'
  | 'longer than a datagram can be'
  | 'overlapping fragments'
  | 'fragments beyond the last'
  | 'too many fragments'

export type Reassembled<P> =
  | { readonly kind: 'waiting' }
  /** `first`: the packet that carried the beginning. */
  | { readonly kind: 'complete'; readonly first: P; readonly payload: Uint8Array }
  | { readonly kind: 'dropped'; readonly reason: ReassemblyFault }

/** A datagram that was given up; `first` is there when its beginning had come: only then is an error sent. */
export interface Expired<P> {
  readonly owner: string
  readonly first?: P
}

interface Pile<P> {
  readonly owner: string
  readonly deadline: number
  pieces: { readonly offset: number; readonly data: Uint8Array }[]
  octets: number
  /** Length of the whole payload, once the last fragment came. */
  total?: number
  first?: P
  /** Why nothing more of it is taken. */
  spoilt?: ReassemblyFault
}

const UNIT = 8
/** The longest payload whose packet has a length of 16 bits, behind the shortest header. */
const MAX_PAYLOAD = 0xffff - 20

const faultAlone = ({ data, more, offset }: Piece<unknown>): ReassemblyFault | undefined => {
  if (data.length === 0) return 'an empty fragment'
  if (more && data.length % UNIT !== 0) return 'a fragment that is not a multiple of 8 octets'
  return offset + data.length > MAX_PAYLOAD ? 'longer than a datagram can be' : undefined
}

const endOf = ({ offset, data }: { readonly offset: number; readonly data: Uint8Array }): number =>
  offset + data.length

const faultAmong = (pile: Pile<unknown>, piece: Piece<unknown>): ReassemblyFault | undefined => {
  const end = endOf(piece)
  if (pile.pieces.some((other) => other.offset < end && piece.offset < endOf(other)))
    return 'overlapping fragments'
  const total = piece.more ? pile.total : end
  const beyond = total !== undefined && (end > total || pile.pieces.some((other) => endOf(other) > total))
  return beyond || (!piece.more && pile.total !== undefined) ? 'fragments beyond the last' : undefined
}

const isDuplicate = (pile: Pile<unknown>, piece: Piece<unknown>): boolean =>
  pile.pieces.some(({ offset, data }) => offset === piece.offset && Buffer.compare(data, piece.data) === 0) &&
  (piece.more || pile.total === endOf(piece))

const join = ({ pieces, octets }: Pile<unknown>): Uint8Array => {
  const payload = new Uint8Array(octets)
  for (const { offset, data } of pieces) payload.set(data, offset)
  return payload
}

export class Reassembly<P> {
  readonly #limits: ReassemblyLimits
  /** By owner and key; all live equally long, so the first is the oldest. */
  readonly #piles = new Map<string, Pile<P>>()
  readonly #keysOf = new Map<string, Set<string>>()
  #octets = 0

  constructor(limits: Partial<ReassemblyLimits> = {}) {
    this.#limits = { ...REASSEMBLY_LIMITS, ...limits }
  }

  get held(): { readonly datagrams: number; readonly octets: number } {
    return { datagrams: this.#piles.size, octets: this.#octets }
  }

  /**
   * @param owner whose room it takes, such as the interface that sent it; without blanks
   * @param now milliseconds of a clock that never goes back
   */
  add(owner: string, piece: Piece<P>, now: number): Reassembled<P> {
    const key = `${owner} ${piece.key}`
    const pile = this.#pile(key, owner, now)
    if (pile.spoilt !== undefined) return { kind: 'dropped', reason: pile.spoilt }
    if (isDuplicate(pile, piece)) return { kind: 'waiting' }
    const reason = faultAlone(piece) ?? faultAmong(pile, piece) ?? this.#tooMany(pile)
    if (reason !== undefined) return this.#spoil(pile, reason)
    this.#take(pile, piece)
    if (pile.octets === pile.total && pile.first !== undefined) {
      this.#remove(key)
      return { kind: 'complete', first: pile.first, payload: join(pile) }
    }
    for (const [oldest] of this.#piles) {
      if (this.#octets <= this.#limits.octets) break
      this.#remove(oldest)
    }
    return { kind: 'waiting' }
  }

  /** Gives up what waited too long; call it every second or so. */
  expire(now: number): readonly Expired<P>[] {
    const expired: Expired<P>[] = []
    for (const [key, { owner, deadline, first }] of this.#piles) {
      if (deadline > now) break
      expired.push(first === undefined ? { owner } : { owner, first })
      this.#remove(key)
    }
    return expired
  }

  #pile(key: string, owner: string, now: number): Pile<P> {
    const present = this.#piles.get(key)
    if (present !== undefined && present.deadline > now) return present
    this.#remove(key)
    const keys = this.#keysOf.get(owner) ?? new Set<string>()
    const [oldest] = keys
    if (oldest !== undefined && keys.size >= this.#limits.datagrams_per_owner) this.#remove(oldest)
    const pile: Pile<P> = { owner, deadline: now + this.#limits.milliseconds, pieces: [], octets: 0 }
    this.#piles.set(key, pile)
    this.#keysOf.set(owner, keys.add(key))
    return pile
  }

  #tooMany(pile: Pile<P>): ReassemblyFault | undefined {
    return pile.pieces.length >= this.#limits.fragments_per_datagram ? 'too many fragments' : undefined
  }

  /** The octets are copied: those of a packet are a view into much more. */
  #take(pile: Pile<P>, piece: Piece<P>): void {
    pile.pieces.push({ offset: piece.offset, data: piece.data.slice() })
    pile.octets += piece.data.length
    this.#octets += piece.data.length
    if (!piece.more) pile.total = endOf(piece)
    if (piece.offset === 0) pile.first = piece.packet
  }

  /** The pile stays without its octets until its time is over, so that later fragments do not begin another. */
  #spoil(pile: Pile<P>, reason: ReassemblyFault): Reassembled<P> {
    this.#octets -= pile.octets
    pile.octets = 0
    pile.pieces = []
    pile.spoilt = reason
    delete pile.first
    return { kind: 'dropped', reason }
  }

  #remove(key: string): void {
    const pile = this.#piles.get(key)
    if (pile === undefined) return
    this.#piles.delete(key)
    this.#octets -= pile.octets
    const keys = this.#keysOf.get(pile.owner)
    keys?.delete(key)
    if (keys?.size === 0) this.#keysOf.delete(pile.owner)
  }
}
