/** Ports for tunnels in a real database of Open vSwitch, which is away now and then. */
import type { Operation, Snapshot } from '@openvnet/feed'
import { Client, map, select, string, table } from '@openvnet/ovsdb'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { type PrivateServer, startServer, withoutServer } from '../../ovsdb/test/private_server.ts'
import { createDatabases, type Databases } from '../src/ovsdb/databases.ts'
import { RowRemotes } from '../src/ovsdb/row_remotes.ts'

const DATABASE = 'Open_vSwitch'
const INTERFACE = table('Interface', { name: string, type: string, options: map(string, string) })
const NAME = 'vnet-vxlan'
const BRIDGE = '0x00000000000000a1'

const OTHER_OPTIONS = [
  ['dst_port', '8472'],
  ['remote_ip', '10.0.0.9'],
]

/** @param hasPort whether the bridge has a port of that name, for something else */
const addBridge = (server: PrivateServer, hasPort: boolean): void => {
  const ports = hasPort ? { ports: ['named-uuid', 'port'] } : {}
  const bridge = { name: 'br0', other_config: ['map', [['datapath-id', '00000000000000a1']]], ...ports }
  server.transact(
    DATABASE,
    ...(hasPort
      ? [
          {
            ...{ op: 'insert', table: 'Interface', 'uuid-name': 'interface' },
            row: { name: NAME, type: 'vxlan', options: ['map', OTHER_OPTIONS] },
          },
          {
            ...{ op: 'insert', table: 'Port', 'uuid-name': 'port' },
            row: { name: NAME, interfaces: ['named-uuid', 'interface'] },
          },
        ]
      : []),
    { op: 'insert', table: 'Bridge', row: bridge, 'uuid-name': 'bridge' },
    { op: 'insert', table: DATABASE, row: { bridges: ['named-uuid', 'bridge'] } },
  )
}

const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + 30_000; !(await isSo()); )
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
    else await new Promise((resolve) => setTimeout(resolve, 20))
}

interface Read {
  readonly server: PrivateServer
  readonly databases: Databases
  /** From now on bridges need ports for tunnels. */
  want(): void
  /** Options of a port for tunnels; `null`: there is none. */
  options(name?: string): Promise<Readonly<Record<string, string>> | null>
}

const read = async (t: Test, hasPort: boolean): Promise<Read> => {
  const server = await startServer(t)
  addBridge(server, hasPort)
  let isWanted = false
  const databases = createDatabases({
    remotes: [server.remote],
    port: 6633,
    log: pino({ level: 'silent' }),
    onIfaceIds: () => undefined,
    onBridge: () => undefined,
    onStatus: () => undefined,
    tunnelTypes: () => (isWanted ? ['vxlan', 'geneve'] : []),
  })
  const reader = new Client({ remote: server.remote, minBackoff: 10, maxBackoff: 50 })
  t.teardown(() => Promise.all([databases.close(), reader.close()]))
  await until('it is read', () => databases.statuses()[0]?.connected === true)
  return {
    server,
    databases,
    want: () => {
      isWanted = true
      databases.makeTunnelPorts()
    },
    options: async (name = NAME) => {
      await reader.connected()
      const [rows] = await reader.transact(DATABASE, [select(INTERFACE, [['name', '==', name]])])
      return rows[0] === undefined ? null : Object.fromEntries(rows[0].options)
    },
  }
}

t.test(
  'a port that is wanted while the database is away is made when it is back',
  {
    skip: withoutServer,
  },
  async (t) => {
    const { server, databases, want, options } = await read(t, false)
    await server.kill()
    await until('it is away', () => databases.statuses()[0]?.connected === false)
    want()
    await server.start()
    await until('the port is there', async () => (await options()) !== null)
    t.same(await options(), { key: 'flow', remote_ip: 'flow' })
    await until('the other one is there', async () => (await options('vnet-geneve')) !== null)
  },
)

t.test('a port that is mended keeps what else it was told', { skip: withoutServer }, async (t) => {
  const { want, options } = await read(t, true)
  want()
  await until('the port is mended', async () => (await options())?.['key'] === 'flow')
  t.same(await options(), { key: 'flow', remote_ip: 'flow', dst_port: '8472' })
})

t.test('iface-ids are told before their bridge is', { skip: withoutServer }, async (t) => {
  const server = await startServer(t)
  addBridge(server, true)
  const external_ids = ['map', [['iface-id', 'vm']]]
  server.transact(DATABASE, { op: 'update', table: 'Interface', where: [], row: { external_ids } })
  const told: string[] = []
  const databases = createDatabases({
    remotes: [server.remote],
    port: 6633,
    log: pino({ level: 'silent' }),
    onIfaceIds: (facts) => told.push(...facts.map(({ name, iface_id }) => `${name} is ${iface_id}`)),
    onBridge: (dpid) => told.push(`${dpid} is ${databases.bridge(dpid, false)?.name}`),
    onStatus: () => undefined,
    tunnelTypes: () => [],
  })
  t.teardown(() => databases.close())
  await until('both are told', () => told.length > 1)
  t.strictSame(told.slice(0, 2), [`${NAME} is vm`, '0x00000000000000a1 is br0'])
})

t.test(
  'a database that lacks the bridge of the row that names it is said',
  { skip: withoutServer },
  async (t) => {
    const { server, databases } = await read(t, false)
    const trouble = (dpid: string) => databases.trouble(server.remote, dpid)
    await until('the bridge is known', () => databases.dpids().length === 1)
    t.equal(trouble(BRIDGE), null)
    t.equal(
      trouble('0x00000000000000a2'),
      `its database ${server.remote} has no bridge with the datapath id 0x00000000000000a2: the address is that of another host`,
    )
    t.equal(databases.trouble('tcp:192.0.2.1:6640', BRIDGE), null, 'one that is not followed says nothing')
    await server.kill()
    await until('it is away', () => trouble(BRIDGE) !== null)
    t.match(trouble(BRIDGE), `its database ${server.remote} is not reached: `)
  },
)

const rowOf = (id: number, dpid: string, ovsdb: string | null): Operation =>
  ({ resource: 'datapath', id, row: { id, dpid, ovsdb } }) as unknown as Operation

t.test('databases are those that rows name, as these come, change and go', async (t) => {
  const told: string[][] = []
  const remotes = new RowRemotes((named) => told.push([...named]))
  const change = (...operations: Operation[]) => remotes.apply({ revision: 1, operations })
  const [one, other] = ['tcp:10.0.0.1:6640', 'ssl:10.0.0.2:6640']
  change(rowOf(1, '0x1', one), rowOf(2, '0x2', one), rowOf(3, '0x3', null))
  t.same(told.splice(0), [[one]], 'two bridges of one database name it once')
  t.same(
    ['0x1', '0x2', '0x3', '0x4'].map((dpid) => remotes.of(dpid)),
    [one, one, undefined, undefined],
  )
  change(rowOf(2, '0x2', other))
  t.same(told.splice(0), [[one, other]])
  change(rowOf(2, '0x5', other))
  t.same([remotes.of('0x2'), remotes.of('0x5')], [undefined, other], 'the row is of another bridge now')
  change({ resource: 'datapath', id: 1, row: null })
  t.same(told.at(-1), [other])
  change(rowOf(3, '0x3', 'unix:/run/openvswitch/db.sock'))
  t.same(
    [remotes.of('0x3'), told.at(-1)],
    [undefined, [other]],
    'files of this host are no databases of rows',
  )
  told.splice(0)
  change({ resource: 'network', id: 1, row: null })
  t.same(told, [], 'what is of no datapath tells nothing')
  const rows = { datapath: [{ id: 7, dpid: '0x7', ovsdb: one }] }
  remotes.load({ store: 's', revision: 2, rows } as unknown as Snapshot)
  t.same([told.at(-1), remotes.of('0x5'), remotes.of('0x7')], [[one], undefined, one], 'all anew')
})
