/**
 * The ports for tunnels of a bridge, made and mended through the database of its Open vSwitch: one port for all tunnels of
 * a kind, which flows tell where to send and with which key. Ports for kinds that nobody asks for are left alone.
 */
import {
  byUuid,
  type Client,
  insert,
  map,
  mutate,
  named,
  set,
  string,
  table,
  update,
  uuid,
  wait,
} from '@openvnet/ovsdb'
import type { InterfaceRow } from './columns.ts'

/** Kinds of tunnels, as the column `type` of an interface has them. */
export const TUNNEL_TYPES = ['vxlan', 'geneve', 'gre'] as const
export type TunnelType = (typeof TUNNEL_TYPES)[number]

/** Name of the port for all tunnels of a kind. */
export const tunnelPortName = (type: TunnelType): string => `vnet-${type}`

export const TUNNEL_PORT_NAMES: readonly string[] = TUNNEL_TYPES.map(tunnelPortName)

const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['key', 'flow'],
  ['remote_ip', 'flow'],
])

const INTERFACE = table('Interface', { name: string, type: string, options: map(string, string) })
const PORT = table('Port', { name: string, interfaces: set(uuid) })
const BRIDGE = table('Bridge', { ports: set(uuid) })

/** An interface with the name of such a port, and the bridge that it is on. */
export interface FoundTunnelPort {
  readonly uuid: string
  readonly row: InterfaceRow
  /** uuid of the bridge. */
  readonly bridge: string | undefined
}

export type TunnelPortWork = { readonly type: TunnelType } & (
  | { readonly kind: 'add'; readonly bridge: string }
  | { readonly kind: 'mend'; readonly uuid: string; readonly options: ReadonlyMap<string, string> }
)

const isAsItShouldBe = (row: InterfaceRow, type: TunnelType): boolean =>
  row.type === type && [...OPTIONS].every(([name, value]) => row.options.get(name) === value)

/** What else it is told, e.g. the UDP port, is let alone. */
const mending = ({ uuid, row }: FoundTunnelPort, type: TunnelType): TunnelPortWork => ({
  ...{ kind: 'mend', type, uuid },
  options: new Map([...row.options, ...OPTIONS]),
})

/**
 * What is to be done for a bridge: nothing where nothing could be done, as names of interfaces are unique in a database, so
 * that where another bridge has the port this one can have none.
 * @param found all interfaces of the database with such a name @param bridge uuid @param types for which it should have a port
 */
export const tunnelPortWork = (
  found: readonly FoundTunnelPort[],
  bridge: string,
  types: readonly TunnelType[],
): readonly TunnelPortWork[] =>
  types.flatMap((type): TunnelPortWork[] => {
    const named = found.filter(({ row }) => row.name === tunnelPortName(type))
    const port = named.find((one) => one.bridge === bridge)
    if (port !== undefined) return isAsItShouldBe(port.row, type) ? [] : [mending(port, type)]
    return named.length > 0 ? [] : [{ kind: 'add', type, bridge }]
  })

/** @throws OvsdbError */
export const doTunnelPortWork = async (client: Client, work: TunnelPortWork): Promise<void> => {
  const { type } = work
  const name = tunnelPortName(type)
  if (work.kind === 'mend') {
    await client.transact('Open_vSwitch', [
      update(INTERFACE, byUuid(work.uuid), { type, options: work.options }),
    ])
    return
  }
  await client.transact('Open_vSwitch', [
    // Another controller may have been faster.
    wait(INTERFACE, [['name', '==', name]], { until: '!=', rows: [{ name }] }),
    insert(INTERFACE, { name, type, options: OPTIONS }, { name: 'interface' }),
    insert(PORT, { name, interfaces: [named('interface')] }, { name: 'port' }),
    mutate(BRIDGE, byUuid(work.bridge), [['ports', 'insert', [named('port')]]]),
  ])
}

/** The line that makes the port. @param option for another database than `ovs-vsctl` finds by itself */
export const tunnelPortLine = (bridge: string, option: string, type: TunnelType): string => {
  const name = tunnelPortName(type)
  const options = [...OPTIONS].map(([key, value]) => ` options:${key}=${value}`).join('')
  return `ovs-vsctl${option} add-port ${bridge} ${name} -- set interface ${name} type=${type}${options}`
}
