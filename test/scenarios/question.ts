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

type Way = 'udp' | 'tcp' | 'echo'
const WAYS: readonly Way[] = ['udp', 'tcp', 'echo']

/** What a program asks that traces routes, and how the packet is called by who quotes it and by who gets it. */
const probe = (way: Way, to: string, ttl: number) => {
  if (way === 'echo') return { asks: { echo: true, to, ttl }, quoted: 'echo', got: 'echo request' } as const
  const port = 33_434 + ttl
  const asks: Question = way === 'udp' ? { udp: port, to, ttl } : { tcp: port, to, ttl }
  return { asks, quoted: `${way} ${port}`, got: `${way} ${port}` }
}

const endOf = (way: Way, to: string, ttl: number): string => {
  if (way === 'echo') return `echo reply from ${to}`
  const port = 33_434 + ttl
  return way === 'udp'
    ? `port unreachable from ${to} for udp ${port} to ${to}`
    : `tcp reset from ${to} port ${port}`
}

/** One question for each hop, by UDP, TCP and ICMP, as programs ask that trace routes. */
export const traced = ({ why, from, to, hops, reaches }: TraceSpec): readonly QuestionSpec[] => {
  const before = hops.slice(0, reaches === undefined ? -1 : undefined)
  const last = before.length + 1
  return WAYS.flatMap((way) => {
    const { asks, got } = probe(way, to, last)
    const end = endOf(way, to, last)
    return [
      ...before.map((hop, index) => {
        const { asks: asked, quoted } = probe(way, to, index + 1)
        const answer = `time exceeded from ${hop} for ${quoted} to ${to}`
        return { why: `${why}: hop ${index + 1} by ${way}`, from, asks: asked, gets: { [from]: [answer] } }
      }),
      {
        ...{ why: `${why}: the end by ${way}`, from, asks },
        gets: {
          ...(reaches === undefined ? {} : { [reaches]: [`${got} to ${to} with TTL 1`] }),
          [from]: [end],
        },
      },
    ]
  })
}
