/** Connection and FakeSwitch over TLS, with certificates made for the occasion. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import {
  type CloseReason,
  Connection,
  type ConnectionClosed,
  connect as connectTo,
  type FeaturesReply,
  listen as listenFor,
  type Message,
  OFPG,
  OFPP,
} from '@openvnet/openflow'
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import t from 'tap'

type Tap = Pick<typeof t, 'teardown'>

interface Identity {
  readonly key: Buffer
  readonly cert: Buffer
}

function selfSigned(directory: string, name: string): Identity {
  const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)]
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...made, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

interface Session {
  readonly connection: Connection
  readonly features: FeaturesReply | null
  readonly messages: Message[]
  readonly closed: Promise<CloseReason>
}

interface Controller {
  readonly port: number
  readonly session: Promise<Session>
}

/** A controller that takes the switches whose certificate it knows. */
async function listen(t: Tap, identity: Identity, peer: Identity): Promise<Controller> {
  const session = Promise.withResolvers<Session>()
  const server = tls.createServer({ ...identity, ca: peer.cert, requestCert: true, rejectUnauthorized: true })
  server.on('secureConnection', (socket) => {
    const messages: Message[] = []
    const closed = Promise.withResolvers<CloseReason>()
    const connection: Connection = new Connection({
      socket,
      requestFeatures: true,
      onReady: (features) => session.resolve({ connection, features, messages, closed: closed.promise }),
      onMessage: (message) => messages.push(message),
      onClose: (reason) => closed.resolve(reason),
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { port: (server.address() as AddressInfo).port, session: session.promise }
}

const directory = mkdtempSync(join(tmpdir(), 'openflow-tls-'))
t.teardown(() => rmSync(directory, { recursive: true }))
const controllerIdentity = selfSigned(directory, 'controller')
const switchIdentity = selfSigned(directory, 'switch')

const connect = (port: number, identity: Identity): tls.TLSSocket =>
  tls.connect({ port, host: '127.0.0.1', ...identity, ca: controllerIdentity.cert, servername: 'controller' })

const ports = Array.from({ length: 1200 }, (_, index) => fakePort(index + 1, `p${index + 1}`))

t.test('a session over TLS', async (t) => {
  const controller = await listen(t, controllerIdentity, switchIdentity)
  const fake = new FakeSwitch({ datapathId: 0x77n, ports })
  await fake.attach(connect(controller.port, switchIdentity))
  const { connection, features, messages, closed } = await controller.session
  t.equal(features?.datapath_id, 0x77n)

  t.equal(
    (await connection.multipart({ type: 'port_desc' })).ports.length,
    1200,
    'a reply of several messages',
  )
  fake.removePort(3)
  await connection.barrier()
  t.match(messages, [{ type: 'port_status', reason: 1, port: { port_no: 3 } }])
  const echo = await connection.request({ type: 'echo_request', data: Uint8Array.of(1, 2, 3) })
  t.same([...echo.data], [1, 2, 3])

  const flow = {
    type: 'flow_mod',
    cookie: 0n,
    cookie_mask: 0n,
    table_id: 0,
    command: 0,
    idle_timeout: 0,
    hard_timeout: 0,
    buffer_id: 0xffffffff,
    out_port: OFPP.ANY,
    out_group: OFPG.ANY,
    flags: 0,
    match: [],
    instructions: [],
  } as const
  const flows = Array.from({ length: 5000 }, (_, priority) => ({ ...flow, priority }))
  connection.sendAll(flows)
  // Graceful: what was sent before still arrives, and both sides know why it ended.
  t.equal((await connection.close()).code, 'closed')
  t.equal((await closed).code, 'closed')
  t.equal(fake.flowCount, 5000)
})

t.test('a peer that ends ends the connection', async (t) => {
  const controller = await listen(t, controllerIdentity, switchIdentity)
  const fake = new FakeSwitch({ datapathId: 1n })
  await fake.attach(connect(controller.port, switchIdentity))
  const { closed, connection } = await controller.session
  await connection.request({ type: 'role_request', role: 1, generation_id: 0n })
  await fake.disconnect()
  t.equal((await closed).code, 'ended')
  await t.rejects(connection.barrier(), { name: 'ConnectionClosed' })
})

t.test('a peer without a known certificate gets no session', async (t) => {
  const controller = await listen(t, controllerIdentity, switchIdentity)
  const stranger = new FakeSwitch({ datapathId: 1n })
  await t.rejects(stranger.attach(connect(controller.port, selfSigned(directory, 'stranger'))), {
    name: 'ConnectionClosed',
  })
})

t.test('a controller that the switch does not know gets none either', async (t) => {
  const controller = await listen(t, selfSigned(directory, 'impostor'), switchIdentity)
  const fake = new FakeSwitch({ datapathId: 1n })
  await t.rejects(fake.attach(connect(controller.port, switchIdentity)), {
    name: 'ConnectionClosed',
    reason: { code: 'socket_error' },
  })
})

t.test('why there is no session is a sentence, at both ends', async (t) => {
  const refused: string[] = []
  const { cert: ca } = switchIdentity
  const listener = await listenFor({
    port: 0,
    host: '127.0.0.1',
    tls: { ...controllerIdentity, ca, requestCert: true },
    accept: () => ({}),
    onRefused: ({ message }) => refused.push(message),
  })
  t.teardown(() => listener.close())
  const isTold = async (pattern: RegExp): Promise<boolean> => {
    while (!refused.some((message) => pattern.test(message))) await sleep(5)
    return true
  }
  const reasonOf = async (
    identity: tls.ConnectionOptions,
    port = listener.port as number,
  ): Promise<string> => {
    const base = { ca: controllerIdentity.cert, servername: 'controller' }
    try {
      const connection = await connectTo({ port, host: '127.0.0.1', tls: { ...base, ...identity } })
      await connection.close()
      return 'a session'
    } catch (error) {
      return (error as ConnectionClosed).reason.message
    }
  }
  t.equal(await reasonOf(switchIdentity), 'a session')
  t.same(refused, [])
  const stranger = selfSigned(directory, 'unknown')
  t.match(await reasonOf({ ...switchIdentity, ca: stranger.cert }), /certificate of the peer is self-signed/)
  t.match(
    await reasonOf({ ...switchIdentity, servername: 'other' }),
    /certificate of the peer is for another host/,
  )
  t.match(await reasonOf({}), /TLS: the peer wants a certificate of us/)
  t.ok(await isTold(/TLS: the peer has no certificate/))
  // The switch is told nothing but that it is over; who wonders looks into the log of the other end.
  t.not(await reasonOf(stranger), 'a session')
  t.ok(await isTold(/TLS: the certificate of the peer is self-signed .*DEPTH_ZERO_SELF_SIGNED_CERT/))

  const plain = await listenFor({ port: 0, host: '127.0.0.1', accept: () => ({}) })
  t.teardown(() => plain.close())
  t.match(await reasonOf(switchIdentity, plain.port as number), /TLS: the peer does not speak TLS/)
  await t.rejects(connectTo({ port: listener.port as number, host: '127.0.0.1' }), {
    name: 'ConnectionClosed',
  })
  t.ok(await isTold(/TLS: the peer does not speak TLS/))
})
