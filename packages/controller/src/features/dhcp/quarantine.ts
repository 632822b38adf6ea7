/**
 * Addresses that clients have declined (RFC 2131 §4.3.3, RFC 8415 §18.3.8): somebody else uses them. A lease is a row and
 * stays, so for a while the client is not offered what it would decline again, and the status of its switch says so.
 */
import type { Row } from '@openvnet/schema'

/** Time until a declined address is offered again. */
export const QUARANTINE_MS = 10 * 60_000
/** Most that are remembered; the oldest goes. */
const MOST = 10_000
/** Most that are named. */
const MOST_NAMED = 10

/** Who has declined it: uuid of the interface, and the switch. */
interface Decliner {
  readonly guest: string
  readonly dpid: string
}

interface Declined extends Decliner {
  readonly address: string
  readonly until: number
}

export class Quarantine {
  readonly #declined = new Map<number, Declined>()

  get size(): number {
    return this.#declined.size
  }

  add({ id, address }: Row<'ip_lease'>, by: Decliner, now: number): void {
    this.#declined.delete(id)
    this.#declined.set(id, { ...by, address, until: now + QUARANTINE_MS })
    const oldest = this.#declined.keys().next()
    if (this.#declined.size > MOST && oldest.done !== true) this.#declined.delete(oldest.value)
  }

  /** Another address under the same lease has not been declined. */
  has({ id, address }: Row<'ip_lease'>, now: number): boolean {
    const declined = this.#declined.get(id)
    if (declined === undefined) return false
    if (declined.until > now && declined.address === address) return true
    this.#declined.delete(id)
    return false
  }

  /** Sentences for the status of a switch. */
  warnings(dpid: string, now: number): readonly string[] {
    return [...this.#declined.values()]
      .filter((declined) => declined.dpid === dpid && declined.until > now)
      .slice(0, MOST_NAMED)
      .map(
        ({ guest, address, until }) =>
          `${guest} has declined ${address}, as somebody else uses it: DHCP offers it again in ${Math.ceil((until - now) / 60_000)} min`,
      )
  }
}
