/** Sessions against switches that are played: well-behaved, hostile, slow, dying, old. */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import {
  Connection,
  encode,
  type Message,
  type MultipartReplyBody,
  OFP_NO_BUFFER,
  OFP_VERSION,
  OFPBCT,
  OFPET,
  OFPP,
  ONF_ERROR,
} from '@openvnet/openflow'
import { type FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import t, { type Test } from 'tap'
import { fake, start, until } from '../../test/played_switches.ts'
import { apply, flow, group, manyFlows, meter, output, StandInEngine } from '../../test/stand_in_engine.ts'
import { listen } from './listener.ts'

t.test('each switch gets its flows, keeps them over reconnections, and is in the status', async (t) => {
  const engine = new StandInEngine(manyFlows(10), [group(1, [output(1)])])
  const { port, settled, switches, disconnections } = await start(t, engine)
  const played = await Promise.all([1, 2, 3].map((id) => fake(t, port, id)))
  for (const [index, each] of played.entries()) {
    const status = await settled(index + 1)
    t.match(status, {
      flows: 10,
      groups: 1,
      flow_mods_sent: 10,
      group_mods_sent: 1,
      meters: 0,
      meter_mods_sent: 0,
      packet_outs: 0,
      packet_outs_dropped: 0,
      punts: {},
      connected: true,
      last_error: null,
    })
    t.equal(each.flowCount, 10)
    t.equal(each.groups.size, 1)
  }
  await played[0]!.disconnect()
  await until(() => !switches.statuses()[0]!.connected, 'disconnected')
  t.match(
    switches.statuses()[0],
    { peer: null, flow_mods_sent: 10, current: false },
    'of later changes it has none',
  )
  t.equal(disconnections().length, 1)
  t.equal(engine.facts.at(-1), 'disconnected 0x0000000000000001', 'the engine knows')
  await played[0]!.connect({ port, host: '127.0.0.1' })
  t.match(await settled(1), { flow_mods_sent: 10 })
})

t.test('a change that comes right on an acknowledgement is not missed', async (t) => {
  const engine = new StandInEngine()
  let wanted = 0
  const { port, switches, status } = await start(t, engine, {
    onStatus: () => {
      if (status(1)?.acknowledged_revision !== engine.revision || wanted === 200) return
      void Promise.resolve().then(() => {
        wanted += 1
        engine.add(flow({ priority: wanted }))
      })
    },
  })
  const played = await fake(t, port, 1)
  await until(() => played.flowCount === 200, 'all flows')
  await until(() => switches.statuses()[0]!.acknowledged_revision === engine.revision, 'acknowledged')
})

const PACKET: Message = {
  type: 'packet_in',
  xid: 0,
  buffer_id: 0xffffffff,
  total_len: 60,
  reason: 0,
  table_id: 3,
  cookie: 0n,
  match: [],
  data: new Uint8Array(60),
}

t.test('ports and packets are passed on and counted', async (t) => {
  const engine = new StandInEngine()
  const { port, settled, lines, status } = await start(t, engine)
  const played = await fake(t, port, 1)
  await settled(1)
  t.strictSame([...engine.ports.values()], [new Map([['p1', 1]])])
  played.setPort(fakePort(2, 'p2'))
  played.removePort(1)
  for (let count = 0; count < 1000; count++) played.send(PACKET)
  await until(() => status(1).packet_ins === 1000, 'packets')
  t.strictSame(engine.facts.slice(1), ['0x0000000000000001 p2 2', '0x0000000000000001 p1 null'])
  t.equal(lines.filter(({ msg }) => msg === 'packet from the switch').length, 1)
})

const STANDS_BY = /^a second connection from 127\.0\.0\.1:\d+ stands by; one controller target is enough/

t.test('a second connection of a switch stands by, and takes over when the first ends', async (t) => {
  const engine = new StandInEngine(manyFlows(10))
  const { port, settled, disconnections, lines, switches, status } = await start(t, engine, {
    probeInterval: 200,
  })
  const first = await fake(t, port, 1)
  const { peer } = await settled(1)
  const second = await fake(t, port, 1, { ports: [fakePort(5, 'p1')] })
  await until(() => status(1).warnings.length === 1, 'it stands by')
  t.match(status(1).warnings, [STANDS_BY])
  second.send(PACKET)
  second.setPort(fakePort(6, 'p6'))
  await delay(3000)
  t.strictSame([first.connected, second.connected, second.flowCount], [true, true, 0])
  t.match(status(1), { connected: true, peer, flow_mods_sent: 10, packet_ins: 0, last_error: null })
  t.match(status(1).warnings, [STANDS_BY])
  t.equal(disconnections().length, 0)
  t.equal(lines.filter(({ msg }) => msg === 'switch connected').length, 1)
  t.match(
    lines.filter(({ msg }) => msg.includes('stands by')),
    [{ level: 30, dpid: '0x0000000000000001' }],
    'said once',
  )
  engine.want(manyFlows(11))
  await settled(1)
  t.strictSame([first.flowCount, second.flowCount], [11, 0])

  await first.disconnect()
  await until(() => second.flowCount === 11, 'the second has its flows')
  t.match(await settled(1), { flow_mods_sent: 22, warnings: [], last_error: null })
  t.not(status(1).peer, peer)
  t.strictSame(engine.ports.get('0x0000000000000001'), new Map(Object.entries({ p1: 5, p6: 6 })))
  t.notOk(engine.facts.includes('disconnected 0x0000000000000001'), 'the switch was never gone')
  second.send(PACKET)
  second.setPort(fakePort(7, 'p7'))
  await until(() => status(1).packet_ins === 1, 'its packets count')
  t.equal(engine.facts.at(-1), '0x0000000000000001 p7 7')
  engine.want(manyFlows(12))
  await settled(1)
  t.strictSame([first.flowCount, second.flowCount], [11, 12])
  t.equal(switches.statuses().length, 1)
  await second.disconnect()
  await until(() => engine.facts.at(-1) === 'disconnected 0x0000000000000001', 'now it is')
})

t.test('a connection that no longer answers is replaced when the switch connects again', async (t) => {
  const engine = new StandInEngine(manyFlows(10))
  const { port, settled, disconnections, status } = await start(t, engine)
  const first = await fake(t, port, 1)
  const { peer } = await settled(1)
  const old = await fake(t, port, 1)
  await until(() => status(1).warnings.length === 1, 'one stands by')
  first.stopReading()
  old.stopReading()
  const begin = performance.now()
  const newcomer = await fake(t, port, 1)
  await until(() => newcomer.flowCount === 10, 'the newcomer is used, not the one that stood by')
  t.ok(performance.now() - begin < 2000, 'within two seconds')
  await settled(1)
  t.not(status(1).peer, peer)
  t.equal(status(1).last_error, null, 'it is as it should be')
  await until(() => disconnections().length > 0, 'the first is closed')
  t.match(disconnections(), [{ reason: /no answer when the switch connected again/ }])
  await delay(1500)
  t.equal(disconnections().length, 1)
  t.match(status(1), { connected: true, flow_mods_sent: 20 })
})

t.test('one that answers late is kept; one that stands by and dies is noticed', async (t) => {
  const engine = new StandInEngine()
  const { port, settled, disconnections, status, lines } = await start(t, engine, { probeInterval: 300 })
  const first = await fake(t, port, 1)
  const { peer } = await settled(1)
  first.stopReading()
  const busy = setInterval(() => first.send(PACKET), 100)
  t.teardown(() => clearInterval(busy))
  const second = await fake(t, port, 1)
  await until(() => status(1).warnings.length === 1, 'it stands by')
  second.stopReading()
  await until(() => status(1).warnings.length === 0, 'it is gone')
  t.match(
    lines.filter(({ level }) => level > 30),
    [{ msg: 'unused connection of the switch ended', code: 'inactivity' }],
  )
  t.match(status(1), { connected: true, peer, last_error: null })
  t.equal(disconnections().length, 0)
})

t.test('the one that stands by longest takes over, and not any number may', async (t) => {
  const engine = new StandInEngine(manyFlows(3))
  const { port, settled, lines, status, switches } = await start(t, engine)
  const played: FakeSwitch[] = []
  for (let count = 1; count <= 5; count++) {
    played.push(await fake(t, port, 1))
    await settled(1)
    const standBy = () => lines.filter(({ msg }) => msg.endsWith('stands by')).length
    await until(() => standBy() === count - 1, `${count} connections`)
  }
  t.match(status(1).warnings, [/^4 more connections, from (\S+ and ){3}\S+, stand by; /])
  const refused = await fake(t, port, 1)
  await until(() => !refused.connected, 'a sixth is closed')
  const unused = () => lines.filter(({ msg }) => msg === 'unused connection of the switch ended')
  await until(() => unused().length === 1, 'with a line')
  t.match(unused(), [{ level: 30, reason: /4 other connections/ }])

  await played[2]!.disconnect()
  await until(() => unused().length === 2, 'one that stands by may go')
  t.match(status(1), { connected: true, warnings: [/^3 more/] })
  played[0]!.kill()
  await until(() => played[1]!.flowCount === 3, 'the second takes over')
  await settled(1)
  t.strictSame(
    played.map(({ flowCount }) => flowCount),
    [3, 3, 0, 0, 0],
  )
  await switches.close()
  t.equal(lines.filter(({ msg }) => msg === 'switch connected').length, 2, 'none is promoted when we stop')
  t.match(status(1), { connected: false, peer: null, warnings: [] })
})

t.test('connections that do not say who they are are bounded in number', async (t) => {
  const { port, settled, lines } = await start(t, new StandInEngine(), {
    maxUnidentified: 5,
    probeInterval: 500,
  })
  const sockets = Array.from({ length: 20 }, () => connect({ port, host: '127.0.0.1' }))
  t.teardown(() => sockets.map((socket) => socket.destroy()))
  let closed = 0
  for (const socket of sockets) socket.on('error', () => undefined).on('close', () => (closed += 1))
  for (const socket of sockets) socket.resume()
  await until(() => closed >= 15, 'those beyond are closed')
  t.equal(closed, 15)
  const warned = lines.filter(({ msg }) => msg.startsWith('too many connections'))
  t.equal(warned.length, 1, 'one line')
  await until(() => closed === 20, 'the others after their time')
  await fake(t, port, 1)
  await settled(1)
  for (let id = 2; id < 10; id++) await fake(t, port, id).then(() => settled(id))
  t.pass('who says who it is does not count')
})

const hello = encode({
  type: 'hello',
  xid: 1,
  version: 4,
  elements: [{ type: 'versionbitmap', versions: [4] }],
})
const oldHello = encode({ type: 'hello', xid: 1, version: 1, elements: [] })
const features = (xid: number): Message => ({
  type: 'features_reply',
  xid,
  datapath_id: 66n,
  n_buffers: 0,
  n_tables: 254,
  auxiliary_id: 0,
  capabilities: 0,
  reserved: 0,
})
const identified = [hello, encode(features(2))]

t.test(
  'whoever does not speak OpenFlow is disconnected with one line, and nobody else notices',
  async (t) => {
    const engine = new StandInEngine(manyFlows(10))
    const { port, settled, lines, status } = await start(t, engine, { probeInterval: 100 })
    await fake(t, port, 1)
    await settled(1)
    const peers: [string, string, (socket: Socket) => void][] = [
      ['an HTTP request', 'malformed', (socket) => socket.write('GET / HTTP/1.1\r\nHost: example\r\n\r\n')],
      ['zeros', 'malformed', (socket) => socket.write(new Uint8Array(100))],
      ['nothing', 'handshake_timeout', () => undefined],
      ['a hello only', 'handshake_timeout', (socket) => socket.write(hello)],
      ['half a hello', 'handshake_timeout', (socket) => socket.write(hello.subarray(0, 5))],
      ['half a hello and the end', 'truncated', (socket) => socket.end(hello.subarray(0, 5))],
      ['an unsupported version', 'version', (socket) => socket.write(oldHello)],
      [
        'half a message later on',
        'inactivity',
        (socket) => socket.write(Buffer.concat([...identified, hello.subarray(0, 5)])),
      ],
      ['silence later on', 'inactivity', (socket) => socket.write(Buffer.concat(identified))],
      [
        'a message of length 3 later on',
        'malformed',
        (socket) => socket.write(Buffer.concat([...identified, Buffer.of(4, 10, 0, 3, 0, 0, 0, 0)])),
      ],
    ]
    for (const [name, code, behave] of peers) {
      const before = lines.length
      const socket = connect({ port, host: '127.0.0.1' })
      socket.on('error', () => undefined).resume()
      behave(socket)
      await until(() => lines.slice(before).some(({ msg }) => msg === 'switch disconnected'), name)
      socket.destroy()
      const concerning = lines.slice(before).filter(({ level }) => level > 30)
      t.match(concerning, [{ code, level: 40 }], name)
      t.equal(concerning.length, 1, `${name}: one line`)
    }
    t.match(status(1), { connected: true, last_error: null })
    engine.want(manyFlows(11))
    await settled(1)
  },
)

t.test('a switch that stops reading is given up, and does not delay the others', async (t) => {
  const engine = new StandInEngine()
  const { port, settled, status } = await start(t, engine, { probeInterval: 300 })
  const slow = await fake(t, port, 1)
  await fake(t, port, 2)
  await Promise.all([settled(1), settled(2)])
  slow.stopReading()
  const flows = manyFlows(100_000)
  engine.want(flows)
  await settled(2)
  await until(() => !status(1).connected, 'given up')
  t.match(status(1).last_error, /silent|does not take/)
  t.ok(status(1).flow_mods_sent < 100_000, 'not all was queued')
  await slow.connect({ port, host: '127.0.0.1' })
  await settled(1)
  t.equal(slow.flowCount, flows.length)
})

t.test('a bundle begins behind the barrier of its meters; they go when it is committed', async (t) => {
  const seen: string[] = []
  const engine = new StandInEngine(manyFlows(3))
  const { port, settled } = await start(t, engine)
  const played = await fake(t, port, 1, {
    onMessage: ({ type }) => {
      if (type === 'meter_mod' || type === 'barrier_request' || type === 'bundle_control') seen.push(type)
    },
  })
  await settled(1)
  seen.length = 0
  const { meter_id, ...limit } = meter(0x1000001, 20)
  const metered = flow({ table_id: 8, priority: 1, instructions: [{ type: 'meter', meter_id }] })
  engine.want([...manyFlows(3), metered], [], [{ meter_id, ...limit }])
  await settled(1)
  const [plain, bundle] = [['meter_mod', 'barrier_request'], Array(3).fill('bundle_control')]
  t.strictSame(seen.splice(0), [...plain, ...bundle])
  t.strictSame([...played.meters.keys()], [meter_id])
  engine.want(manyFlows(3))
  await settled(1)
  t.strictSame(seen, [...bundle, ...plain])
  t.equal(played.meters.size, 0)
})

t.test('a commit whose answer is lost is not done again', async (t) => {
  const engine = new StandInEngine()
  const { port, settled, status } = await start(t, engine)
  let dies = false
  const played: FakeSwitch = await fake(t, port, 1, {
    onMessage: (message) => {
      if (dies && message.type === 'bundle_control' && message.control === OFPBCT.COMMIT_REQUEST)
        played.kill()
    },
  })
  await settled(1)
  dies = true
  engine.want(manyFlows(100))
  await until(() => !status(1).connected, 'dead')
  t.equal(played.flowCount, 100, 'it did commit')
  t.not(status(1).acknowledged_revision, engine.revision)
  dies = false
  await played.connect({ port, host: '127.0.0.1' })
  t.match(await settled(1), { flow_mods_sent: 100 })
})

t.test('the error of a connection is in the status until all is well again', async (t) => {
  const engine = new StandInEngine(manyFlows(3))
  const { port, settled, status } = await start(t, engine, { probeInterval: 100 })
  const played = await fake(t, port, 1)
  await settled(1)
  played.stopReading()
  await until(() => !status(1).connected, 'given up')
  t.match(status(1).last_error, /silent/)
  await played.connect({ port, host: '127.0.0.1' })
  t.equal((await settled(1)).last_error, null)
})

t.test('the engine hears which switches are forgotten', async (t) => {
  const engine = new StandInEngine()
  const { port, settled, switches } = await start(t, engine)
  await fake(t, port, 1)
  await settled(1)
  const pass = async (id: number) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined).resume()
    socket.write(Buffer.concat([hello, encode({ ...features(2), datapath_id: BigInt(id) } as Message)]))
    const dpid = `0x${id.toString(16).padStart(16, '0')}`
    await until(() => switches.statuses().some((each) => each.dpid === dpid), 'identified')
    socket.destroy()
    await until(() => engine.facts.includes(`disconnected ${dpid}`), 'disconnected')
  }
  for (let id = 2; id <= 1001; id++) await pass(id)
  const forgotten = () => engine.facts.filter((fact) => fact.startsWith('forgotten'))
  t.strictSame(forgotten(), [])
  for (let id = 1002; id <= 1003; id++) await pass(id)
  t.strictSame(forgotten(), ['forgotten 0x0000000000000002', 'forgotten 0x0000000000000003'])
  t.equal(switches.statuses().length, 1001)
  t.ok(engine.facts.indexOf('disconnected 0x0000000000000002') < engine.facts.indexOf(forgotten()[0]!))
})

const EMPTY: Readonly<Record<string, MultipartReplyBody>> = {
  flow: { type: 'flow', flows: [] },
  group_desc: { type: 'group_desc', groups: [] },
  meter_config: { type: 'meter_config', meters: [] },
  port_desc: { type: 'port_desc', ports: [] },
}

/** A switch's end of a connection that answers as the test says, and otherwise as an empty switch. */
function play(t: Test, port: number, answer: (message: Message, connection: Connection) => boolean) {
  const socket = connect({ port, host: '127.0.0.1' })
  t.teardown(() => socket.destroy())
  const connection: Connection = new Connection({
    socket,
    onMessage: (message) => {
      const { xid } = message
      if (answer(message, connection)) return
      if (message.type === 'features_request')
        connection.send({ ...features(xid), datapath_id: 7n } as Message)
      if (message.type === 'role_request') connection.send(errorTo(message, OFPET.ROLE_REQUEST_FAILED, 1))
      if (message.type === 'barrier_request') connection.send({ type: 'barrier_reply', xid })
      if (message.type === 'bundle_control') connection.send({ ...message, control: message.control + 1 })
      const body = message.type === 'multipart_request' ? EMPTY[message.body.type] : undefined
      if (body !== undefined) connection.send({ type: 'multipart_reply', xid, flags: 0, body })
    },
  })
}
const errorTo = (
  { xid }: Message,
  error_type: number,
  code: number,
  experimenter: number | null = null,
): Message => ({
  type: 'error',
  xid,
  version: OFP_VERSION,
  error_type,
  code,
  experimenter,
  data: new Uint8Array(0),
})

t.test('a switch without bundles gets plain messages, in order, and a barrier', async (t) => {
  const wanted = [group(1, [output(1)])]
  const engine = new StandInEngine(
    [
      flow({ instructions: [apply({ type: 'group', group_id: 0x40000001 })] }),
      flow({ priority: 1, why: 'bad' }),
    ],
    wanted,
  )
  const { port, settled } = await start(t, engine)
  const received: string[] = []
  play(t, port, (message, connection) => {
    received.push(message.type)
    if (message.type === 'bundle_control') connection.send(errorTo(message, OFPET.BAD_REQUEST, 3))
    else if (message.type === 'flow_mod' && message.priority === 1)
      connection.send(errorTo(message, OFPET.FLOW_MOD_FAILED, 1))
    else return false
    return true
  })
  const status = await settled(7)
  t.match(status.warnings, [/OFPFMFC_TABLE_FULL.*bad/])
  const modifications = received.slice(received.indexOf('bundle_control'))
  t.strictSame(modifications, ['bundle_control', 'group_mod', 'flow_mod', 'flow_mod', 'barrier_request'])
})

t.test('an answer that explains nothing makes us read the switch again', async (t) => {
  const engine = new StandInEngine([flow({})])
  const { port, settled, lines } = await start(t, engine)
  let commits = 0
  let dumps = 0
  play(t, port, (message, connection) => {
    if (message.type === 'multipart_request' && message.body.type === 'flow') dumps += 1
    if (message.type !== 'bundle_control' || message.control !== OFPBCT.COMMIT_REQUEST) return false
    commits += 1
    if (commits > 2) return false
    connection.send(errorTo(message, OFPET.EXPERIMENTER, ONF_ERROR.OFPBFC_TIMEOUT, 0x4f4e4600))
    return true
  })
  await settled(7)
  t.strictSame([commits, dumps], [3, 3])
  t.equal(lines.filter(({ level }) => level === 40).length, 2, 'a line for each')
})

t.test('what nobody could compute is not acknowledged', async (t) => {
  const engine = new StandInEngine(manyFlows(1))
  let hasFailed = false
  const desired = () => (hasFailed ? undefined : engine.desired())
  const { port, settled, status } = await start(t, engine, { desired })
  const played = await fake(t, port, 1)
  await settled(1)
  const before = engine.revision
  hasFailed = true
  engine.want(manyFlows(2))
  await delay(200)
  t.match(status(1), { connected: true, acknowledged_revision: before })
  hasFailed = false
  engine.want(manyFlows(3))
  await settled(1)
  t.equal(played.flowCount, 3)
})

t.test(
  'after the engine has started over everything is compared, and old revisions count no more',
  async (t) => {
    const engine = new StandInEngine(manyFlows(3))
    const { port, settled, switches, status } = await start(t, engine)
    const played = await fake(t, port, 1)
    engine.revision = 500
    engine.want(manyFlows(3))
    await settled(1)
    // Another store, in which two of the flows are not wanted; the engine does not know that they were.
    engine.listen((dpid, { revision }) => {
      const nothing = { flows: new Set<string>(), groups: new Set<number>(), meters: new Set<number>() }
      switches.changed(dpid, { revision, since: 0, everything: true, ...nothing })
      t.equal(status(1).acknowledged_revision, 0, 'at once')
    })
    engine.revision = 3
    engine.want(manyFlows(1))
    await settled(1)
    t.equal(played.flowCount, 1)
    t.equal(status(1).acknowledged_revision, 4)
  },
)

t.test('that a connection is given up is told before its socket is closed', async (t) => {
  const told: string[] = []
  const { port, disconnections, status } = await start(t, new StandInEngine(), {
    onStatus: () => {
      const { last_error } = status(7)
      if (last_error !== null) told.push(`${last_error}, ${disconnections().length} disconnections`)
    },
  })
  play(t, port, (message, connection) => {
    if (message.type !== 'multipart_request' || message.body.type !== 'port_desc') return false
    connection.send(errorTo(message, OFPET.BAD_REQUEST, 0))
    return true
  })
  await until(() => told.length > 0, 'told')
  t.match(told[0], /^ports unknown: .*, 0 disconnections$/)
})

/** A port that nobody listens on, as far as anybody knows. */
const freePort = async (): Promise<number> => {
  const listener = await listen({
    addresses: [{ host: '127.0.0.1', port: 0 }],
    onSocket: () => undefined,
    onError: () => undefined,
  })
  await listener.close()
  return listener.addresses[0]!.port
}

t.test('a switch that dials at once is not heard before all addresses are listened on', async (t) => {
  // The name has to be looked up, the address has not: between the two somebody may come.
  for (let round = 0; round < 40; round += 1) {
    const port = await freePort()
    const heard: boolean[] = []
    let isListening = false
    const listening = listen({
      addresses: [
        { host: '127.0.0.1', port },
        { host: 'localhost', port: 0 },
      ],
      onSocket: (socket) => {
        heard.push(isListening)
        socket.destroy()
      },
      onError: () => undefined,
    })
    const clients: Socket[] = []
    const dial = (): void => {
      const client = connect(port, '127.0.0.1').on('error', () => undefined)
      clients.push(client.resume())
    }
    setImmediate(dial)
    const listener = await listening
    isListening = true
    dial()
    await until(() => heard.length > 0, 'somebody is heard')
    for (const client of clients) client.destroy()
    await listener.close()
    t.notOk(heard.includes(false), `round ${round}`)
  }
})

t.test('answers for a switch that does not read are dropped and counted, not kept', async (t) => {
  const engine = new StandInEngine(manyFlows(1))
  const answer = {
    type: 'packet_out',
    buffer_id: OFP_NO_BUFFER,
    in_port: OFPP.CONTROLLER,
    actions: [],
    data: new Uint8Array(60_000),
  } as const
  const { port, settled, status } = await start(t, engine, {
    answer: () => ({ kind: 'icmp_error', outcome: 'answered', packets: [answer] }),
  })
  const played = await fake(t, port, 1)
  await settled(1)
  const send = () => played.send({ type: 'nxt_packet_in2', xid: 0, properties: [] })
  send()
  await until(() => played.received.get('packet_out') === 1, 'an answer')
  played.stopReading()
  const before = process.memoryUsage().arrayBuffers
  // The system takes some megabytes; 600 MB of answers would follow.
  for (let n = 0; n < 10_000; n++) send()
  await until(() => status(1).packet_ins === 10_001, 'all are read')
  const { packet_outs, packet_outs_dropped, punts } = status(1)
  t.equal(packet_outs! + packet_outs_dropped!, 10_001)
  t.ok(packet_outs! < 1000, `${packet_outs} sent`)
  t.strictSame(punts, { icmp_error: { answered: 10_001 } })
  t.ok(process.memoryUsage().arrayBuffers - before < 50e6)
  played.startReading()
  await until(() => played.received.get('packet_out') === packet_outs, 'what was taken arrives')
})
