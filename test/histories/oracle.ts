/**
 * What must come of a frame that a guest of a switch sends, from the rows and ports alone: who gets it, how it looks there,
 * and which copies go to other switches for it: one to each that has somebody who gets it, where there is a way.
 */
import { cidrContains, type Row, toCidr, toIpAddress } from '@openvnet/schema'
import type { FrameSpec } from '../scenarios/scenario.ts'
import type { Guest, Owned, Site } from './site.ts'
import { wayBetween } from './ways.ts'

export interface Arrival {
  readonly dpid: string
  readonly port: number
  readonly frame: FrameSpec
}

/** A guest that speaks with one of its addresses. */
export interface Speaker {
  readonly guest: Guest
  readonly own: Owned
}

/** A copy that goes to another switch, with the key of a network; `null`: it does not arrive. */
export interface Copy {
  readonly from: string
  readonly to: string | null
  readonly network: number
}

export interface Outcome {
  readonly arrivals: readonly Arrival[]
  readonly copies: readonly Copy[]
}

/** The key of what is handed over to the switch that alone has the leg of a router. */
export const HANDED_OVER_KEY = 0x80_0000

const NOTHING: Outcome = { arrivals: [], copies: [] }
const here = (...arrivals: readonly Arrival[]): Outcome => ({ arrivals, copies: [] })

/** Rows that contradict each other say nothing. */
export const AMBIGUOUS = 'ambiguous'
export type Expected = Outcome | typeof AMBIGUOUS

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
    return own === undefined ? NOTHING : this.#forward({ guest, own }, frame)
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
    if (frame.echo === undefined) return NOTHING
    const leg = this.#legBehind(speaker.own.network, frame.eth_dst)
    return leg === undefined
      ? this.#deliver(speaker.guest, speaker.own.network, frame)
      : this.#route(speaker, leg, frame, frame.echo)
  }

  #ask({ guest, own }: Speaker, frame: FrameSpec, { sha, spa, tpa }: Arp): Expected {
    const asked = this.#site.owned.find(({ network, address }) => network === own.network && address === tpa)
    if (asked === undefined) return NOTHING
    if (asked.interface_id === guest.interface_id) return this.#deliver(guest, own.network, frame)
    if (!this.#site.isGuest(asked.interface_id) && !this.#isLegHere(asked.interface_id)) return NOTHING
    const arp = { op: 2, sha: asked.mac, spa: tpa, tha: sha, tpa: spa }
    return here({
      dpid: guest.dpid,
      port: guest.port,
      frame: { eth_src: asked.mac, eth_dst: frame.eth_src, arp },
    })
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

  /** Guests that a frame in a network is for; one who has the address here goes before others elsewhere. */
  #recipients(network: number, eth_dst: string): readonly Guest[] {
    const members = this.#site.dpids.flatMap((dpid) => this.#site.members(network, dpid))
    if (isMulticast(eth_dst)) return members
    const owners = members.filter(({ interface_id }) => this.#site.macsOf(interface_id).includes(eth_dst))
    const local = owners.filter(({ dpid }) => dpid === this.#dpid)
    return local.length > 0 ? local : owners
  }

  /** A switch sends nothing back to where it came from, unless it answers itself. */
  #deliver(from: Guest, network: number, frame: FrameSpec): Expected {
    const recipients = this.#recipients(network, frame.eth_dst)
    const local = recipients.filter(({ dpid, port }) => dpid === this.#dpid && port !== from.port)
    const others = [...new Set(recipients.map(({ dpid }) => dpid))].filter((dpid) => dpid !== this.#dpid)
    if (others.length > 1 && !isMulticast(frame.eth_dst)) return AMBIGUOUS
    const ways = others.flatMap((to) => {
      const way = wayBetween(this.#site, this.#dpid, to)
      return way === undefined ? [] : [{ to, ...way }]
    })
    const reached = ways.filter(({ arrives, isBelieved }) => arrives && isBelieved).map(({ to }) => to)
    return {
      arrivals: [...local, ...recipients.filter(({ dpid }) => reached.includes(dpid))].map(
        ({ dpid, port }) => ({ dpid, port, frame }),
      ),
      copies: ways.map(({ to, arrives }) => ({ from: this.#dpid, to: arrives ? to : null, network })),
    }
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
    if (this.#isOfRouter(echo.dst, { leg, network: own.network, router }))
      return here(answer(guest, frame, echo))
    return router === undefined || echo.ttl <= 1 ? NOTHING : this.#leave(guest, router, echo)
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
          row.interface_id !== null &&
          this.#macOfLeg(row) !== undefined &&
          contains(row, echo.dst),
      ),
    )
    const exits = new Set(ways.map((row) => `${row.network_id} ${this.#macOfLeg(row)} ${this.#ownerOf(row)}`))
    if (exits.size > 1) return AMBIGUOUS
    const [exit] = ways
    if (exit === undefined || exit.network_id === null) return NOTHING
    const owner = this.#ownerOf(exit)
    if (owner === null || owner === this.#dpid) return this.#enter(guest, exit, echo)
    return this.#handOver(owner, (there) => there.#enter({ ...guest, dpid: owner }, exit, echo))
  }

  /** The only switch that has the leg of a route; `null`: all have it. */
  #ownerOf({ interface_id }: Row<'route'>): string | null {
    const owner = this.#site.interface(interface_id ?? 0)?.owner_datapath_id ?? null
    return owner === null
      ? null
      : (this.#site.rows.datapath.find(({ id }) => id === owner)?.dpid ?? 'nowhere')
  }

  #handOver(owner: string, goOn: (there: Oracle) => Expected): Expected {
    const way = this.#site.switch(owner) && wayBetween(this.#site, this.#dpid, owner)
    if (way === undefined) return NOTHING
    const copy = { from: this.#dpid, to: way.arrives ? owner : null, network: HANDED_OVER_KEY }
    if (!way.arrives || !way.isBelieved) return { arrivals: [], copies: [copy] }
    const outcome = goOn(new Oracle(this.#site, owner))
    return outcome === AMBIGUOUS ? outcome : { ...outcome, copies: [copy, ...outcome.copies] }
  }

  /** What a router sends to a destination in the network of the leg of a route, at which the switch is. */
  #enter(guest: Guest, exit: Row<'route'>, echo: Echo): Expected {
    // There the packet goes on at another router.
    const isLeg = this.#site.owned.some(
      ({ network, address, interface_id }) =>
        network === exit.network_id && address === echo.dst && this.#site.isLeg(interface_id),
    )
    if (isLeg) return AMBIGUOUS
    const next = this.#site.owned.find(
      ({ network, address, interface_id }) =>
        network === exit.network_id && address === echo.dst && this.#site.isGuest(interface_id),
    )
    if (next === undefined) return NOTHING
    const frame = { eth_src: this.#macOfLeg(exit)!, eth_dst: next.mac, echo: { ...echo, ttl: echo.ttl - 1 } }
    // What is routed may go back to where it came from.
    return this.#deliver({ ...guest, port: 0 }, exit.network_id!, frame)
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

const answer = ({ dpid, port }: Guest, { eth_src, eth_dst }: FrameSpec, { src, dst }: Echo): Arrival => ({
  dpid,
  port,
  frame: { eth_src: eth_dst, eth_dst: eth_src, echo: { src: dst, dst: src, ttl: OWN_TTL, reply: true } },
})
