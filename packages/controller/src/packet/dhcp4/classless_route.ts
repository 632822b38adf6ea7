/**
 * Classless static routes, option 121: RFC 3442. A destination is its prefix length and as many octets as that needs.
 * A client that understands them ignores option 3, so a default route belongs into them as `0.0.0.0/0`.
 */
import { concat, readU32, u32s } from '../octets.ts'

export interface ClasslessRoute {
  /** The bits behind `prefix` are zero. */
  readonly destination: number
  readonly prefix: number
  /** 0 where the destination is on the link. */
  readonly router: number
}

const significant = (prefix: number): number => Math.ceil(prefix / 8)
const network = (address: number, prefix: number): number =>
  prefix === 0 ? 0 : (address & (0xffff_ffff << (32 - prefix))) >>> 0

const buildOne = ({ destination, prefix, router }: ClasslessRoute): Uint8Array => {
  const network = u32s(destination).subarray(0, significant(prefix))
  return concat(Uint8Array.of(prefix), network, u32s(router))
}

export const buildClasslessRoutes = (routes: readonly ClasslessRoute[]): Uint8Array =>
  concat(...routes.map(buildOne))

/** `undefined` when one is cut, its prefix longer than 32, or there is none. Bits behind the prefix are cleared. */
export const readClasslessRoutes = (data: Uint8Array): readonly ClasslessRoute[] | undefined => {
  const routes: ClasslessRoute[] = []
  for (let at = 0; at < data.length; ) {
    const prefix = data[at]!
    const octets = significant(prefix)
    if (prefix > 32 || at + 1 + octets + 4 > data.length) return undefined
    const whole = new Uint8Array(4)
    whole.set(data.subarray(at + 1, at + 1 + octets))
    const destination = network(readU32(whole, 0), prefix)
    routes.push({ destination, prefix, router: readU32(data, at + 1 + octets) })
    at += 1 + octets + 4
  }
  return routes.length === 0 ? undefined : routes
}
