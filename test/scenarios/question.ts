/**
 * What guests ask of the network around them, and all that comes of it: the part of scenarios that programs of the
 * controller answer. Answers are sentences, see `describeReply`.
 */

/** To an address; the payload is zeros. */
interface Datagram {
  readonly to: string
  /** 64 when absent. */
  readonly ttl?: number
  /** Of the whole IP packet. */
  readonly octets?: number
  /** Routers may cut it; of IPv4 alone. */
  readonly mayFragment?: true
}

/** What a client of DHCPv4 says; addresses as text. */
interface Dhcp4Question {
  readonly dhcp4: 'discover' | 'request' | 'decline' | 'release' | 'inform'
  /** Option 50. */
  readonly requested?: string
  /** Option 54. */
  readonly server?: string
  /** The address that the client has, and sends from. */
  readonly ciaddr?: string
  /** To the server alone. */
  readonly to?: string
  /** Codes of options that it asks for. */
  readonly wants?: readonly number[]
}

interface Dhcp6Question {
  readonly dhcp6: 'solicit' | 'request' | 'confirm' | 'renew' | 'rebind' | 'information_request' | 'release'
  /** In the association that it asks for; absent: an association without address, but of `information_request`. */
  readonly address?: string
  /** MAC address of the server whose identifier it has. */
  readonly server?: string
  readonly wants?: readonly number[]
}

export type Question =
  | ({ readonly udp: number } & Datagram)
  | ({ readonly tcp: number } & Datagram)
  /** Any other protocol of IP. */
  | ({ readonly protocol: number } & Datagram)
  | ({ readonly echo: true } & Datagram)
  | Dhcp4Question
  | Dhcp6Question
  /** A name, asked for with a type, as `A`. */
  | { readonly dns: string; readonly type: string; readonly to: string }
  /** A router solicitation, from the link-local address or from none. */
  | { readonly routers: 'known' | 'nameless' }

export interface QuestionSpec {
  readonly why: string
  readonly from: string
  readonly asks: Question
  /** All that guests get because of it, by guest. */
  readonly gets: Readonly<Record<string, readonly string[]>>
}

/** Echo requests to many addresses behind several next hops: each gets to one of them, and to the same one again. */
export interface SharesSpec {
  readonly why: string
  readonly from: string
  readonly to: readonly string[]
  /** Of the guests that share. */
  readonly weights: Readonly<Record<string, number>>
}

export interface TraceSpec {
  readonly why: string
  readonly from: string
  readonly to: string
  /** Addresses of routers, in order. */
  readonly hops: readonly string[]
  /** Who is reached at the end, and with which TTL; absent: the last hop is the router itself that has the address. */
  readonly reaches?: string
}

/** One question for each hop, by UDP and by ICMP, as programs ask that trace routes. */
export const traced = ({ why, from, to, hops, reaches }: TraceSpec): readonly QuestionSpec[] => {
  const own = reaches === undefined
  const before = hops.slice(0, own ? -1 : undefined)
  const ask = (by: 'udp' | 'echo', ttl: number): Question =>
    by === 'udp' ? { udp: 33_434 + ttl, to, ttl } : { echo: true, to, ttl }
  const named = (by: 'udp' | 'echo', ttl: number): string => (by === 'udp' ? `udp ${33_434 + ttl}` : 'echo')
  return (['udp', 'echo'] as const).flatMap((by) => [
    ...before.map((hop, index) => ({
      ...{ why: `${why}: hop ${index + 1} by ${by}`, from, asks: ask(by, index + 1) },
      gets: { [from]: [`time exceeded from ${hop} for ${named(by, index + 1)} to ${to}`] },
    })),
    {
      ...{ why: `${why}: the end by ${by}`, from, asks: ask(by, before.length + 1) },
      gets: lastOf(by, before.length + 1),
    },
  ])

  function lastOf(by: 'udp' | 'echo', ttl: number): QuestionSpec['gets'] {
    const answer =
      by === 'udp' ? `port unreachable from ${to} for udp ${33_434 + ttl} to ${to}` : `echo reply from ${to}`
    if (reaches === undefined) return { [from]: [answer] }
    const asked = by === 'udp' ? `udp ${33_434 + ttl}` : 'echo request'
    return { [reaches]: [`${asked} to ${to} with TTL 1`], [from]: [answer] }
  }
}
