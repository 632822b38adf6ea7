/** What this controller reports of a bridge: what its connection shows, its row, and what its database says. */
import { type DatapathStatus, type LearnedNeighbour, neverConnected } from '@openvnet/feed'
import type { View } from './engine/view.ts'
import { type Rivalry, rivalryText } from './model/rivalry.ts'
import type { BridgeReport } from './ovsdb/databases.ts'
import { type TunnelType, tunnelPortLine } from './ovsdb/tunnel_port.ts'
import type { SwitchStatus } from './switch/switches.ts'

const MOST_RIVALS = 10

/** Whom routers know there besides the guests; some may have no effect, as rows have changed since. */
export const neighboursOf = (dpid: string, view: View | undefined): readonly LearnedNeighbour[] =>
  (view?.list('neighbour.dpid', dpid) ?? []).flatMap(({ network_id, address, mac_address }) => {
    const network = view?.get('network', network_id)?.uuid
    return network === undefined ? [] : [{ network, address, mac_address }]
  })

const instead = (type: string): string =>
  `it has no port for ${type}, which a datapath or an underlay asks for: tunnels of another kind are used, if there are any`

const WITHOUT_PORT: Readonly<Record<TunnelType, string>> = {
  vxlan: 'it has no port for tunnels, so its guests reach none on other hosts',
  geneve: instead('Geneve'),
  gre: instead('GRE'),
}

export interface DatapathSources {
  readonly dpids: () => Iterable<string>
  readonly status: (dpid: string) => SwitchStatus | undefined
  /** uuid of its row. */
  readonly uuid: (dpid: string) => string | null
  readonly neighbours: (dpid: string) => readonly LearnedNeighbour[]
  readonly isPending: (dpid: string) => boolean
  /** Bridges that databases know. */
  readonly bridges: () => Iterable<string>
  readonly bridge: (dpid: string, connected: boolean) => BridgeReport | undefined
  /** Kinds of tunnels for which it should have a port, and has none. */
  readonly lackingTunnelTypes: (dpid: string) => readonly TunnelType[]
  /** What is wrong with the database that its row names; `null`: nothing. */
  readonly databaseTrouble: (dpid: string) => string | null
  /** What features say of it, as rows are now. */
  readonly ofFeatures: (dpid: string) => readonly string[]
  /** Guests that it and others claim. */
  readonly rivals: (dpid: string) => readonly Rivalry[]
}

export interface DatapathStatuses {
  dpids(): Iterable<string>
  all(): DatapathStatus[]
  of(dpid: string): DatapathStatus | undefined
}

export const createDatapathStatuses = (sources: DatapathSources): DatapathStatuses => {
  const began = new Date().toISOString()
  /** A bridge that only its database knows concerns us when it has a row: the database may know why it is away. */
  const base = (dpid: string, uuid: string | null): SwitchStatus | undefined =>
    sources.status(dpid) ??
    (uuid !== null && sources.bridge(dpid, false) !== undefined ? neverConnected(dpid, began) : undefined)
  const tunnels = (dpid: string, { connected }: SwitchStatus, known: BridgeReport | undefined): string[] => {
    if (!connected) return []
    return sources.lackingTunnelTypes(dpid).map((type) => {
      const line = tunnelPortLine(known?.name ?? 'BRIDGE', known?.option ?? '', type)
      return `${WITHOUT_PORT[type]}; ${line}`
    })
  }
  /** The first few: more would not be read. */
  const rivals = (dpid: string): string[] =>
    sources
      .rivals(dpid)
      .slice(0, MOST_RIVALS)
      .map((rivalry) => rivalryText(dpid, rivalry))
  const of = (dpid: string): DatapathStatus | undefined => {
    const uuid = sources.uuid(dpid)
    const status = base(dpid, uuid)
    if (status === undefined) return undefined
    const known = sources.bridge(dpid, status.connected)
    const neighbours = sources.neighbours(dpid)
    return {
      ...status,
      uuid,
      ...(neighbours.length > 0 && { neighbours }),
      ...(known !== undefined && { bridge: known.name, ovsdb: known.remote }),
      ...(sources.isPending(dpid) && { pending: true as const, flows: 0, groups: 0, meters: 0 }),
      warnings: [
        ...status.warnings,
        ...(known?.warnings ?? []),
        ...[sources.databaseTrouble(dpid)].filter((text) => text !== null),
        ...tunnels(dpid, status, known),
        ...(status.connected && sources.isPending(dpid) === false ? sources.ofFeatures(dpid) : []),
        ...rivals(dpid),
      ],
    }
  }
  const dpids = (): string[] => {
    const seen = new Set(sources.dpids())
    for (const dpid of sources.bridges()) if (sources.uuid(dpid) !== null) seen.add(dpid)
    return [...seen]
  }
  return { dpids, of, all: () => dpids().flatMap((dpid) => of(dpid) ?? []) }
}
