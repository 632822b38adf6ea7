/**
 * Classless static routes, option 121: RFC 3442. A destination is its prefix length and as many octets as that needs.
 * A client that understands them ignores option 3, so a default route belongs into them as `0.0.0.0/0`.
 */
import { formatIpv4, parseIpv4 } from '@openvnet/openflow'
import { concat, readU32, u32s } from '../octets.ts'
import { isWrong, type Wrong, wrong } from './wrong.ts'

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

const parseOne = (text: string): ClasslessRoute | Wrong => {
  const [, address = '', length = '', via = ''] = /^([\d.]+)\/(\d{1,2})\s+via\s+([\d.]+)$/.exec(text) ?? []
  const [destination, prefix, router] = [parseIpv4(address), Number(length), parseIpv4(via)]
  if (destination === null || router === null || prefix > 32) return wrong(text)
  const meant = network(destination, prefix)
  if (meant === destination) return { destination, prefix, router }
  return wrong(`${text} (bits are set behind the prefix; did you mean ${formatIpv4(meant)}/${prefix}?)`)
}

/** From `10.9.0.0/16 via 10.0.0.7`, with commas in between. */
export const parseRoutes = (text: string): Uint8Array | Wrong => {
  const routes: ClasslessRoute[] = []
  for (const part of text.split(',')) {
    const route = parseOne(part.trim())
    if (isWrong(route)) return route
    routes.push(route)
  }
  return buildClasslessRoutes(routes)
}

export const formatRoutes = (data: Uint8Array): string | undefined =>
  readClasslessRoutes(data)
    ?.map(
      ({ destination, prefix, router }) => `${formatIpv4(destination)}/${prefix} via ${formatIpv4(router)}`,
    )
    .join(',')
