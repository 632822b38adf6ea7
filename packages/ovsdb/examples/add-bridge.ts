// biome-ignore-all lint/suspicious/noConsole: it is a program.
// Makes a bridge with a port, as ovs-vsctl add-br and add-port do: node add-bridge.ts remote bridge port
import { Client, insert, mutate, named, set, string, table, uuid } from '@openvnet/ovsdb'

const Interface = table('Interface', { name: string, type: string })
const Port = table('Port', { name: string, interfaces: set(uuid) })
const Bridge = table('Bridge', { name: string, ports: set(uuid) })
const OpenVSwitch = table('Open_vSwitch', { bridges: set(uuid) })

const [remote = 'unix:/var/run/openvswitch/db.sock', bridge = 'br0', port = 'p1'] = process.argv.slice(2)
const client = new Client({ remote })
try {
  await client.connected()
  const [, , , , bridgeUuid] = await client.transact('Open_vSwitch', [
    insert(Interface, { name: bridge, type: 'internal' }, { name: 'local' }),
    insert(Interface, { name: port }, { name: 'interface' }),
    insert(Port, { name: bridge, interfaces: [named('local')] }, { name: 'local_port' }),
    insert(Port, { name: port, interfaces: [named('interface')] }, { name: 'port' }),
    insert(Bridge, { name: bridge, ports: [named('local_port'), named('port')] }, { name: 'bridge' }),
    mutate(OpenVSwitch, [], [['bridges', 'insert', [named('bridge')]]]),
  ])
  console.log(`${bridge} is ${bridgeUuid}`)
} catch (error) {
  console.error(String(error))
  process.exitCode = 1
}
await client.close()
