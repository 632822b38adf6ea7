/**
 * The port for tunnels of a bridge, made and mended through the database of its Open vSwitch: one port for all tunnels,
 * which flows tell where to send and with which key. A bridge that has a port for another kind of tunnel is left alone.
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

const NAME = 'vnet-vxlan'
const TYPE = 'vxlan'
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['key', 'flow'],
  ['remote_ip', 'flow'],
])

/** Names of the ports that lead into tunnels. */
export const TUNNEL_PORT_NAMES: readonly string[] = [NAME, 'vnet-geneve', 'vnet-gre']

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

export type TunnelPortWork =
  | { readonly kind: 'add'; readonly bridge: string }
  | { readonly kind: 'mend'; readonly uuid: string; readonly options: ReadonlyMap<string, string> }

const isAsItShouldBe = ({ type, options }: InterfaceRow): boolean =>
  type === TYPE && [...OPTIONS].every(([name, value]) => options.get(name) === value)

/** What else it is told, e.g. the UDP port, is let alone. */
const mending = ({ uuid, row }: FoundTunnelPort): TunnelPortWork => ({
  kind: 'mend',
  uuid,
  options: new Map([...row.options, ...OPTIONS]),
})

/**
 * What is to be done for a bridge; `null`: nothing, or nothing that could be done: names of interfaces are unique in a
 * database, so where another bridge has the port this one can have none.
 * @param found all interfaces of the database with such a name @param bridge uuid
 */
export const tunnelPortWork = (found: readonly FoundTunnelPort[], bridge: string): TunnelPortWork | null => {
  const own = found.filter((port) => port.bridge === bridge)
  const port = own.find(({ row }) => row.name === NAME)
  if (port !== undefined) return isAsItShouldBe(port.row) ? null : mending(port)
  return own.length > 0 || found.some(({ row }) => row.name === NAME) ? null : { kind: 'add', bridge }
}

/** @throws OvsdbError */
export const doTunnelPortWork = async (client: Client, work: TunnelPortWork): Promise<void> => {
  if (work.kind === 'mend') {
    await client.transact('Open_vSwitch', [
      update(INTERFACE, byUuid(work.uuid), { type: TYPE, options: work.options }),
    ])
    return
  }
  await client.transact('Open_vSwitch', [
    // Another controller may have been faster.
    wait(INTERFACE, [['name', '==', NAME]], { until: '!=', rows: [{ name: NAME }] }),
    insert(INTERFACE, { name: NAME, type: TYPE, options: OPTIONS }, { name: 'interface' }),
    insert(PORT, { name: NAME, interfaces: [named('interface')] }, { name: 'port' }),
    mutate(BRIDGE, byUuid(work.bridge), [['ports', 'insert', [named('port')]]]),
  ])
}

/** The line that makes the port. @param option for another database than `ovs-vsctl` finds by itself */
export const tunnelPortLine = (bridge: string, option: string): string =>
  `ovs-vsctl${option} add-port ${bridge} ${NAME} -- set interface ${NAME} type=${TYPE}${[...OPTIONS].map(([name, value]) => ` options:${name}=${value}`).join('')}`
