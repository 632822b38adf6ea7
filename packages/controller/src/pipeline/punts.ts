/**
 * What flows send to a program, declared once. A *kind* is what one program answers; each guest has a meter of its own
 * for each kind that applies to it, so that its storm takes nobody else's answers. A *reason* says within a kind what
 * happened to the packet, and travels with it.
 *
 * A flow that punts writes the reason (`punt`) and goes to the table `punt`; there the flow of the guest and kind has
 * the meter and sends the packet to the controller.
 */
import { type Step, setSlice } from './actions.ts'

interface KindSpec {
  /** 1 to 15: it is in meter ids and on the wire. Never renumber. */
  readonly number: number
  /** Packets in a second, and at once, that one guest may send. */
  readonly rate: number
  readonly burst: number
  readonly help: string
}

export const PUNT_KINDS = {
  icmp_error: {
    number: 1,
    rate: 50,
    burst: 100,
    help: 'What a router answers with an ICMP error, or with a TCP reset.',
  },
  dns: {
    number: 4,
    rate: 100,
    burst: 200,
    help: 'What is sent to a DNS service: questions, over UDP and TCP.',
  },
  router_solicitation: { number: 5, rate: 5, burst: 10, help: 'Who asks for routers of IPv6.' },
  dhcp4: { number: 6, rate: 20, burst: 40, help: 'What a guest asks a DHCP server.' },
  dhcp6: { number: 7, rate: 20, burst: 40, help: 'What a guest asks a DHCPv6 server.' },
  resolution: {
    number: 8,
    rate: 50,
    burst: 100,
    help: 'What goes to a next hop whose MAC address is not known yet.',
  },
  neighbour: {
    number: 9,
    rate: 200,
    burst: 400,
    help: 'What neighbours outside of the model say of their addresses.',
  },
} as const satisfies Record<string, KindSpec>

export type PuntKind = keyof typeof PUNT_KINDS

interface ReasonSpec {
  /** 1 to 255: it is in a register. */
  readonly number: number
  readonly kind: PuntKind
  readonly help: string
}

export const PUNT_REASONS = {
  hop_limit: { number: 1, kind: 'icmp_error', help: 'its TTL does not let it go on' },
  no_route: { number: 2, kind: 'icmp_error', help: 'the router has no route to its destination' },
  address_unreachable: {
    number: 3,
    kind: 'icmp_error',
    help: 'nobody has its destination address, or a route says so',
  },
  prohibited: { number: 5, kind: 'icmp_error', help: 'a route of the router prohibits its destination' },
  too_big: {
    number: 6,
    kind: 'icmp_error',
    help: 'it is larger than the MTU of the network that it is to go into',
  },
  beyond_scope: {
    number: 7,
    kind: 'icmp_error',
    help: 'its source is a link-local address, and its destination is not in the network',
  },
  no_service: { number: 4, kind: 'icmp_error', help: 'the router offers nothing there' },
  dns_query: { number: 16, kind: 'dns', help: 'it is sent to a DNS service' },
  router_solicitation: { number: 17, kind: 'router_solicitation', help: 'it asks for routers' },
  dhcp4: { number: 32, kind: 'dhcp4', help: 'it asks for an address, or about one' },
  next_hop: { number: 40, kind: 'resolution', help: 'nobody is known to have the address of its next hop' },
  neighbour: { number: 41, kind: 'neighbour', help: 'it says who has an address' },
  dhcp6: { number: 33, kind: 'dhcp6', help: 'it asks for IPv6 addresses, or for what goes with them' },
} as const satisfies Record<string, ReasonSpec>

export type PuntReason = keyof typeof PUNT_REASONS

/** Marks a packet for a program; the flow then goes to `punt`. */
export const punt = (reason: PuntReason): Step<'punt_kind' | 'punt_reason'> => {
  const { number, kind } = PUNT_REASONS[reason]
  return {
    actions: [
      ...setSlice('punt_kind', PUNT_KINDS[kind].number).actions,
      ...setSlice('punt_reason', number).actions,
    ],
  }
}

const kinds = new Map<number, PuntKind>(
  (Object.keys(PUNT_KINDS) as PuntKind[]).map((name) => [PUNT_KINDS[name].number, name]),
)
const reasons = new Map<number, PuntReason>(
  (Object.keys(PUNT_REASONS) as PuntReason[]).map((name) => [PUNT_REASONS[name].number, name]),
)

/** `undefined` for a number that is none of ours. */
export const puntKind = (number: number): PuntKind | undefined => kinds.get(number)
export const puntReason = (number: number): PuntReason | undefined => reasons.get(number)
