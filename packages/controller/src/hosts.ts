/**
 * Hosts from which bridges connected: whether there is more than one, so that networks may need tunnels between them. They are
 * remembered, as a host that is away for a while is still one.
 */
import { isIP } from 'node:net'
import { isLoopback, plainAddress } from './model/peers.ts'

const hostOf = (peer: string): string => plainAddress(peer.slice(0, peer.lastIndexOf(':')))

export class Hosts {
  readonly #seen = new Set<string>()

  /** @param peer address and port of a bridge's end of its connection @returns whether this is the second host */
  note(peer: string | null): boolean {
    return this.noteAddress(peer === null ? '' : hostOf(peer))
  }

  /** @param host its address as text @returns whether this is the second host */
  noteAddress(host: string): boolean {
    // More than that is not asked for.
    if (this.areSeveral) return false
    if (isIP(host) === 0 || isLoopback(host) || this.#seen.has(host)) return false
    this.#seen.add(host)
    return this.#seen.size === 2
  }

  get areSeveral(): boolean {
    return this.#seen.size > 1
  }
}
