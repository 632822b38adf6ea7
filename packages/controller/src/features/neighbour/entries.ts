/**
 * What is known of next hops that no row names, for each network on each switch: who is asked for and what waits for the
 * answer, who answered, who did not. Everything in it has a bound, so that who asks for addresses at random takes no more
 * than a share of it, and nothing of what others have.
 */
import type { IpAddress } from '@openvnet/schema'
import type { PacketToSend } from '../../pipeline/packets.ts'

/** Of a network on a switch, but for the last two, which are of all together. */
export const LIMITS = {
  /** Neighbours that are known; the least recently used goes first. */
  known: 1024,
  /** Addresses of which it is remembered that nobody has them; the oldest goes first. */
  failed: 256,
  /** Addresses that are asked for at a time, and of these for one sender. */
  asking: 256,
  asking_for_one: 16,
  /** Packets that wait for an address; the oldest gives way (RFC 4861 §7.2.2). */
  held: 16,
  /** Questions in a second, and at once. */
  questions: 100,
  entries: 16_384,
  held_octets: 1_048_576,
} as const

interface Common {
  readonly net: Net
  readonly address: IpAddress
  /** The address in the form of rows. */
  readonly text: string
  /** Milliseconds: when there is something to do. */
  due: number
  /** Questions without answer. */
  tries: number
}

export interface Asking extends Common {
  readonly state: 'asking'
  /** For whom, see `askerOf`. */
  readonly asker: string
  readonly since: number
  readonly held: PacketToSend[]
}

export interface Known extends Common {
  readonly state: 'known'
  mac: number
  /** Milliseconds: since when it has this MAC address. */
  changed: number
  /** Packets that its flow had seen, and since when it has seen none. */
  packets: bigint
  unused_since: number | undefined
}

export interface Failed extends Common {
  readonly state: 'failed'
}

export type Entry = Asking | Known | Failed

/** A network on a switch. */
export interface Net {
  readonly dpid: string
  readonly network: number
  /** By address; those that were used last at the end. */
  readonly entries: Map<string, Entry>
  readonly counts: Record<Entry['state'], number>
  /** Addresses that are asked for, by sender. */
  readonly askers: Map<string, number>
  questions: number
  /** When `questions` was right. */
  filled: number
  /** When a neighbour that may be in use had to go for another one. */
  evicted: number | undefined
}

const octetsOf = ({ held }: Asking): number => held.reduce((sum, { frame }) => sum + frame.length, 0)

export class Entries {
  readonly #nets = new Map<string, Net>()
  #size = 0
  #heldOctets = 0

  get nets(): Iterable<Net> {
    return this.#nets.values()
  }

  get size(): number {
    return this.#size
  }

  get heldOctets(): number {
    return this.#heldOctets
  }

  /** One without entries is a new one each time. @param now milliseconds */
  net(dpid: string, network: number, now: number): Net {
    const known = this.#nets.get(`${dpid} ${network}`)
    if (known !== undefined) return known
    return {
      ...{ dpid, network, entries: new Map(), counts: { asking: 0, known: 0, failed: 0 } },
      ...{ askers: new Map(), questions: LIMITS.questions, filled: now, evicted: undefined },
    }
  }

  find(dpid: string, network: number, text: string): Entry | undefined {
    return this.#nets.get(`${dpid} ${network}`)?.entries.get(text)
  }

  /** Puts it in place of what was there, as used last; what is too much goes. @returns who had to go */
  put(entry: Entry, now: number): readonly Known[] {
    const { net, text } = entry
    const before = net.entries.get(text)
    if (before !== undefined) this.remove(before)
    this.#nets.set(`${net.dpid} ${net.network}`, net)
    net.entries.set(text, entry)
    this.#count(entry, 1)
    const gone = entry.state === 'asking' ? [] : this.#makeRoom(entry)
    if (gone.length > 0) net.evicted = now
    return gone
  }

  remove(entry: Entry): void {
    const { net, text } = entry
    if (net.entries.get(text) !== entry) return
    net.entries.delete(text)
    this.#count(entry, -1)
    if (net.entries.size === 0) this.#nets.delete(`${net.dpid} ${net.network}`)
  }

  /** It was used: others of the network go before it. */
  touch(entry: Entry): void {
    const { entries } = entry.net
    if (entries.delete(entry.text)) entries.set(entry.text, entry)
  }

  /** Lets a packet wait. @returns how many gave way; `undefined`: there is no room for it */
  hold(entry: Asking, packet: PacketToSend): number | undefined {
    const { held } = entry
    const { length } = packet.frame
    if (this.#heldOctets + length > LIMITS.held_octets) return undefined
    held.push(packet)
    this.#heldOctets += length
    const gone = held.length > LIMITS.held ? held.shift() : undefined
    this.#heldOctets -= gone?.frame.length ?? 0
    return gone === undefined ? 0 : 1
  }

  /** Whether a sender may have one more address asked for. */
  hasRoomFor(net: Net, asker: string): boolean {
    return (
      net.counts.asking < LIMITS.asking &&
      (net.askers.get(asker) ?? 0) < LIMITS.asking_for_one &&
      this.#size < LIMITS.entries
    )
  }

  #count(entry: Entry, step: 1 | -1): void {
    const { counts, askers } = entry.net
    this.#size += step
    counts[entry.state] += step
    if (entry.state !== 'asking') return
    const asked = (askers.get(entry.asker) ?? 0) + step
    if (asked === 0) askers.delete(entry.asker)
    else askers.set(entry.asker, asked)
    this.#heldOctets += step * octetsOf(entry)
  }

  /** Of its kind the first that is not the new one. */
  #makeRoom(entry: Known | Failed): readonly Known[] {
    const { net, state } = entry
    if (net.counts[state] <= LIMITS[state] && this.#size <= LIMITS.entries) return []
    for (const other of net.entries.values()) {
      if (other === entry || other.state !== state) continue
      this.remove(other)
      return other.state === 'known' ? [other] : []
    }
    return []
  }
}

/** Whether a network may be asked something now; then one question less. */
export const takeQuestion = (net: Net, now: number): boolean => {
  const filled = net.questions + ((now - net.filled) * LIMITS.questions) / 1000
  net.questions = Math.min(LIMITS.questions, filled)
  net.filled = now
  if (net.questions < 1) return false
  net.questions -= 1
  return true
}
