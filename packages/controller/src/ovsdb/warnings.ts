/**
 * What a user should know of a bridge, from the database of its Open vSwitch: each a sentence with the line to type,
 * where there is one. Pure.
 */
import type { BridgeRow, ControllerRow } from './columns.ts'

export interface BridgeFacts {
  readonly bridge: BridgeRow
  /** Those that the database has of the bridge. */
  readonly controllers: readonly ControllerRow[]
  /** Interfaces that could not be made. */
  readonly failed: readonly { readonly name: string; readonly error: string }[]
  /** Datapath types that this Open vSwitch has; empty where it does not say. */
  readonly datapath_types: readonly string[]
  /** Put behind `ovs-vsctl`, for a database that is not the one it finds by itself. */
  readonly option: string
  /** On which bridges are expected. */
  readonly port: number
  /** Whether it is connected to us at this moment; the database tells it up to five seconds late. */
  readonly connected: boolean
}

/** Failed interfaces that are named; there may be thousands. */
const NAMED = 5
/** What the words of the table mean when they are not there. */
const DEFAULT_TYPE = 'system'
const OURS = 'OpenFlow13'

const failMode = ({ bridge, option }: BridgeFacts): string[] => {
  if (bridge.fail_mode === 'secure') return []
  const is = bridge.fail_mode ?? 'standalone, as it is when nothing is said'
  return [
    `fail-mode is ${is}: when no controller is there, it forwards between all ports and networks are isolated no more; ovs-vsctl${option} set-fail-mode ${bridge.name} secure`,
  ]
}

const protocols = ({ bridge, option }: BridgeFacts): string[] => {
  if (bridge.protocols.length === 0 || bridge.protocols.includes(OURS)) return []
  return [
    `it may speak ${bridge.protocols.toSorted().join()} only, and no ${OURS}, so it cannot connect; ovs-vsctl${option} add bridge ${bridge.name} protocols ${OURS}`,
  ]
}

const datapathType = ({ bridge, datapath_types, option }: BridgeFacts): string[] => {
  const type = bridge.datapath_type === '' ? DEFAULT_TYPE : bridge.datapath_type
  if (datapath_types.length === 0 || datapath_types.includes(type)) return []
  const has = datapath_types.toSorted().join(', ')
  return [
    `datapath type ${type} is none that this Open vSwitch has (${has}); ovs-vsctl${option} set bridge ${bridge.name} datapath_type=${datapath_types.includes('netdev') ? 'netdev' : datapath_types[0]}`,
  ]
}

const targets = ({ bridge, controllers, option, port, connected }: BridgeFacts): string[] => {
  if (controllers.length === 0)
    return [
      `it has no controller; ovs-vsctl${option} set-controller ${bridge.name} tcp:HOST:${port}, with HOST where vnetd runs`,
    ]
  const late = connected && controllers.every(({ is_connected }) => !is_connected)
  if (late) return []
  return controllers
    .filter(({ is_connected }) => !is_connected)
    .map((one) => `its controller target ${one.target} leads nowhere: nobody answers there`)
    .sort()
}

const ports = ({ failed, bridge }: BridgeFacts): string[] => {
  const sorted = failed.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const more = sorted.length - NAMED
  return [
    ...sorted.slice(0, NAMED).map(({ name, error }) => `port ${name} is not there: ${error}`),
    ...(more > 0
      ? [`${more} more ports of ${bridge.name} could not be made; ovs-vsctl show names them`]
      : []),
  ]
}

export const warningsOf = (facts: BridgeFacts): readonly string[] => [
  ...failMode(facts),
  ...protocols(facts),
  ...datapathType(facts),
  ...targets(facts),
  ...ports(facts),
]
