/**
 * Whatever dials the OpenFlow port and does not behave as a switch is disconnected in time with one line in the log,
 * and takes neither memory nor time from a bridge that does.
 */
import { connect, type Socket } from 'node:net'
import { Connection, encode, type Message, OFPCR, OFPMPF_MORE, type Outgoing } from '@openvnet/openflow'
import t, { type Test } from 'tap'
import { sleep, until } from '../lab/wait.ts'
import { DPID, type LogLine, Machine, type Vnetd } from './process.ts'

/** vnetd asks a silent switch after 5 s, and gives it up after as long again; so long a handshake may take too. */
const PATIENCE_MS = 10_000
/** This machine may be busy. */
const MARGIN_MS = 3_000
const AT_ONCE_MS = 1_000
const PROMPT_MS = 3_000

const machine = await Machine.create(t)
const vnetd: Vnetd = await machine.vnetd()
await machine.bridge(['port-good'])
await machine.rest.post('networks', { uuid: 'nw-good', ipv4_network: '10.0.0.0' })
await machine.converged()
const goodBridge = async () => (await machine.status()).datapaths.find(({ dpid }) => dpid === DPID)!
const { since: connectedSince } = await goodBridge()

/** A change goes to the good bridge, and is acknowledged soon. */
const isPrompt = async (t: Test): Promise<void> => {
  const begin = performance.now()
  const guest = { network_uuid: 'nw-good', port_name: 'port-good', ipv4_address: '10.0.0.1' }
  await machine.rest.post('interfaces', { uuid: 'if-good', mac_address: '52:54:00:00:00:01', ...guest })
  await machine.rest.delete('interfaces/if-good')
  await machine.converged()
  const took = Math.round(performance.now() - begin)
  t.ok(took < PROMPT_MS, `the good bridge has a change after ${took} ms`)
  const { since, connected, warnings, last_error } = await goodBridge()
  t.same(
    { since, connected, warnings, last_error },
    { since: connectedSince, connected: true, warnings: [], last_error: null },
  )
}

interface Dialled {
  readonly socket: Socket
  /** As it is in the log. */
  readonly peer: string
  /** What it was sent, once it is closed. */
  readonly ended: Promise<Buffer>
}

const dial = async (t: Test): Promise<Dialled> => {
  const socket = connect({ host: '127.0.0.1', port: machine.openflowPort, noDelay: true })
  t.teardown(() => socket.destroy())
  const received: Buffer[] = []
  socket.on('data', (chunk) => received.push(chunk))
  socket.on('error', () => {})
  const ended = new Promise<Buffer>((resolve) => socket.on('close', () => resolve(Buffer.concat(received))))
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, peer: `127.0.0.1:${socket.localPort}`, ended }
}

const linesOf = (peer: string): LogLine[] => vnetd.log().filter((line) => line['peer'] === peer)

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const HELLO = encode({ type: 'hello', xid: 1, version: 4, elements: [] })
const features = (datapath_id: bigint): Outgoing => ({
  type: 'features_reply',
  datapath_id,
  n_buffers: 0,
  n_tables: 254,
  auxiliary_id: 0,
  capabilities: 0,
  reserved: 0,
})
/** All that it takes to be known as a switch. */
const introduction = (datapath_id: bigint): Buffer =>
  Buffer.concat([HELLO, encode({ ...features(datapath_id), xid: 1 } as Message)])

/** The same on every run. */
const noise = (seed: number, length: number): Buffer => {
  let state = seed
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state >>> 24
    }),
  )
}

interface Peer {
  readonly what: string
  readonly sends?: Uint8Array
  /** Octets sent one by one after that, a second apart. */
  readonly drips?: Uint8Array
  /** The code in the log. */
  readonly code: string | RegExp
  readonly within: number
  /** What it hears before it is disconnected, in hexadecimal. */
  readonly hears?: RegExp
}

const AT_ONCE = { code: 'malformed', within: AT_ONCE_MS }
const NO_HANDSHAKE = { code: 'handshake_timeout', within: PATIENCE_MS }
/** Nor does it say which ports it has: whichever is noticed first. */
const SILENT = { code: /inactivity|closed/, within: PATIENCE_MS }

const PEERS: readonly Peer[] = [
  { what: 'a browser', sends: Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'), ...AT_ONCE },
  { what: 'TLS', sends: hex('16 03 01 00 c4 01 00 00 c0 03 03'), ...AT_ONCE },
  ...[1, 2, 3, 4, 5].map((seed) => ({ what: `noise ${seed}`, sends: noise(seed, 5000), ...AT_ONCE })),
  {
    what: 'OpenFlow 1.0 only',
    sends: hex('01 00 0008 00000007'),
    code: 'version',
    within: AT_ONCE_MS,
    // An error in its own version: OFPET_HELLO_FAILED, OFPHFC_INCOMPATIBLE.
    hears: /01 ?01 ?.{4} ?00000007 ?0000 ?0000/,
  },
  {
    what: 'a bitmap of versions without ours',
    sends: hex('06 00 0010 00000001 0001 0008 00000062'),
    code: 'version',
    within: AT_ONCE_MS,
  },
  { what: 'a length of 0', sends: hex('04 00 0000 00000001'), ...AT_ONCE },
  { what: 'another message before the hello', sends: hex('04 02 0008 00000001'), ...AT_ONCE },
  { what: 'nothing', ...NO_HANDSHAKE },
  { what: 'half a header', sends: hex('04 00 00'), ...NO_HANDSHAKE },
  { what: 'half a hello, drop by drop', drips: hex('04 00 0040 00000001'), ...NO_HANDSHAKE },
  {
    what: 'a hello of 65,535 octets, of which few come',
    sends: hex('04 00 ffff 00000001 00'),
    ...NO_HANDSHAKE,
  },
  { what: 'a hello, and no features', sends: HELLO, ...NO_HANDSHAKE },
  {
    what: 'noise after the handshake',
    sends: Buffer.concat([introduction(0xbad1n), noise(6, 5000)]),
    ...AT_ONCE,
  },
  {
    what: 'a length of 0 after the handshake',
    sends: Buffer.concat([introduction(0xbad2n), hex('04 0a 0000 00000000')]),
    ...AT_ONCE,
  },
  {
    what: 'a packet-in shorter than its fields',
    sends: Buffer.concat([introduction(0xbad3n), hex('04 0a 0010 00000000 ffffffff 0000 00 00')]),
    ...AT_ONCE,
  },
  { what: 'silence after the handshake', sends: introduction(0xbad4n), ...SILENT },
  {
    what: 'half a message after the handshake, drop by drop',
    sends: introduction(0xbad5n),
    drips: hex('04 0a ffff 00000000 ffffffff 0000 00 00 0000 0000 0000'),
    ...SILENT,
  },
]

const play = async (
  t: Test,
  { sends, drips = Buffer.alloc(0) }: Peer,
): Promise<Dialled & { took: number; heard: Buffer }> => {
  const dialled = await dial(t)
  const begin = performance.now()
  if (sends !== undefined) dialled.socket.write(sends)
  const left = [...drips]
  const drip = setInterval(() => dialled.socket.write(Uint8Array.from(left.splice(0, 1))), 1000)
  const heard = await dialled.ended
  clearInterval(drip)
  return { ...dialled, took: performance.now() - begin, heard }
}

t.test('each is disconnected in time with one line in the log', async (t) => {
  const all = Promise.all(PEERS.map(async (peer) => ({ ...peer, ...(await play(t, peer)) })))
  await isPrompt(t)
  for (const { what, peer, code, within, took, heard, hears } of await all) {
    t.test(what, async (t) => {
      t.ok(took < within + MARGIN_MS, `after ${Math.round(took)} ms`)
      const lines = linesOf(peer).filter(({ msg }) => msg !== 'switch connected')
      t.match(lines, [{ msg: 'switch disconnected', level: 40, code, reason: /\w/ }])
      t.equal(lines.length, 1, lines.map(({ msg }) => msg).join())
      if (hears !== undefined) t.match(heard.toString('hex'), hears)
    })
  }
})

/** Each is given 13 MB: what is kept for good would show. */
const FLOODS = 12

t.test('a flood of connections, again and again, takes no memory for good', async (t) => {
  const memory: number[] = []
  for (let flood = 1; flood <= FLOODS; flood += 1) {
    const peers = await Promise.all(Array.from({ length: 200 }, () => dial(t)))
    // As much as a connection can be made to hold without being malformed.
    for (const { socket } of peers)
      socket.write(Buffer.concat([hex('04 00 ffff 00000001'), Buffer.alloc(65_000)]))
    await isPrompt(t)
    const first = vnetd.log().length
    if (flood === 1) {
      await Promise.all(peers.map(({ ended }) => ended))
      const closing = new Set(peers.map(({ peer }) => peer))
      // A peer before may have had the same port.
      const linesOfAll = () =>
        vnetd
          .log()
          .slice(first)
          .filter(({ peer }) => closing.has(peer as string))
      // The socket may end before the line about it is read here.
      const lines = await until('one line each', () => linesOfAll().length >= 200 && linesOfAll())
      t.equal(lines.length, 200, 'one line each')
      t.ok(lines.every(({ code }) => code === 'handshake_timeout'))
    } else {
      for (const { socket } of peers) socket.destroy()
      await Promise.all(peers.map(({ ended }) => ended))
    }
    t.ok(vnetd.log().length - first <= 201, 'and no other')
    memory.push(vnetd.memory)
  }
  const growth = memory.at(-1)! - memory[0]!
  t.ok(growth < FLOODS * 8, `MiB resident after each flood: ${memory.map(Math.round).join(', ')}`)
})

/** A switch as far as the handshake, and then one that never stops talking. */
interface Talker {
  readonly what: string
  /** Whether it begins to talk when it receives this. */
  readonly begins: (message: Message) => boolean
  /** The n-th thing that it says. */
  readonly says: (n: number, xid: number) => Outgoing
  /** Milliseconds after which it has had enough; when absent it goes on until it is disconnected. */
  readonly forMs?: number
  /** Why it is disconnected, in the log. */
  readonly ends: RegExp
}

/** MiB that one of them may take, what is not collected yet included, and lines in the log. */
const MOST_MEMORY = 900
const MOST_LINES = 300

const asksFor = (type: string) => (message: Message) =>
  message.type === 'multipart_request' && message.body.type === type

const port = (n: number) => ({
  port_no: (n % 0xffff_0000) + 1,
  hw_addr: n,
  name: `p${n}`,
  config: 0,
  state: 4,
  curr: 0,
  advertised: 0,
  supported: 0,
  peer: 0,
  curr_speed: 0,
  max_speed: 0,
})
const PER_MESSAGE = 500
const several = <T>(n: number, one: (index: number) => T): T[] =>
  Array.from({ length: PER_MESSAGE }, (_, index) => one(n * PER_MESSAGE + index))

const TALKERS: readonly Talker[] = [
  {
    what: 'has ports without end',
    ends: /reply is longer than/,
    begins: asksFor('port_desc'),
    says: (n, xid) => ({
      type: 'multipart_reply',
      xid,
      flags: OFPMPF_MORE,
      body: { type: 'port_desc', ports: several(n, port) },
    }),
  },
  {
    what: 'has flows of ours without end',
    ends: /more than 300000 flows/,
    begins: asksFor('flow'),
    says: (n, xid) => ({
      type: 'multipart_reply',
      xid,
      flags: OFPMPF_MORE,
      body: {
        type: 'flow',
        flows: several(n, (index) => ({
          table_id: 0,
          duration_sec: 0,
          duration_nsec: 0,
          priority: 1,
          idle_timeout: 0,
          hard_timeout: 0,
          flags: 0,
          cookie: 0x4f56n,
          packet_count: 0n,
          byte_count: 0n,
          match: [{ field: 'eth_dst', value: index, mask: null }],
          instructions: [],
        })),
      },
    }),
  },
  {
    what: 'adds ports without end',
    ends: /more than 65536 ports/,
    begins: asksFor('flow'),
    says: (n) => ({ type: 'port_status', reason: 0, port: port(n) }),
  },
  {
    what: 'has errors without end',
    forMs: 3000,
    ends: /the peer ended/,
    begins: asksFor('flow'),
    says: (n) => ({
      type: 'error',
      xid: 0x8000_0000 + n,
      version: 4,
      error_type: 1,
      code: 1,
      experimenter: null,
      data: new Uint8Array(64),
    }),
  },
]

/** The longest that one may talk; they say more than is believed in less. */
const TALKS_MS = 60_000

/** Talks until it is disconnected, or has talked as long as it wanted. */
const talk = async (
  t: Test,
  { begins, says, forMs = TALKS_MS }: Talker,
  datapath_id: bigint,
): Promise<{ peer: string; said: number }> => {
  const { socket, peer } = await dial(t)
  socket.removeAllListeners('data')
  const end = performance.now() + forMs
  let said = 0
  let spoken = Promise.resolve()
  const speak = async (xid: number): Promise<void> => {
    for (; performance.now() < end && connection.reason === null && xid === latest; said += 1) {
      connection.send(says(said, xid))
      await connection.drained().catch(() => {})
      if (said % 20 === 0) await sleep(0)
    }
    if (xid === latest) await connection.close()
  }
  // When it is asked again, it begins again.
  let latest = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const connection: Connection = new Connection({
    socket,
    onMessage: (message) => {
      if (message.type === 'features_request')
        connection.send({ ...features(datapath_id), xid: message.xid } as Outgoing)
      else if (message.type === 'role_request')
        connection.send({ ...message, type: 'role_reply', role: OFPCR.PRIMARY })
      else if (begins(message)) {
        latest = message.xid
        spoken = speak(message.xid)
      } else if (message.type === 'multipart_request')
        connection.send(emptyReply(message.xid, message.body.type))
    },
    onClose: () => resolve(),
  })
  await promise
  await spoken
  return { peer, said }
}

const emptyReply = (xid: number, type: string): Outgoing => {
  const bodies: Record<string, object> = {
    port_desc: { type, ports: [] },
    group_desc: { type, groups: [] },
    meter_config: { type, meters: [] },
    flow: { type, flows: [] },
    flow_monitor: { type, updates: [] },
  }
  return { type: 'multipart_reply', xid, flags: 0, body: bodies[type] } as Outgoing
}

for (const [index, talker] of TALKERS.entries()) {
  t.test(`a switch that ${talker.what}`, async (t) => {
    const before = vnetd.memory
    const talking = talk(t, talker, 0xbeef00n + BigInt(index))
    await sleep(1000)
    await isPrompt(t)
    const { peer, said } = await talking
    const growth = Math.round(vnetd.memory - before)
    t.ok(growth < MOST_MEMORY, `${growth} MiB more after ${said} messages`)
    const lines = await until('the connection ends on the other side too', () => {
      const found = linesOf(peer)
      return found.at(-1)?.msg === 'switch disconnected' && found
    })
    t.ok(lines.length < MOST_LINES, `${lines.length} lines in the log`)
    t.match(lines.at(-1)!['reason'], talker.ends)
  })
}

t.test('vnetd is well', async (t) => {
  await isPrompt(t)
  t.same(
    vnetd.log().filter(({ level }) => level >= 50),
    [],
  )
  t.equal(await vnetd.stop(), 0)
})
