/**
 * What one database says of its bridges: changed rows in, iface-ids of ports out, and on request what is to be known of a bridge.
 * A change costs what it changes, whatever the number of ports. Pure; knows no connection.
 */
import type { RowChange } from '@openvnet/ovsdb'
import type { IfaceIdFact } from '../model/iface_ids.ts'
import type { BridgeRow, ControllerRow, InterfaceRow, OvsTables } from './columns.ts'
import { Placement } from './placement.ts'
import { openflowName, PortNames } from './port_names.ts'
import { TUNNEL_PORT_NAMES, type TunnelPortWork, type TunnelType, tunnelPortWork } from './tunnel_port.ts'
import type { BridgeFacts } from './warnings.ts'

type Change = RowChange<OvsTables>

export interface SiteRows {
  readonly bridge: (uuid: string) => BridgeRow | undefined
  readonly interface: (uuid: string) => InterfaceRow | undefined
  readonly controller: (uuid: string) => ControllerRow | undefined
  readonly datapath_types: () => readonly string[]
}

/** What a database knows of a bridge, without what is the same for all of them. */
export type KnownBridge = Omit<BridgeFacts, 'option' | 'port' | 'connected'>

/** As the switch says, or as it was told to be. */
const dpidOf = ({ datapath_id, other_config }: BridgeRow): string | null => {
  const id = datapath_id ?? other_config.get('datapath-id')?.replace(/^0x/, '').padStart(16, '0') ?? ''
  return /^[\da-f]{16}$/i.test(id) ? `0x${id.toLowerCase()}` : null
}

export class Site {
  readonly #rows: SiteRows
  readonly #placement = new Placement()
  readonly #names = new PortNames()
  /** Interfaces with an error. */
  readonly #failed = new Set<string>()
  /** Interfaces with the name of a port for tunnels. */
  readonly #tunnelPorts = new Set<string>()
  /** Bridges by datapath id; two of one id are one too many, and the last counts. */
  readonly #bridges = new Map<string, string>()
  /**
   * Datapath ids of bridges, `null` as long as it was never known. The column is not stored: a database that comes back
   * does not have it before the switch has said it again, and meanwhile what it was last holds.
   */
  readonly #dpids = new Map<string, string | null>()

  constructor(rows: SiteRows) {
    this.#rows = rows
  }

  /** Datapath ids of the bridges that are there. */
  get dpids(): Iterable<string> {
    return this.#bridges.keys()
  }

  /** Whether it is known of each bridge which one it is. */
  get isComplete(): boolean {
    return ![...this.#dpids.values()].includes(null)
  }

  /** @param changes of which the rows have it already @returns iface-ids that are different now */
  follow(changes: readonly Change[]): IfaceIdFact[] {
    const interfaces = new Set<string>()
    for (const change of changes) {
      if (change.table === 'Interface') this.#followInterface(change, interfaces)
      for (const moved of this.#placement.follow(change)) interfaces.add(moved)
      if (change.table === 'Bridge') this.#followBridge(change, interfaces)
    }
    for (const uuid of interfaces) this.#names.set(uuid, this.#said(uuid))
    return this.#names.takeFacts()
  }

  /** What is to be done so that the bridge has ports for these tunnels. */
  tunnelPortWork(dpid: string, types: readonly TunnelType[]): readonly TunnelPortWork[] {
    const bridge = this.#bridges.get(dpid)
    if (bridge === undefined) return []
    const found = [...this.#tunnelPorts].flatMap((uuid) => {
      const row = this.#rows.interface(uuid)
      return row === undefined ? [] : [{ uuid, row, bridge: this.#placement.bridgeOf(uuid) }]
    })
    return tunnelPortWork(found, bridge, types)
  }

  bridge(dpid: string): KnownBridge | undefined {
    const uuid = this.#bridges.get(dpid)
    const bridge = uuid === undefined ? undefined : this.#rows.bridge(uuid)
    if (uuid === undefined || bridge === undefined) return undefined
    return {
      bridge,
      controllers: bridge.controller.flatMap((one) => this.#rows.controller(one) ?? []),
      failed: this.#failedOn(uuid),
      datapath_types: this.#rows.datapath_types(),
    }
  }

  #followInterface({ uuid, after }: Change & { readonly table: 'Interface' }, touched: Set<string>): void {
    touched.add(uuid)
    if (after !== null && TUNNEL_PORT_NAMES.includes(after.name)) this.#tunnelPorts.add(uuid)
    else this.#tunnelPorts.delete(uuid)
    if (after?.error != null) this.#failed.add(uuid)
    else this.#failed.delete(uuid)
  }

  #followBridge({ uuid, after }: Change & { readonly table: 'Bridge' }, touched: Set<string>): void {
    const was = this.#dpids.get(uuid) ?? null
    const is = after === null ? null : (dpidOf(after) ?? was)
    if (after === null) this.#dpids.delete(uuid)
    else this.#dpids.set(uuid, is)
    if (was === is) return
    for (const one of this.#placement.interfacesOn(uuid)) touched.add(one)
    if (was !== null && this.#bridges.get(was) === uuid) this.#bridges.delete(was)
    if (is !== null) this.#bridges.set(is, uuid)
  }

  #said(uuid: string) {
    const row = this.#rows.interface(uuid)
    const bridge = this.#placement.bridgeOf(uuid)
    const dpid = bridge === undefined ? undefined : this.#dpids.get(bridge)
    if (row === undefined || dpid == null) return null
    return { dpid, name: openflowName(row.name), iface_id: row.external_ids.get('iface-id') || null }
  }

  #failedOn(bridge: string): BridgeFacts['failed'] {
    return [...this.#failed].flatMap((uuid) => {
      const row = this.#rows.interface(uuid)
      if (row === undefined || this.#placement.bridgeOf(uuid) !== bridge) return []
      return [{ name: row.name, error: row.error ?? '' }]
    })
  }
}
