/** The real program, as a child process, against the real API on a real socket. */
import { spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '@openvnet/api'
import { type ControllerReport, createLocalBus, type DatapathStatus } from '@openvnet/feed'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { type Outcome, runProgram } from './program.ts'

/** A server of its own for each test. */
const serve = async (t: Test) => {
  const bus = createLocalBus()
  const api = await createApi({ file: join(t.testdir(), 'vnet.db'), bus, log: pino({ level: 'silent' }) })
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await api.close()
    await bus.close()
  })
  const { port } = api.app.server.address() as AddressInfo
  const env = { VNET_WEBAPI: `127.0.0.1:${port}` }
  const vnctl = (line: string, stdin = ''): Promise<Outcome> =>
    runProgram(
      line.split(' ').filter((word) => word !== ''),
      { env, stdin },
    )
  const json = async (line: string): Promise<unknown> => {
    const { code, stdout, stderr } = await vnctl(`${line} -o json`)
    t.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  return { api, bus, env, port, vnctl, json }
}

const WALKTHROUGH_2013 = `
# the walkthrough as the first users typed it
datapath add --uuid dp-br0 --display-name=br0 --dc-segment-id=seg1 --dpid=0x000002fdee8e0a44 --ipv4-address=192.168.122.207 --node-id=vnet3
network add --uuid nw-net1 --display-name=net1 --ipv4-network 172.16.1.0 --ipv4-prefix 24 --domain-name=dom1 --network-mode=virtual
network add --uuid nw-net2 --display-name=net2 --ipv4-network 172.16.2.0 --ipv4-prefix 24 --domain-name=dom1 --network-mode=virtual
network add --uuid nw-net3 --display-name=net3 --ipv4-network 172.16.1.0 --ipv4-prefix 24 --domain-name=dom2 --network-mode=virtual
datapath networks add dp-br0 nw-net1 --broadcast-mac-address=08:00:27:10:03:01
datapath networks add dp-br0 nw-net2 --broadcast-mac-address=08:00:27:10:03:02
datapath networks add dp-br0 nw-net3 --broadcast-mac-address=08:00:27:10:03:03
interface add --uuid=if-veth1 --ipv4-address=172.16.1.1 --network-uuid=nw-net1 --mac-address=52:54:00:0d:84:01
interface add --uuid=if-veth2 --ipv4-address=172.16.1.2 --network-uuid=nw-net1 --mac-address=52:54:00:0d:84:02
interface add --uuid=if-veth3 --ipv4-address=172.16.2.3 --network-uuid=nw-net2 --mac-address=52:54:00:0d:84:03
interface add --uuid=if-veth5 --ipv4-address=172.16.1.1 --network-uuid=nw-net3 --mac-address=52:54:00:0d:84:05
interface add --uuid=if-vnet1gw --ipv4-address=172.16.1.254 --network-uuid=nw-net1 --mac-address=52:54:00:74:00:00 --mode=simulated
interface add --uuid=if-vnet2gw --ipv4-address=172.16.2.254 --network-uuid=nw-net2 --mac-address=52:54:00:74:22:22 --mode=simulated
network_service add --uuid=ns-vnet1gw --interface-uuid=if-vnet1gw --display-name=router
network_service add --uuid=ns-vnet2gw --interface-uuid=if-vnet2gw --display-name=router
route_link add --uuid=rl-vnetlink1 --mac-address=52:54:00:60:11:11
datapath route_links add dp-br0 rl-vnetlink1 --link-mac-address=08:00:27:20:01:01
route add --uuid=r-vnet1 --interface-uuid=if-vnet1gw --route-link-uuid=rl-vnetlink1 --ipv4-address=172.16.1.0
route add --uuid=r-vnet2 --interface-uuid=if-vnet2gw --route-link-uuid=rl-vnetlink1 --ipv4-address=172.16.2.0 --ipv4-prefix=24
`

/** The same without what only served the original, in today's spelling. */
const WALKTHROUGH = `
networks add nw-net1 --ipv4-network=172.16.1.0
networks add nw-net2 --ipv4-network=172.16.2.0
interfaces add if-veth1 --network=nw-net1 --ipv4-address=172.16.1.1 --mac-address=52:54:00:0d:84:01
interfaces add if-vnet1gw --mode simulated --network=nw-net1 --ipv4-address=172.16.1.254
interfaces add if-vnet2gw --mode simulated --network=nw-net2 --ipv4-address=172.16.2.254
route-links add rl-vnetlink1
routes add r-vnet1 --interface=if-vnet1gw --route-link=rl-vnetlink1
routes add r-vnet2 --interface=if-vnet2gw --route-link=rl-vnetlink1
`

t.test('the walkthrough of 2013 works verbatim, line by line', async (t) => {
  const { vnctl, json } = await serve(t)
  const lines = WALKTHROUGH_2013.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of lines) {
    const { code, stderr } = await vnctl(line)
    t.equal(code, 0, `${line}: ${stderr}`)
  }
  t.match(await json('datapath show dp-br0'), { dpid: '0x000002fdee8e0a44', node_id: 'vnet3' })
  t.match(await json('datapath networks show dp-br0'), {
    total_count: 3,
    items: [{ uuid: 'nw-net1' }, {}, {}],
  })
  t.match(await json('route show r-vnet1'), { ipv4_network: '172.16.1.0', ipv4_prefix: 24 })
  t.match(await json('network_service show ns-vnet1gw'), { mode: 'router' })
  const { stdout } = await vnctl('interface show')
  t.match(stdout, /^UUID .*NETWORK .*MAC_ADDRESS .*IPV4_ADDRESS\n/)
  t.match(stdout, /\nif-veth5 .*nw-net3 .*52:54:00:0d:84:05 .*172\.16\.1\.1\n/)
})

t.test('the walkthrough as a batch, then changed and taken away', async (t) => {
  const { vnctl, json } = await serve(t)
  const batch = await vnctl('batch -o name', WALKTHROUGH)
  t.same([batch.code, batch.stderr], [0, ''])
  t.equal(batch.stdout.split('\n').length, 9)
  t.match(await json('routes show r-vnet2'), {
    network_uuid: 'nw-net2',
    ipv4_network: '172.16.2.0',
    ingress: true,
  })
  t.match(await json('interfaces modify if-veth1 --port-name=tap0 --display_name web'), { port_name: 'tap0' })
  t.match(await json('interfaces modify if-veth1 --port-name='), { port_name: null, display_name: 'web' })
  t.same(await json('routes del r-vnet1'), ['r-vnet1'])
  t.equal((await vnctl('routes show -o name')).stdout, 'r-vnet2\n')
  t.equal((await vnctl('routes del r-vnet2')).stdout, 'deleted r-vnet2\n')
  t.match(await vnctl('routes show'), { code: 0, stdout: '', stderr: 'there are no routes\n' })
  const changes = await vnctl('changes --since 0')
  t.match(changes.stdout, /put +network +nw-net1/)
  t.match(changes.stdout, /delete +route/)
})

t.test('json and yaml are what the API answers; lists have pages', async (t) => {
  const { vnctl, json, port } = await serve(t)
  await vnctl('batch', WALKTHROUGH)
  const direct = await (await fetch(`http://127.0.0.1:${port}/api/1.0/interfaces`)).json()
  t.same(await json('interfaces show'), direct)
  t.same(parse((await vnctl('interfaces show -o yaml')).stdout), direct)
  const page = await vnctl('interfaces show -o name --limit 1 --offset 1')
  t.equal(page.stdout, 'if-vnet1gw\n')
  t.match(page.stderr, /2 to 2 of 3 interfaces/)
})

t.test('what the API refuses is one line on stderr and an exit code', async (t) => {
  const { vnctl } = await serve(t)
  await vnctl('batch', WALKTHROUGH)
  const cases: [string, number, RegExp][] = [
    ['networks show nw-none', 3, /networks show: there is no network nw-none/],
    ['networks del nw-none', 3, /there is no network nw-none/],
    ['interfaces add --network=nw-none', 3, /there is no network nw-none/],
    ['datapaths networks del dp-none nw-net1', 3, /there is no datapath dp-none/],
    ['networks add nw-net1 --ipv4-network=10.0.0.0', 4, /nw-net1 exists already/],
    ['networks add --ipv4-network=10.0.0.7', 4, /--ipv4-network '10\.0\.0\.7': .*10\.0\.0\.0\/24/],
    [
      'interfaces add --network=nw-net1 --ipv4-address=10.0.0.1 --mac-address=52:54:00:00:00:09',
      4,
      /--ipv4-address '10\.0\.0\.1': .*172\.16\.1\.0\/24/,
    ],
    [
      'interfaces add --network=nw-net1 --ipv4-address=172.16.1.1 --mac-address=52:54:00:00:00:09',
      4,
      /172\.16\.1\.1.*if-veth1/,
    ],
    ['interfaces add --network=nw-net1 --ipv4-address=172.16.1.9', 4, /--mac-address is missing/],
    ['wait --revision=999999', 4, /--revision '999999': not made yet/],
    ['networks add', 4, /--ipv4-network is missing/],
    ['networks add --nonsense=1', 2, /unknown option --nonsense/],
    ['netwroks', 2, /did you mean networks\?/],
  ]
  for (const [line, exit, expected] of cases) {
    const { code, stdout, stderr } = await vnctl(line)
    t.equal(code, exit, `${line}: ${stderr}`)
    t.equal(stdout, '')
    t.match(stderr, /^vnctl: [^\n]+\n$/)
    t.match(stderr, expected)
  }
  const stopped = await vnctl('batch', 'networks show nw-net1\nnetworks del nw-none\nnetworks del nw-net1')
  t.match(stopped, { code: 3, stderr: /batch: stdin:2: networks del: there is no network nw-none/ })
  t.equal((await vnctl('networks show nw-net1')).code, 0, 'what follows the error is not run')
  const there = { method: 'POST', path: 'networks', body: { uuid: 'nw-x', ipv4_network: '10.0.0.0' } }
  const gone = { method: 'DELETE', path: 'networks/nw-gone' }
  const refused = await vnctl('batch -f -', JSON.stringify([there, gone]))
  t.match(refused, {
    code: 3,
    stdout: '',
    stderr:
      /^vnctl: batch: operations\[1\] \(DELETE networks\/nw-gone\): there is no network nw-gone.*; nothing was stored\n$/,
  })
  t.equal((await vnctl('networks show nw-x')).code, 3)
  t.match(await vnctl('batch -f - -o name', JSON.stringify([there])), { code: 0, stdout: 'nw-x\n' })
  t.equal((await vnctl('networks show nw-x -o name')).stdout, 'nw-x\n')
})

t.test('every field of every resource that the CLI sends is one that the API takes', async (t) => {
  const { vnctl, json } = await serve(t)
  await vnctl('batch', WALKTHROUGH)
  await vnctl('datapaths add dp-a --dpid=0xa')
  t.match(
    await json(
      'interfaces add if-all --display-name=x --mode=vif --port-name=tap1 --owner-datapath=dp-a --network=nw-net1 --enable-routing --no-enable-route-translation --enable-filtering true --mac-address=52:54:00:00:00:0a --ipv4-address=172.16.1.10',
    ),
    { owner_datapath_uuid: 'dp-a', network_uuid: 'nw-net1', enable_routing: true, enable_filtering: true },
  )
  t.match(await json('mac-leases add ml-a --interface=if-all --mac-address=52:54:00:00:00:0b'), {
    uuid: 'ml-a',
  })
  t.match(
    await json(
      'ip-leases add il-a --network=nw-net2 --mac-lease=ml-a --interface=if-all --ipv4-address=172.16.2.10',
    ),
    { ipv4_address: '172.16.2.10', mac_lease_uuid: 'ml-a' },
  )
  t.match(
    await json(
      'network-services add ns-a --mode=dhcp --interface=if-vnet1gw --incoming-port=67 --outgoing-port=68',
    ),
    { mode: 'dhcp', incoming_port: 67 },
  )
  t.match(
    await json('datapaths modify dp-a --display-name=y --ipv4-address=10.0.0.1 --no-enable-ovs-learn-action'),
    {
      display_name: 'y',
      enable_ovs_learn_action: false,
    },
  )
  t.match(await json('datapaths networks add dp-a nw-net1 --interface=if-all --network-uuid=nw-net1'), {
    interface_uuid: 'if-all',
  })
})

/** What a controller would say on the bus. */
const report = (store: string, revision: number, acknowledged: number): ControllerReport => {
  const datapath: DatapathStatus = {
    dpid: '0x00000000000000a1',
    uuid: 'dp-a',
    connected: true,
    peer: '127.0.0.1:40000',
    role: 'primary',
    acknowledged_revision: acknowledged,
    flows: 12,
    groups: 1,
    flow_mods_sent: 12,
    group_mods_sent: 1,
    packet_ins: 0,
    refused: acknowledged < revision ? 2 : 0,
    last_error: 'OFPFMFC_TABLE_FULL',
    warnings: ['fail-mode is standalone'],
    since: '2026-01-02T03:04:05.000Z',
  }
  return { controller: 'c1', store, revision, datapaths: [datapath] }
}

t.test(
  '--wait and wait end with 5 and name the bridge that is behind, with 0 when it has caught up',
  async (t) => {
    const { api, bus, vnctl } = await serve(t)
    await vnctl('datapaths add dp-a --dpid=0xa1')
    t.match(await vnctl('networks add nw-1 --ipv4-network=10.0.0.0 --wait=0'), {
      code: 5,
      stderr: /no controller/,
    })

    bus.publish('report', report(api.store.identity, 2, 1))
    const late = await vnctl('networks add nw-2 --ipv4-network=10.0.0.0 --wait=1 -o name')
    t.equal(late.code, 5)
    t.equal(late.stdout, 'nw-2\n', 'the row is there and shown')
    t.match(
      late.stderr,
      /revision 3 is stored but was not applied within 1 s: [^;]*dp-a 0x0{14}a1 \(at revision 1\).*; `vnctl status` shows more/,
    )
    t.match(await vnctl('wait --timeout 0'), {
      code: 5,
      stderr: /dp-a \(0x00000000000000a1\) has acknowledged 1/,
    })

    t.match(
      (await vnctl('status')).stdout,
      /0x00000000000000a1 +dp-a +yes +3 +1 +12 +2 +OFPFMFC_TABLE_FULL +fail-mode/,
    )
    const answered = vnctl('networks add nw-3 --ipv4-network=10.0.0.0 --wait=30')
    const caughtUp = setInterval(() => bus.publish('report', report(api.store.identity, 4, 4)), 50)
    t.match(await answered, { code: 0, stderr: '' })
    t.match(await vnctl('wait'), { code: 0, stdout: 'revision 4 is applied\n' })
    clearInterval(caughtUp)
  },
)

t.test('a reader that goes away ends nothing', async (t) => {
  const { env, vnctl, json } = await serve(t)
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=vnet-source', main, 'batch'], {
    env: { PATH: process.env['PATH'], ...env },
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdout.destroy()
  const names = Array.from({ length: 20 }, (_, index) => `nw-many${index}`)
  child.stdin.end(names.map((name) => `networks add ${name} --ipv4-network=10.0.0.0\n`).join(''))
  const code = await new Promise((resolve) => child.on('close', resolve))
  t.same([code, stderr], [0, ''])
  t.match(await json('networks show --limit=1'), { total_count: 20 })
  t.match(await vnctl('version'), { code: 0, stdout: /^vnctl \d+\.\d+\.\d+\n$/ })
})
