/**
 * Has a lease policy give an interface an address: the only thing that a controller asks the API to write. Asked twice it
 * gives one address, so whoever is not sure whether it was heard asks again.
 */

export interface LeaseWish {
  /** uuid of the lease policy. */
  readonly policy: string
  /** uuid of the interface. */
  readonly interface: string
}

/** Rejects when no address was given, with the reason. */
export type LeaseGiver = (wish: LeaseWish) => Promise<unknown>

export interface HttpLeaseGiverOptions {
  /** Where the API is, e.g. `http://127.0.0.1:9090`. */
  readonly url: string
  /** What to show an API that asks for tokens; asked before each call. It must be of the role admin. */
  readonly token?: () => string | null
  /** Milliseconds until a call is given up (5,000). */
  readonly timeout?: number
}

/** @throws {TypeError} when `url` is not a URL */
export const createHttpLeaseGiver = ({
  url,
  token = () => null,
  timeout = 5000,
}: HttpLeaseGiverOptions): LeaseGiver => {
  const base = url.endsWith('/') ? url : `${url}/`
  return async (wish) => {
    const authorization = token()
    const response = await fetch(new URL(`api/1.0/lease_policies/${wish.policy}/ip_leases`, base), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(authorization !== null && { authorization: `Bearer ${authorization}` }),
      },
      body: JSON.stringify({ interface_uuid: wish.interface }),
      // A token is for the address that was given, and for no other.
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${url}: HTTP ${response.status}: ${text.slice(0, 200)}`)
  }
}
