/**
 * The TCP connections of guests to DNS services: a few for each guest, the least used of its own give way to a new one. Those
 * that are not used for a while are forgotten, and reset when something comes; a guest's storm costs nobody else a connection.
 */
import { TCP_FLAG, type Tcp } from '../../packet/index.ts'
import { DnsConnection } from './connection.ts'

const MOST = 8192
const MOST_OF_GUEST = 8
/** Milliseconds without a segment, after which a connection may be forgotten: RFC 7766 §6.2.3. */
const IDLE_MS = 10_000

interface Entry {
  readonly connection: DnsConnection
  used: number
}

export class DnsConnections {
  /** By guest; each guest's by the ends of the connection, the least used first. */
  readonly #guests = new Map<number, Map<string, Entry>>()
  readonly #random: () => number
  #count = 0

  /** @param random numbers of 32 bits that nobody can guess */
  constructor(random: () => number) {
    this.#random = random
  }

  get size(): number {
    return this.#count
  }

  /**
   * The connection that a segment is of, a new one for a SYN; `undefined`: there is none.
   * @param ends says both ends
   * @param now milliseconds
   */
  of(guest: number, ends: string, segment: Tcp, now: number): DnsConnection | undefined {
    const own = this.#guests.get(guest)
    const entry = own?.get(ends)
    if (own !== undefined && entry !== undefined && now - entry.used < IDLE_MS) {
      own.delete(ends)
      own.set(ends, entry)
      entry.used = now
      return entry.connection
    }
    this.forget(guest, ends)
    const isSyn = (segment.flags & (TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.rst)) === TCP_FLAG.syn
    return isSyn ? this.#open(guest, ends, segment, now) : undefined
  }

  forget(guest: number, ends: string): void {
    const own = this.#guests.get(guest)
    if (own?.delete(ends) !== true) return
    this.#count -= 1
    if (own.size === 0) this.#guests.delete(guest)
  }

  #open(guest: number, ends: string, syn: Tcp, now: number): DnsConnection | undefined {
    if (this.#count >= MOST) this.#forgetIdle(now)
    const [leastUsed] = this.#guests.get(guest)?.keys() ?? []
    const isFull = (this.#guests.get(guest)?.size ?? 0) >= MOST_OF_GUEST
    if (isFull && leastUsed !== undefined) this.forget(guest, leastUsed)
    if (this.#count >= MOST) return undefined
    const own = this.#guests.get(guest) ?? new Map<string, Entry>()
    this.#guests.set(guest, own)
    const connection = new DnsConnection(syn, this.#random())
    own.set(ends, { connection, used: now })
    this.#count += 1
    return connection
  }

  #forgetIdle(now: number): void {
    for (const [guest, own] of this.#guests) {
      for (const [ends, { used }] of own) if (now - used >= IDLE_MS) this.forget(guest, ends)
    }
  }
}
