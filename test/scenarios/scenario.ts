/**
 * Scenarios as data: what the user writes, which guests there are, and what must come of it. The same scenario runs
 * on the simulator (`on_simulator.ts`) and with real switches, guests and processes (`on_lab.ts`).
 */

import type { QuestionSpec, SharesSpec } from './question.ts'

/** One write to the API: a path below `/api/1.0/` and its JSON body. */
export interface Write {
  /** `POST` when absent. */
  readonly method?: 'PUT'
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

export type Transport = 'vxlan' | 'geneve' | 'gre'
export type Family = 'ipv4' | 'ipv6'

export interface BridgeSpec {
  readonly name: string
  /** `0x` and 16 digits. */
  readonly dpid: string
  /** Subnet of the underlay in which its host is; absent: all bridges are on one host without an underlay. */
  readonly subnet?: 1 | 2
  /** Tunnels that it has ports for; the transport of the underlay when absent. */
  readonly tunnels?: readonly Transport[]
}

/** What lies between the hosts of a scenario, and how they use it. */
export interface UnderlaySpec {
  readonly transport: Transport
  readonly family: Family
  /** Rows say the transport: bridges have ports for all of them. */
  readonly isSaid?: true
}

const ALL: readonly Transport[] = ['vxlan', 'geneve', 'gre']

/** The kinds of tunnels that a bridge has ports for. */
export const tunnelsOf = (
  { bridges, underlay }: Pick<Scenario, 'bridges' | 'underlay'>,
  bridge: string,
): readonly Transport[] =>
  underlay === undefined
    ? []
    : (bridges.find(({ name }) => name === bridge)?.tunnels ??
      (underlay.isSaid === true ? ALL : [underlay.transport]))

/** A port of a bridge that has a wire. */
export interface WireEndSpec {
  readonly bridge: string
  readonly port: string
}

/** One copy of a frame between two hosts, named by their bridges: in a tunnel or on a wire. */
export interface CrossingSpec {
  readonly from: string
  readonly to: string
  /** The network or segment whose key it has, or whose VLAN it is in. */
  readonly network: string
  /** Whom it is for; absent: all. For people and for other scenarios, not checked. */
  readonly guest?: string
}

/** In place of a network: what one host hands over to another that alone has a leg of a router. */
export const HANDED_OVER = 'handed over'

/** Added to the id of a segment, for its key in tunnels. */
export const SEGMENT_KEY = 0x80_0000

export interface GuestSpec {
  readonly name: string
  readonly bridge: string
  readonly port: string
  readonly mac: string
  /** With prefix length. */
  readonly address: string
  /** Where packets for other subnets go. */
  readonly gateway?: string
  /** Subnets behind the gateway. */
  readonly routes?: readonly string[]
  /** Subnets of which all addresses are the guest's own. */
  readonly serves?: readonly string[]
  /** Where it passes on what others send to it for a subnet: an appliance. */
  readonly forwards?: Readonly<Record<string, string>>
}

/** A ping of one guest, by the guest's own IP stack: ARP or neighbour discovery first, then echo requests. */
export interface PingSpec {
  readonly why: string
  readonly from: string
  /** An address of either family. */
  readonly to: string
  /** TTL to send with; 64 when absent. */
  readonly ttl?: number
  readonly answered: boolean
  /** The guest at which the request arrives, and how it looks there; absent: at none, the switch answers. */
  readonly arrives?: { readonly at: string; readonly ttl: number; readonly eth_src: string }
  /** TTL of the answer. */
  readonly answerTtl?: number
  /** All that crosses the underlay because of it, request and answer; absent: nothing does. */
  readonly crosses?: readonly CrossingSpec[]
}

/** What a frame says, as far as it matters; addresses as text. */
export interface FrameSpec {
  readonly eth_src: string
  readonly eth_dst: string
  readonly arp?: {
    readonly op: number
    readonly sha: string
    readonly spa: string
    readonly tha: string
    readonly tpa: string
  }
  /** Neighbour discovery of IPv6. */
  readonly nd?: {
    readonly kind: 'solicitation' | 'advertisement' | 'router_advertisement'
    readonly src: string
    readonly dst: string
    readonly target?: string
    /** MAC address that it tells. */
    readonly link?: string
    /** Of `RSO`: router, solicited, override. */
    readonly flags?: string
  }
  readonly echo?: {
    readonly src: string
    readonly dst: string
    readonly ttl: number
    readonly reply?: boolean
  }
}

/** A frame put on a guest's wire as it is, whatever the guest's addresses are. */
export interface SendSpec {
  readonly why: string
  readonly from: string
  readonly frame: FrameSpec
  /** Everything that any guest gets because of it, in any order. */
  readonly arrives: readonly { readonly at: string; readonly frame: FrameSpec }[]
  /** All that crosses the underlay because of it; absent: nothing does. */
  readonly crosses?: readonly CrossingSpec[]
}

/** A frame in a tunnel, as the bridge of another host would send it, or as somebody in the underlay forges it. */
export interface ForgerySpec {
  readonly why: string
  /** Bridges. */
  readonly from: string
  readonly to: string
  /** The one whose key it has. */
  readonly network: string
  readonly frame: FrameSpec
  readonly arrives: SendSpec['arrives']
  readonly crosses?: readonly CrossingSpec[]
}

export interface Scenario {
  readonly name: string
  readonly bridges: readonly BridgeSpec[]
  /** Absent: one host. */
  readonly underlay?: UnderlaySpec
  /** Ends of wires, each list joined by a physical switch. */
  readonly wires?: readonly (readonly WireEndSpec[])[]
  readonly writes: readonly Write[]
  readonly guests: readonly GuestSpec[]
  readonly pings: readonly PingSpec[]
  readonly sends: readonly SendSpec[]
  readonly forgeries?: readonly ForgerySpec[]
  readonly questions?: readonly QuestionSpec[]
  readonly shares?: readonly SharesSpec[]
}

const TWO_HOSTS: readonly BridgeSpec[] = [
  { name: 'a', dpid: '0x0000000000000001', subnet: 1 },
  { name: 'b', dpid: '0x0000000000000002', subnet: 1 },
]

/** What crosses for a ping that is answered by a guest of another host: it is routed where it is sent, and so is the answer. */
const crossing = (
  { writes }: Scenario,
  from: GuestSpec,
  at: GuestSpec | undefined,
): Pick<PingSpec, 'crosses'> => {
  if (at === undefined || from.bridge === at.bridge) return {}
  const network = ({ port }: GuestSpec): string =>
    String(writes.find(({ body }) => body['uuid'] === port)!.body['network_uuid'])
  return {
    crosses: [
      { from: from.bridge, to: at.bridge, network: network(at) },
      { from: at.bridge, to: from.bridge, network: network(from) },
    ],
  }
}

/** The same with its guests on two hosts, in turn. */
export const overTwoHosts = (scenario: Scenario): Scenario => {
  const guests = scenario.guests.map((guest, index) => ({ ...guest, bridge: TWO_HOSTS[index % 2]!.name }))
  const guestOf = (name: string | undefined) => guests.find((guest) => guest.name === name)
  return {
    ...scenario,
    name: `${scenario.name}, over two hosts`,
    bridges: TWO_HOSTS,
    underlay: { transport: 'vxlan', family: 'ipv4' },
    guests,
    pings: scenario.pings.map((ping) => ({
      ...ping,
      ...crossing(scenario, guestOf(ping.from)!, guestOf(ping.arrives?.at)),
    })),
  }
}
