/** `listen` and `connect`: by port, by path, over TLS; with programs of Open vSwitch at the other end. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import {
  type CloseReason,
  type Connection,
  connect,
  type Listener,
  type ListenOptions,
  listen,
  type Message,
} from '@openvnet/openflow'
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import t, { type Test } from 'tap'
import { startOpenVswitch, withoutOpenVswitch } from './open-vswitch.ts'

async function listening(t: Test, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const listener = await listen({
    port: 0,
    host: '127.0.0.1',
    accept: () => ({}),
    ...options,
  } as ListenOptions)
  t.teardown(() => listener.close())
  return listener
}

t.test('one process is both ends', async (t) => {
  const seen: Message[] = []
  const left: CloseReason[] = []
  const listener = await listening(t, {
    accept: () => ({
      onMessage: (message, connection) => {
        seen.push(message)
        if (message.type === 'barrier_request') connection.send({ type: 'barrier_reply', xid: message.xid })
      },
      onClose: (reason) => left.push(reason),
    }),
  })
  let readyBefore: Connection | null = null
  const connection = await connect({
    port: listener.port as number,
    host: '127.0.0.1',
    onReady: (_, connection) => {
      readyBefore = connection
    },
  })
  t.equal(readyBefore, connection)
  t.equal(connection.ready, true)
  t.equal(listener.connections.size, 1)
  await connection.barrier()
  t.match(seen, [{ type: 'barrier_request' }])
  t.match(await connection.close(), { code: 'closed' })
  while (left.length === 0) await turn()
  t.match(left, [{ code: 'ended' }])
  t.equal(listener.connections.size, 0)
})

t.test('both ends ask whether the other is there, and both stay', async (t) => {
  const listener = await listening(t, { accept: () => ({ echoIntervalMs: 15 }) })
  const connection = await connect({ port: listener.port as number, host: '127.0.0.1', echoIntervalMs: 10 })
  await sleep(150)
  t.equal(connection.ready, true)
  t.ok([...listener.connections].every(({ ready }) => ready))
})

t.test('over a unix socket', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'openflow-listen-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'switch')
  const listener = await listen({ path, accept: () => ({}) })
  t.equal(listener.port, null)
  const connection = await connect({ path })
  t.equal(connection.ready, true)
  await listener.close()
  t.match(await connection.close(), { code: 'ended' }, 'closing the listener ends its connections')
})

t.test('what cannot be listened on or connected to is an error', async (t) => {
  const { port } = await listening(t)
  await t.rejects(listen({ port: port as number, host: '127.0.0.1', accept: () => null }), {
    code: 'EADDRINUSE',
  })
  await t.rejects(connect({ path: '/nowhere' }), {
    name: 'ConnectionClosed',
    reason: { code: 'socket_error', error: { code: 'ENOENT' } },
  })
})

t.test('a peer may be turned away', async (t) => {
  const refused: string[] = []
  const accept = (): null => {
    if (refused.length === 0) throw new Error('a bug')
    return null
  }
  const { port } = await listening(t, { accept, onRefused: ({ message }) => refused.push(message) })
  for (let n = 0; n < 2; n++) {
    await t.rejects(connect({ port: port as number, host: '127.0.0.1' }), { name: 'ConnectionClosed' })
    refused.push('')
  }
  t.same(refused, ['a bug', '', ''])
})

t.test('settings that cannot be are refused at once, and Infinity is never', async (t) => {
  const refused: string[] = []
  const accept = () => ({ echoIntervalMs: Number.NaN })
  const { port } = await listening(t, { accept, onRefused: ({ message }) => refused.push(message) })
  const to = { port: port as number, host: '127.0.0.1' }
  await t.rejects(connect(to), { name: 'ConnectionClosed' })
  t.same(refused, ['echoIntervalMs is NaN'])
  for (const wrong of [
    { handshakeTimeoutMs: -1 },
    { maxReplyBytes: '5' },
    { maxMessageBytes: 7 },
    { maxMessageBytes: 65536 },
  ])
    await t.rejects(connect({ ...to, ...(wrong as object) }), { name: 'RangeError' })

  const other = await listening(t)
  const times = { echoIntervalMs: Infinity, handshakeTimeoutMs: Infinity, requestTimeoutMs: Infinity }
  const connection = await connect({ port: other.port as number, host: '127.0.0.1', ...times })
  await t.rejects(connection.barrier({ timeout: Number.NaN }), { name: 'RangeError' })
  const never = connection.barrier()
  await sleep(20)
  await connection.close()
  await t.rejects(never, { name: 'ConnectionClosed' })
})

t.test('closing does not wait for a peer that says nothing', async (t) => {
  const listener = await listen({ port: 0, host: '127.0.0.1', tls: {}, accept: () => ({}) })
  const socket = net.connect(listener.port as number, '127.0.0.1').on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  await listener.close()
  t.pass()
})

/** What ovs-ofctl prints, on both outputs. */
const ofctl = (version: string, ...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile('ovs-ofctl', ['--timeout=5', '-O', version, ...args], (_, output, errors) =>
      resolve(output + errors),
    )
  })

t.test('ovs-ofctl is the controller', { skip: withoutOpenVswitch }, async (t) => {
  const reasons: CloseReason[] = []
  const fake = new FakeSwitch({ datapathId: 0xabcn, ports: [fakePort(1, 'p1')] })
  const server = net.createServer((socket) => {
    fake.attach(socket).catch(({ reason }) => reasons.push(reason))
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.teardown(() => server.close())
  const remote = `tcp:127.0.0.1:${(server.address() as net.AddressInfo).port}`
  t.match(await ofctl('OpenFlow13', 'show', remote), /dpid:0000000000000abc[\s\S]*1\(p1\)/)
  t.match(await ofctl('OpenFlow10,OpenFlow13,OpenFlow14', 'show', remote), /dpid:0000000000000abc/)
  t.match(await ofctl('OpenFlow10', 'show', remote), /version negotiation failed/)
  t.match(await ofctl('OpenFlow14,OpenFlow15', 'show', remote), /version negotiation failed/)
  while (reasons.length < 2) await turn()
  t.match(reasons, [{ code: /version|hello_failed/ }, { code: /version|hello_failed/ }])
})

t.test('ovs-vswitchd is the switch', { skip: withoutOpenVswitch }, async (t) => {
  const open = await startOpenVswitch()
  t.teardown(() => open.stop())
  const connection = await connect({ path: open.management, requestFeatures: true })
  t.ok((connection.features?.datapath_id ?? 0n) > 0n)
  t.equal((await connection.multipart({ type: 'port_desc' })).ports.length, 4)
  t.match(await connection.close(), { code: 'closed' })
})
