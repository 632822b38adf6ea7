/**
 * For which kinds of tunnels bridges should have a port: VXLAN always, as what is used where nobody says anything and what
 * all else gives way to; others where a row says so, of any datapath, since it is one end of every pair, or of an underlay,
 * for those that are in it.
 */
import type { Change, Operation, Snapshot } from '@openvnet/feed'
import type { ResourceName, Row } from '@openvnet/schema'
import { TUNNEL_TYPES, type TunnelType } from './ovsdb/tunnel_port.ts'

/** What a row may say of tunnels, whichever it is; that of a member is there or not. */
interface Sayer {
  readonly id: number
  readonly dpid?: string
  readonly mode?: string
  readonly transport?: string | null
}

/** Whether a row says another thing of tunnels: most datapaths say nothing, and all others are told of what one says. */
const saysAnother = (before: Sayer | undefined, after: Sayer | undefined): boolean => {
  // A member says that there is one.
  if (before?.transport === undefined && after?.transport === undefined) return true
  if (before === undefined || after === undefined) return (before ?? after)?.transport !== null
  return (['dpid', 'transport', 'mode'] as const).some((name) => before[name] !== after[name])
}

type Rows<N extends ResourceName> = Map<number, Row<N>>

export class TunnelKinds {
  readonly #datapaths: Rows<'datapath'> = new Map()
  readonly #topologies: Rows<'topology'> = new Map()
  readonly #members: Rows<'topology_datapath'> = new Map()
  /** Computed when it is asked for: by datapath id what underlays say, and what datapaths say. */
  #said:
    | { readonly byDpid: ReadonlyMap<string, ReadonlySet<string>>; readonly all: ReadonlySet<string> }
    | undefined

  load({ rows }: Snapshot): void {
    for (const table of [this.#datapaths, this.#topologies, this.#members]) table.clear()
    for (const row of rows.datapath) this.#datapaths.set(row.id, row)
    for (const row of rows.topology) this.#topologies.set(row.id, row)
    for (const row of rows.topology_datapath) this.#members.set(row.id, row)
    this.#said = undefined
  }

  /** @returns whether other kinds may be wanted now */
  apply({ operations }: Change): boolean {
    return operations.filter((operation) => this.#follow(operation)).length > 0
  }

  #follow({ resource, id, row }: Operation): boolean {
    const table = this.#tableOf(resource)
    if (table === undefined) return false
    const before = table.get(id)
    if (row === null) table.delete(id)
    else table.set(id, row as never)
    if (!saysAnother(before, table.get(id))) return false
    this.#said = undefined
    return true
  }

  #tableOf(resource: ResourceName): Map<number, Sayer> | undefined {
    if (resource === 'datapath') return this.#datapaths
    if (resource === 'topology') return this.#topologies
    return resource === 'topology_datapath' ? this.#members : undefined
  }

  /** Those that a bridge should have a port for, the first to be used before the others. */
  of(dpid: string): readonly TunnelType[] {
    this.#said ??= { byDpid: this.#saidByUnderlays(), all: this.#saidByDatapaths() }
    const { byDpid, all } = this.#said
    return TUNNEL_TYPES.filter(
      (type) => type === 'vxlan' || all.has(type) || byDpid.get(dpid)?.has(type) === true,
    )
  }

  #saidByDatapaths(): Set<string> {
    return new Set([...this.#datapaths.values()].flatMap(({ transport }) => transport ?? []))
  }

  #saidByUnderlays(): Map<string, Set<string>> {
    const byDpid = new Map<string, Set<string>>()
    for (const { topology_id, datapath_id } of this.#members.values()) {
      const topology = this.#topologies.get(topology_id)
      const dpid = this.#datapaths.get(datapath_id)?.dpid
      if (topology?.mode !== 'simple_underlay' || topology.transport === null || dpid === undefined) continue
      byDpid.set(dpid, (byDpid.get(dpid) ?? new Set()).add(topology.transport))
    }
    return byDpid
  }
}
