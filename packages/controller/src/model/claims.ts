/**
 * Who has what several switches claim: a port name, a port number or an iface-id. The first that has it keeps it until its
 * port is gone, or its switch is away while another one that is connected claims it; then the one that appeared last has
 * it. What was there when the controller first heard of its switch has no known time: it comes before what has, the lower
 * datapath id last, and between two of those that alone decides.
 *
 * A name or iface-id moves at most twice in ten seconds; numbers are given again at once, here and there. What would be a third move waits until the time is over: the thing stays
 * where it is, and is nowhere if it is gone from there. Time is asked for only where several claim the same thing, or one
 * after the other does.
 */
import { getOrCreate } from './get_or_create.ts'
import type { Touch } from './touch.ts'

export type ClaimSpace = 'ports' | 'port numbers' | 'iface-id'
export type ClaimKey = string | number

/** Those that claim a thing now, in the order in which they appeared. */
export interface Claimants {
  readonly size: number
  has(dpid: string): boolean
  keys(): Iterable<string>
}

/** A thing that several switches claim, or one after the other did a moment ago. */
export interface Dispute {
  readonly space: ClaimSpace
  readonly key: ClaimKey
  /** The switch that has it, or had it last. */
  holder: string
  /** When it moved, at most the last two times. */
  moves: readonly number[]
  /** When something became of it last. */
  at: number
  /** Until when it may not move, though it would. */
  until: number | null
  /** Moves that had to wait, since several claim it. */
  refusals: number
  /** When it was said last that it moves too often. */
  toldAt: number
  /** It has moved, so that who has it is no longer what datapath ids say. */
  hasMoved: boolean
}

/** That a switch has what several claim. */
export type Holding = Pick<Dispute, 'space' | 'key' | 'holder'>

export interface ClaimsOptions {
  /** Milliseconds that only go up. */
  readonly now: () => number
  readonly isConnected: (dpid: string) => boolean
  readonly claimants: (space: ClaimSpace, key: ClaimKey) => Claimants | undefined
  /** Whether it is known when the claim of a switch appeared. */
  readonly isTimed: (space: ClaimSpace, key: ClaimKey, dpid: string) => boolean
}

export const MOST_MOVES = 2
export const MOVES_MS = 10_000

const NOBODY: Claimants = new Map()

export class Claims {
  readonly #options: ClaimsOptions
  readonly #disputes = new Map<ClaimSpace, Map<ClaimKey, Dispute>>()
  /** Disputes in which a switch is a claimant. */
  readonly #bySwitch = new Map<ClaimSpace, Map<string, Set<Dispute>>>()
  /** Those with something to remember, the longest quiet first. */
  readonly #recent = new Set<Dispute>()
  readonly #waiting = new Set<Dispute>()
  #refused: Dispute[] = []
  /** Of which `of` says something else, with those that do not claim it any more. */
  #changed = new Map<Dispute, Set<string>>()

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  /** The switch that has it; `undefined` where one claims it or none does, `null` where nobody may have it yet. */
  holder(space: ClaimSpace, key: ClaimKey): string | null | undefined {
    const dispute = this.#find(space, key)
    if (dispute === undefined) return undefined
    return this.#claimants(dispute).has(dispute.holder) ? dispute.holder : null
  }

  /** Things of a space that this switch and others claim. */
  of(space: ClaimSpace, dpid: string): Iterable<Dispute> {
    return this.#bySwitch.get(space)?.get(dpid) ?? []
  }

  /** To be called when the claim of a switch has come. */
  appeared(space: ClaimSpace, key: ClaimKey, dpid: string, touch: Touch): void {
    const claimants = this.#options.claimants(space, key) ?? NOBODY
    const found = this.#find(space, key)
    if (found === undefined && claimants.size < 2) {
      this.#forgetOld()
      return
    }
    const [first = dpid] = claimants.keys()
    const dispute = found ?? this.#begin(space, key, first)
    if (found === undefined) this.#enrol(dispute, first)
    this.#enrol(dispute, dpid)
    this.#review(dispute, touch, dpid)
    this.#forgetOld()
  }

  /** To be called when the claim of a switch is gone. */
  left(space: ClaimSpace, key: ClaimKey, dpid: string, touch: Touch): void {
    const found = this.#find(space, key)
    if (found === undefined && space === 'port numbers') return
    const dispute = found ?? this.#begin(space, key, dpid)
    this.#bySwitch.get(space)?.get(dpid)?.delete(dispute)
    this.#review(dispute, touch, dpid)
    if (this.#claimants(dispute).size > 0) this.#note(dispute, dpid)
    this.#forgetOld()
  }

  /** Who has what several claim now. */
  *holdings(): Generator<Holding> {
    for (const disputes of this.#disputes.values()) {
      for (const dispute of disputes.values()) {
        const { space, key, holder } = dispute
        if (this.#claimants(dispute).size > 1) yield { space, key, holder }
      }
    }
  }

  /**
   * Another controller says who has it. Two that heard of claims in another order may differ: then the lower datapath id
   * has it for both.
   */
  agree({ space, key, holder }: Holding, touch: Touch): void {
    const dispute = this.#find(space, key)
    if (dispute === undefined || holder >= dispute.holder || !this.#options.isConnected(holder)) return
    const claimants = this.#claimants(dispute)
    if (!claimants.has(dispute.holder)) return
    this.restore({ space, key, holder }, touch)
    this.#note(dispute)
  }

  /** Somebody knows who had it: as far as several still claim it, and that is one of them, it has it. */
  restore({ space, key, holder }: Holding, touch: Touch): void {
    const dispute = this.#find(space, key)
    if (dispute === undefined || !this.#claimants(dispute).has(holder)) return
    Object.assign(dispute, { holder, hasMoved: true })
    touch(space, key)
  }

  /** To be called when a switch came or went. */
  reconnected(dpid: string, touch: Touch): void {
    for (const switches of this.#bySwitch.values()) {
      for (const dispute of switches.get(dpid) ?? []) this.#review(dispute, touch, dpid)
    }
  }

  /** When `settle` has something to do; `null`: not as far as is known. */
  get nextChange(): number | null {
    const times = [...this.#waiting].map(({ until }) => until ?? 0)
    return times.length === 0 ? null : Math.min(...times)
  }

  /** What had to wait may move now, as far as its time is over. */
  settle(touch: Touch): void {
    const now = this.#options.now()
    for (const dispute of [...this.#waiting]) if ((dispute.until ?? 0) <= now) this.#review(dispute, touch)
  }

  /** Disputes that had a move refused since they were asked for last: each once in ten seconds. */
  takeRefused(): readonly Dispute[] {
    const refused = this.#refused
    this.#refused = []
    return refused
  }

  /**
   * Switches of which `of` says something else since they were asked for last.
   * @param isMeant all switches have a port of some names, which nobody asks for: these are not to cost anything
   */
  takeConcerned(isMeant: (dispute: Dispute) => boolean): ReadonlySet<string> {
    const changed = this.#changed
    this.#changed = new Map()
    const concerned = new Set<string>()
    for (const [dispute, former] of changed) {
      if (!isMeant(dispute)) continue
      for (const dpid of [...former, ...this.#claimants(dispute).keys()]) concerned.add(dpid)
    }
    return concerned
  }

  #note(dispute: Dispute, former?: string): void {
    if (dispute.space === 'port numbers') return
    const found = getOrCreate(this.#changed, dispute, () => new Set<string>())
    if (former !== undefined) found.add(former)
  }

  #find(space: ClaimSpace, key: ClaimKey): Dispute | undefined {
    return this.#disputes.get(space)?.get(key)
  }

  #claimants({ space, key }: Dispute): Claimants {
    return this.#options.claimants(space, key) ?? NOBODY
  }

  #begin(space: ClaimSpace, key: ClaimKey, holder: string): Dispute {
    const at = this.#options.now()
    const dispute: Dispute = {
      ...{ space, key, holder, moves: [], at, until: null },
      ...{ refusals: 0, toldAt: -Infinity, hasMoved: false },
    }
    getOrCreate(this.#disputes, space, () => new Map<ClaimKey, Dispute>()).set(key, dispute)
    return dispute
  }

  #enrol(dispute: Dispute, dpid: string): void {
    const switches = getOrCreate(this.#bySwitch, dispute.space, () => new Map<string, Set<Dispute>>())
    getOrCreate(switches, dpid, () => new Set<Dispute>()).add(dispute)
  }

  /**
   * Something is different of those who claim it, or it is time.
   * @param dpid the only switch that is different
   */
  #review(dispute: Dispute, touch: Touch, dpid?: string): void {
    const claimants = this.#claimants(dispute)
    const now = this.#options.now()
    const wanted = this.#wantedAfter(dispute, claimants, dpid) ?? this.#wanted(dispute, claimants)
    this.#setUntil(dispute, null)
    if (wanted !== dispute.holder) this.#move(dispute, { wanted, claimants, now })
    dispute.at = now
    this.#recent.delete(dispute)
    this.#recent.add(dispute)
    touch(dispute.space, dispute.key)
    this.#note(dispute)
  }

  #move(
    dispute: Dispute,
    { wanted, claimants, now }: { wanted: string; claimants: Claimants; now: number },
  ): void {
    const isGone = !claimants.has(dispute.holder) || !this.#options.isConnected(dispute.holder)
    // Which of two claims without time comes first is no move: it is found out.
    if (!isGone && !dispute.hasMoved) {
      dispute.holder = wanted
      return
    }
    const moves = dispute.moves.filter((time) => time > now - MOVES_MS)
    if (moves.length >= MOST_MOVES && dispute.space !== 'port numbers') {
      this.#refuse(dispute, moves[0]! + MOVES_MS, now)
      return
    }
    Object.assign(dispute, { holder: wanted, moves: [...moves, now].slice(-MOST_MOVES), hasMoved: true })
  }

  #refuse(dispute: Dispute, until: number, now: number): void {
    this.#setUntil(dispute, until)
    dispute.refusals += 1
    if (now - dispute.toldAt < MOVES_MS) return
    dispute.toldAt = now
    this.#refused.push(dispute)
  }

  #setUntil(dispute: Dispute, until: number | null): void {
    dispute.until = until
    if (until === null) this.#waiting.delete(dispute)
    else this.#waiting.add(dispute)
  }

  /**
   * Who should have it when another switch than the one that has it is different: however many claim it, that is one of
   * these two. `undefined`: who has it cannot have it.
   */
  #wantedAfter(dispute: Dispute, claimants: Claimants, dpid: string | undefined): string | undefined {
    const { isConnected } = this.#options
    const { holder, hasMoved } = dispute
    if (dpid === undefined || dpid === holder || !claimants.has(holder) || !isConnected(holder))
      return undefined
    if (hasMoved || dpid > holder || !claimants.has(dpid) || !isConnected(dpid)) return holder
    return this.#isTimed(dispute, holder) || this.#isTimed(dispute, dpid) ? holder : dpid
  }

  /** Who should have it, if it could move as it likes. */
  #wanted(dispute: Dispute, claimants: Claimants): string {
    const { isConnected } = this.#options
    const { holder } = dispute
    const isThere = claimants.has(holder)
    const isSettled = dispute.hasMoved || this.#isTimed(dispute, holder)
    if (isThere && isConnected(holder) && isSettled) return holder
    const ordered = this.#inOrder(dispute, claimants)
    const connected = ordered.filter(isConnected)
    if (isThere && connected.length === 0) return holder
    if (!isThere || isSettled || !isConnected(holder)) return connected.at(-1) ?? ordered.at(-1) ?? holder
    return connected.filter((dpid) => !this.#isTimed(dispute, dpid)).at(-1) ?? holder
  }

  #isTimed({ space, key }: Dispute, dpid: string): boolean {
    return this.#options.isTimed(space, key, dpid)
  }

  #inOrder(dispute: Dispute, claimants: Claimants): string[] {
    const { timed = [], untimed = [] } = Object.groupBy(claimants.keys(), (dpid) =>
      this.#isTimed(dispute, dpid) ? 'timed' : 'untimed',
    )
    return [...untimed.sort().reverse(), ...timed]
  }

  /** What only one claims is its own, when it has not moved for a while. */
  #forgetOld(): void {
    const oldest = this.#options.now() - MOVES_MS
    for (const dispute of this.#recent) {
      if (dispute.at > oldest) return
      this.#recent.delete(dispute)
      const claimants = this.#claimants(dispute)
      if (claimants.size > 1 || dispute.until !== null) continue
      this.#disputes.get(dispute.space)?.delete(dispute.key)
      for (const dpid of claimants.keys()) this.#bySwitch.get(dispute.space)?.get(dpid)?.delete(dispute)
    }
  }
}
