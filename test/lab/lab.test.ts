/** The lab itself: guests really send and hear, what is parsed is what is there, and what is dead is swept. */
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { CommandFailed, run } from './command.ts'
import { startDaemon } from './daemon.ts'
import { parseFlows } from './flows.ts'
import { runOf } from './identity.ts'
import { createLab } from './lab.ts'
import { parsePing } from './ping.ts'
import { until } from './wait.ts'

const lab = await createLab()
t.teardown(() => lab.close())
const host = await lab.host()
await host.bridge({ name: 'br0', dpid: '0x00000000000000aa' })
const one = await host.guest({
  port: 'p1',
  name: 'one',
  mac: '02:00:00:00:00:01',
  addresses: ['10.0.0.1/24'],
  bridge: 'br0',
})
const two = await host.guest({
  port: 'p2',
  name: 'two',
  mac: '02:00:00:00:00:02',
  addresses: ['10.0.0.2/24'],
  bridge: 'br0',
})

t.test('without flows nothing passes', async (t) => {
  t.match(await host.vsctl('get', 'Bridge', 'br0', 'datapath_id'), '00000000000000aa')
  const { sent, received, lost } = await one.ping('10.0.0.2', { count: 2, timeout: 0.3 })
  t.match({ sent, received, lost }, { sent: 2, received: 0, lost: [1, 2] })
})

t.test('with a flow guests ping, and captures and tables show it', async (t) => {
  await host.ofctl('add-flow', 'br0', 'cookie=0x42,priority=7,in_port=p1,actions=p2')
  await host.ofctl('add-flow', 'br0', 'cookie=0x42,priority=7,in_port=p2,actions=p1')
  // What the first pings left waiting for an answer to ARP would come along.
  await one.forgetNeighbours()
  const capture = await two.capture('icmp')
  const { received, ttl, times } = await one.ping('10.0.0.2', { count: 3, ttl: 9 })
  t.match({ received, ttl, times: times.length }, { received: 3, ttl: 64, times: 3 })
  t.equal((await capture.stop()).length, 6, 'requests and replies')
  t.match((await capture.lines('-v')).join(), /ttl 9/)
  t.match(await one.arp(), [{ address: '10.0.0.2', mac: two.mac }])
  const flows = await host.flows('br0')
  t.match(flows, [{ cookie: 0x42n, table: 0, priority: 7 }, { cookie: 0x42n }])
  t.ok(flows.every(({ packets }) => packets >= 3))
})

t.test('a frame arrives as it was sent, and nobody answers for a guest that fell silent', async (t) => {
  const frame = Buffer.concat([
    Buffer.from('020000000002020000000001', 'hex'),
    Buffer.from('88b50102030405', 'hex'),
  ])
  const ears = await two.listen()
  await one.send(frame, frame)
  const heard = await ears.stop()
  t.same(
    heard.map((packet) => Buffer.from(packet.frame)),
    [frame, frame],
  )
  await two.fallSilent()
  t.equal((await one.ping('10.0.0.2', { count: 1, timeout: 0.3 })).received, 0)
  await two.speak()
  t.equal((await one.ping('10.0.0.2', { count: 1 })).received, 1)
})

t.test('a ping that goes on counts exactly what is lost', async (t) => {
  const ping = one.pingStart('10.0.0.2', { interval: 0.02 })
  await ping.reaches(10)
  await host.ofctl('del-flows', 'br0', 'in_port=p2')
  const { sent } = await new Promise<{ sent: number }>((resolve) =>
    setTimeout(() => resolve({ sent: ping.answers }), 300),
  )
  await host.ofctl('add-flow', 'br0', 'in_port=p2,actions=p1')
  await ping.reaches(sent + 20)
  const result = await ping.stop()
  t.ok(result.lost.length > 5, `${result.lost.length} lost`)
  t.equal(result.received, result.sent - result.lost.length)
  const [outage, ...others] = result.outages
  t.same(others, [], 'in a row')
  t.match(outage, { packets: result.lost.length })
  t.ok(outage!.until - outage!.from > 200, 'as long as it was')
})

t.test('guests do not hear what the kernel says on its own', async (t) => {
  const capture = await two.capture()
  await host.removePort('br0', 'p1')
  await host.addPort('br0', 'p1')
  t.same(
    (await capture.stop()).filter(({ frame }) => frame[12] === 0x86 && frame[13] === 0xdd),
    [],
  )
})

t.test('text that is not understood is no flow', async (t) => {
  t.throws(() => parseFlows(' something new'), /not a flow/)
  t.same(parseFlows('OFPST_FLOW reply (OF1.3) (xid=0x2):\n'), [])
})

t.test('ping is read as it prints', async (t) => {
  const text = [
    '[7.25] 64 bytes from 10.0.0.2: icmp_seq=1 ttl=63 time=0.5 ms',
    '[7.5] 64 bytes from 10.0.0.2: icmp_seq=1 ttl=63 time=0.6 ms (DUP!)',
    '[8.25] From 10.0.0.1 icmp_seq=2 Destination Host Unreachable',
    '[9] 64 bytes from 10.0.0.2: icmp_seq=4 ttl=63 time=0.7 ms',
    '5 packets transmitted, 2 received, +1 duplicates, 60% packet loss, time 5ms',
  ].join('\n')
  const lost = [2, 3, 5]
  t.match(parsePing(text), { sent: 5, received: 2, duplicates: 1, times: [0.5, 0.7], ttl: 63, lost })
  t.same(parsePing(text).outages, [
    { packets: 2, from: 7250, until: 9000 },
    { packets: 1, from: 9000, until: Infinity },
  ])
})

t.test('a program that fails says why', async (t) => {
  await t.rejects(run(['ip', 'netns', 'exec', 'vnlab-nowhere', 'true']), CommandFailed)
  await t.rejects(run(['/nowhere/program']), /ENOENT/)
  await t.rejects(startDaemon({ command: ['sh', '-c', 'echo broken; exit 3'], ready: 'never' }), /broken/)
})

t.test('a lab whose process is gone is swept, this one is not', async (t) => {
  const dead = 'vnlab-1-1-1'
  t.equal(runOf(`${dead}-host`), dead)
  t.equal(runOf('vnlab-kept-host'), undefined)
  await run(['ip', 'netns', 'add', `${dead}-host`])
  const sleeper = await startDaemon({ command: ['ip', 'netns', 'exec', `${dead}-host`, 'sleep', '1000'] })
  await until('sleep runs there', async () => (await run(['ip', 'netns', 'pids', `${dead}-host`])) !== '')
  const other = await createLab()
  t.equal(await sleeper.ended, 128, 'its process is killed')
  const names = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout
  t.notMatch(names, dead)
  t.match(names, lab.run)
  other.close()
})
