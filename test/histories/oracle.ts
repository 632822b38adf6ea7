/**
 * What a switch must do with a frame of a guest, from the rows alone: who gets it and how it looks there. Within a
 * network frames reach guests at the same switch; another switch is not reached yet.
 */
import { cidrContains, type Row, toCidr, toIpAddress } from '@openvnet/schema'
import type { FrameSpec } from '../scenarios/scenario.ts'
import type { Guest, Owned, Site } from './site.ts'

export interface Arrival {
  readonly port: number
  readonly frame: FrameSpec
}

/** A guest that speaks with one of its addresses. */
export interface Speaker {
  readonly guest: Guest
  readonly own: Owned
}

/** Rows that contradict each other say nothing. */
export const AMBIGUOUS = 'ambiguous'
export type Expected = readonly Arrival[] | typeof AMBIGUOUS

type Echo = NonNullable<FrameSpec['echo']>
type Arp = NonNullable<FrameSpec['arp']>

const isMulticast = (mac: string): boolean => Number.parseInt(mac.slice(1, 2), 16) % 2 === 1

const contains = ({ destination, prefix }: Row<'route'>, address: string): boolean =>
  cidrContains(toCidr(destination, prefix), toIpAddress(address))

export class Oracle {
  readonly #site: Site
  readonly #dpid: string

  constructor(site: Site, dpid: string) {
    this.#site = site
    this.#dpid = dpid
  }

  /** Guests of the switch with each of their addresses. */
  speakers(): Speaker[] {
    return this.#site.guests
      .filter(({ dpid }) => dpid === this.#dpid)
      .flatMap((guest) =>
        this.#site.owned
          .filter(({ interface_id }) => interface_id === guest.interface_id)
          .map((own) => ({ guest, own })),
      )
  }

  expect(guest: Guest, frame: FrameSpec): Expected {
    const own = this.#senderOf(guest, frame)
    return own === undefined ? [] : this.#forward({ guest, own }, frame)
  }

  /** The address that the frame is sent with, when it is the guest's. */
  #senderOf({ interface_id }: Guest, { eth_src, arp, echo }: FrameSpec): Owned | undefined {
    if (arp !== undefined && arp.sha !== eth_src) return undefined
    const address = arp?.spa ?? echo?.src
    return this.#site.owned.find(
      (one) => one.interface_id === interface_id && one.mac === eth_src && one.address === address,
    )
  }

  #forward(speaker: Speaker, frame: FrameSpec): Expected {
    if (frame.arp !== undefined) return this.#ask(speaker, frame, frame.arp)
    if (frame.echo === undefined) return []
    const leg = this.#legBehind(speaker.own.network, frame.eth_dst)
    return leg === undefined
      ? this.#deliver(speaker.guest, speaker.own.network, frame)
      : this.#route(speaker, leg, frame, frame.echo)
  }

  #ask({ guest, own }: Speaker, frame: FrameSpec, { sha, spa, tpa }: Arp): Expected {
    const asked = this.#site.owned.find(({ network, address }) => network === own.network && address === tpa)
    if (asked === undefined) return []
    if (asked.interface_id === guest.interface_id) return this.#deliver(guest, own.network, frame)
    if (!this.#site.isGuest(asked.interface_id) && !this.#isLegHere(asked.interface_id)) return []
    const arp = { op: 2, sha: asked.mac, spa: tpa, tha: sha, tpa: spa }
    return [{ port: guest.port, frame: { eth_src: asked.mac, eth_dst: frame.eth_src, arp } }]
  }

  #isLegHere(id: number): boolean {
    return this.#site.isLeg(id) && this.#site.mayBeOn(id, this.#dpid)
  }

  #legBehind(network: number, mac: string): number | undefined {
    return this.#site.rows.interface.find(
      ({ id }) =>
        this.#isLegHere(id) &&
        this.#site.networksOf(id).includes(network) &&
        this.#site.macsOf(id).includes(mac),
    )?.id
  }

  /** A switch sends nothing back to where it came from, unless it answers itself. */
  #deliver(from: Guest, network: number, frame: FrameSpec): Arrival[] {
    return this.#site
      .members(network, this.#dpid)
      .filter(({ port }) => port !== from.port)
      .filter(
        ({ interface_id }) =>
          isMulticast(frame.eth_dst) || this.#site.macsOf(interface_id).includes(frame.eth_dst),
      )
      .map(({ port }) => ({ port, frame }))
  }

  #route({ guest, own }: Speaker, leg: number, frame: FrameSpec, echo: Echo): Expected {
    const ways = this.#longest(
      this.#site.rows.route.filter(
        (row) =>
          row.ingress &&
          row.interface_id === leg &&
          row.network_id === own.network &&
          contains(row, echo.src),
      ),
    )
    const routers = new Set(ways.map((row) => row.route_link_id))
    if (routers.size > 1) return AMBIGUOUS
    const [router] = routers
    if (this.#isOfRouter(echo.dst, { leg, network: own.network, router })) return [answer(guest, frame, echo)]
    return router === undefined || echo.ttl <= 1 ? [] : this.#leave(guest, router, echo)
  }

  #isOfRouter(
    address: string,
    { leg, network, router }: { leg: number; network: number; router: number | undefined },
  ): boolean {
    return this.#site.owned.some(
      (one) =>
        one.address === address &&
        this.#isLegHere(one.interface_id) &&
        ((one.interface_id === leg && one.network === network) ||
          this.#site.rows.route.some(
            (row) =>
              row.route_link_id === router &&
              row.interface_id === one.interface_id &&
              row.network_id === one.network,
          )),
    )
  }

  #leave(guest: Guest, router: number, echo: Echo): Expected {
    const ways = this.#longest(
      this.#site.rows.route.filter(
        (row) =>
          row.egress &&
          row.route_link_id === router &&
          this.#site.mayBeOn(row.interface_id, this.#dpid) &&
          this.#macOfLeg(row) !== undefined &&
          contains(row, echo.dst),
      ),
    )
    const exits = new Set(ways.map((row) => `${row.network_id} ${this.#macOfLeg(row)}`))
    if (exits.size > 1) return AMBIGUOUS
    const [exit] = ways
    if (exit === undefined) return []
    const next = this.#site.owned.find(
      ({ network, address, interface_id }) =>
        network === exit.network_id && address === echo.dst && this.#site.isGuest(interface_id),
    )
    if (next === undefined) return []
    const frame = { eth_src: this.#macOfLeg(exit)!, eth_dst: next.mac, echo: { ...echo, ttl: echo.ttl - 1 } }
    return this.#deliver(guest, exit.network_id, frame)
  }

  #macOfLeg({ interface_id, network_id }: Row<'route'>): string | undefined {
    return this.#site.owned.find((one) => one.interface_id === interface_id && one.network === network_id)
      ?.mac
  }

  #longest(routes: readonly Row<'route'>[]): Row<'route'>[] {
    const longest = Math.max(...routes.map(({ prefix }) => prefix))
    return routes.filter(({ prefix }) => prefix === longest)
  }
}

/** TTL of what a router says itself. */
const OWN_TTL = 64

const answer = ({ port }: Guest, { eth_src, eth_dst }: FrameSpec, { src, dst }: Echo): Arrival => ({
  port,
  frame: { eth_src: eth_dst, eth_dst: eth_src, echo: { src: dst, dst: src, ttl: OWN_TTL, reply: true } },
})
