/**
 * Addresses from which switches connected: where other switches may reach them, when nothing else says so. Kept while a
 * switch is away. An address that only means the own machine tells nothing, and is not kept.
 */
import type { Touch } from './touch.ts'

const IPV4_IN_IPV6 = '::ffff:'

/** The address without the dress that a socket for both families gives it. */
export const plainAddress = (text: string): string =>
  text.startsWith(IPV4_IN_IPV6) ? text.slice(IPV4_IN_IPV6.length) : text

/** Whether the address only means the own machine, and not which. @param address as `plainAddress` gives it */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.')

/** `null` for the loopback and what has a zone. */
const reachable = (text: string | undefined): string | null => {
  if (text === undefined) return null
  const address = plainAddress(text)
  return isLoopback(address) || address.includes('%') ? null : address
}

export class Peers {
  readonly #byDpid = new Map<string, string>()

  /** Address of a switch as text, or `null`. */
  of(dpid: string): string | null {
    return this.#byDpid.get(dpid) ?? null
  }

  /** @param address as the socket says; `undefined` when the switch is forgotten */
  set(dpid: string, address: string | undefined, touch: Touch): void {
    const now = reachable(address)
    if (now === this.of(dpid)) return
    if (now === null) this.#byDpid.delete(dpid)
    else this.#byDpid.set(dpid, now)
    touch('switch peer', dpid)
  }
}
