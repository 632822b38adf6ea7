/** The examples do what the README says, each in a process of its own: the README has them word by word. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, flowMod, formatFlow, parseFlow } from '@openvnet/openflow'
import { FakeSwitch } from '@openvnet/openflow/testing'
import t, { type Test } from 'tap'
import { type OpenVswitch, startOpenVswitch, withoutOpenVswitch } from './open-vswitch.ts'

const directory = join(import.meta.dirname, '..')

interface Program {
  /** Resolves when the program has printed it. */
  has(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<number>
}

function start(t: Test, file: string, ...args: string[]): Program {
  const child = spawn(
    process.execPath,
    ['--conditions=vnet-source', join(directory, 'examples', file), ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'exit').then(([code]) => code as number)
  t.teardown(async () => {
    child.kill()
    await ended
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const has = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(output)
      if (found !== null) return found
      const more = once(child.stdout, 'data').then(() => true)
      if (!(await Promise.race([more, once(child.stdout, 'end').then(() => false)])))
        assert.match(output, pattern)
    }
  }
  return { has, ended }
}

t.test('the README has the examples', async (t) => {
  const readme = readFileSync(join(directory, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block)
  for (const file of ['learning-switch.ts', 'dump-flows.ts', 'play-switch.ts']) {
    // Without the line that is for the linter.
    const example = readFileSync(join(directory, 'examples', file), 'utf8').replace(
      /^\/\/ biome-ignore.*\n/,
      '',
    )
    t.ok(blocks.includes(example), file)
    t.ok(example.split('\n').length <= 60, `${file} is short`)
  }
})

t.test('the learning switch learns on a real bridge', { skip: withoutOpenVswitch }, async (t) => {
  const openVswitch = await startOpenVswitch()
  t.teardown(() => openVswitch.stop())
  const program = start(t, 'learning-switch.ts', '0')
  const port = (await program.has(/port: (\d+)/))[1]
  const place = dirname(openVswitch.management)
  const run = (name: string, ...args: string[]): string =>
    execFileSync(name, args, {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
    })
  const send = (to: string, dst: string, src: string): string =>
    run(
      'ovs-appctl',
      ...['-t', join(place, 'vswitchd.ctl'), 'netdev-dummy/receive', to],
      `in_port(0),eth(src=${src},dst=${dst}),eth_type(0x1234)`,
    )
  run('ovs-vsctl', `--db=unix:${join(place, 'db.sock')}`, 'set-controller', 'br0', `tcp:127.0.0.1:${port}`)
  await program.has(/switch 0x[0-9a-f]+\n/)
  await eventually(() => flowsOf(openVswitch).includes('priority=0 actions=CONTROLLER:65535'))

  const [a, b] = ['52:54:00:00:00:0a', '52:54:00:00:00:0b']
  send('p1', b, a)
  await eventually(() => sentTo(openVswitch, 2) === 1 && sentTo(openVswitch, 3) === 1)
  t.equal(sentTo(openVswitch, 1), 0, 'flooded, but not back')
  t.notMatch(flowsOf(openVswitch), /priority=1/, 'nothing is known yet')

  send('p2', a, b)
  await eventually(() => flowsOf(openVswitch).includes(`in_port=2,dl_src=${b},dl_dst=${a} actions=output:1`))
  await eventually(() => sentTo(openVswitch, 1) === 1)
  t.equal(sentTo(openVswitch, 3), 1, 'sent to the one port')

  send('p1', b, a)
  await eventually(() => flowsOf(openVswitch).includes(`in_port=1,dl_src=${a},dl_dst=${b} actions=output:2`))
  await eventually(() => sentTo(openVswitch, 2) === 2)
  t.equal(sentTo(openVswitch, 3), 1)
})

t.test('the flows of a bridge are dumped', { skip: withoutOpenVswitch }, async (t) => {
  const openVswitch = await startOpenVswitch()
  t.teardown(() => openVswitch.stop())
  openVswitch.ofctl('add-flow', `unix:${openVswitch.management}`, 'cookie=42,table=3,arp,actions=2')
  openVswitch.ofctl('add-flow', `unix:${openVswitch.management}`, 'table=4,ip,actions=drop')
  const program = start(t, 'dump-flows.ts', openVswitch.management)
  await program.has(/^cookie=0x2a, duration=.*, table=3, n_packets=0, n_bytes=0, arp actions=output:2$/m)
  await program.has(/^.* table=4, .*ip actions=drop$/m)
  t.equal(await program.ended, 0)
  const some = start(t, 'dump-flows.ts', openVswitch.management, 'arp')
  await some.has(/arp actions/)
  t.equal(await some.ended, 0)
})

t.test('the player of a switch takes flows from a controller', async (t) => {
  const flow = 'table=3, priority=7,arp,in_port=1 actions=output:2'
  const server = net.createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const program = start(t, 'play-switch.ts', String((server.address() as net.AddressInfo).port))
  const [socket] = await once(server, 'connection')
  server.close()
  const ready = Promise.withResolvers<bigint>()
  const connection: Connection = new Connection({
    socket,
    requestFeatures: true,
    onReady: (features) => ready.resolve(features?.datapath_id ?? 0n),
  })
  t.equal(await ready.promise, 0x1234n)
  connection.send(flowMod(parseFlow(flow)))
  await connection.barrier()
  await program.has(new RegExp(`^${flow}$`, 'm'))
  t.same((await connection.multipart({ type: 'port_desc' })).ports, [])
  await t.rejects(connection.multipart({ type: 'desc' }), {
    name: 'OpenFlowError',
    errorName: 'OFPBRC_BAD_STAT',
  })
  await connection.close()
  await program.has(/gone: the peer ended the connection/)
  t.equal(await program.ended, 0)
})

t.test('the learning switch serves several switches at once', async (t) => {
  const program = start(t, 'learning-switch.ts', '0')
  const port = Number((await program.has(/port: (\d+)/))[1])
  const switches = [0xan, 0xbn, 0xcn].map((datapathId) => new FakeSwitch({ datapathId }))
  for (const one of switches) await one.connect({ host: '127.0.0.1', port })
  for (const name of ['0xa', '0xb', '0xc']) await program.has(new RegExp(`switch ${name}\n`))
  await eventually(() => switches.every((one) => one.flows.length === 1))
  for (const one of switches) {
    t.same(
      one.flows.map((flow) => formatFlow(flow)),
      ['table=0, priority=0 actions=CONTROLLER:65535'],
    )
    await one.disconnect()
  }
})

const flowsOf = (openVswitch: OpenVswitch): string =>
  openVswitch.ofctl('--no-names', '--no-stats', 'dump-flows', `unix:${openVswitch.management}`)

/** Packets that have left through a port. */
function sentTo(openVswitch: OpenVswitch, port: number): number {
  const text = openVswitch.ofctl('--no-names', 'dump-ports', `unix:${openVswitch.management}`, String(port))
  return Number(/tx pkts=(\d+)/.exec(text)?.[1])
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (condition()) return
    await sleep(50)
  }
  assert.fail(`never: ${condition}`)
}
