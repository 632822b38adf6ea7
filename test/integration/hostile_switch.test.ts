/** Whatever connects to the OpenFlow port and misbehaves is disconnected with a log line, and nobody else notices. */
import { connect, type Socket } from 'node:net'
import { encode } from '@openvnet/openflow'
import t from 'tap'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'

/** Milliseconds until a peer that does not finish its handshake is given up: 10 s, and some. */
const PATIENCE = 15_000

const world = await LabWorld.running(walkthrough)
t.teardown(() => world.close())
const { site } = world
const before = (await site.datapath(BR0.dpid))!
const ping = world.guest('ns1').pingStart('172.16.2.3', { interval: 0.02 })

const open = async (): Promise<Socket> => {
  const socket = connect(site.openflowSocket)
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.resume()
  return socket
}

const closed = async (socket: Socket): Promise<void> => {
  if (!socket.readableEnded && !socket.destroyed)
    await new Promise((resolve) => socket.once('end', resolve).once('close', resolve))
  socket.destroy()
}

const HELLO = encode({
  type: 'hello',
  xid: 1,
  version: 4,
  elements: [{ type: 'versionbitmap', versions: [4] }],
})
const features = (datapath_id: bigint) =>
  encode({
    type: 'features_reply',
    xid: 2,
    datapath_id,
    n_buffers: 0,
    n_tables: 254,
    auxiliary_id: 0,
    capabilities: 0,
    reserved: 0,
  })
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

interface Peer {
  readonly what: string
  readonly sends: readonly Uint8Array[]
}

const PEERS: readonly Peer[] = [
  { what: 'a web browser', sends: [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')] },
  { what: 'noise', sends: [Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 73 + 41) & 0xff))] },
  { what: 'OpenFlow 1.0 only', sends: [hex('01 00 0008 00000001')] },
  { what: 'a version of the future, and then nothing', sends: [hex('7f 00 0008 00000001')] },
  { what: 'a bitmap without a version in common', sends: [hex('06 00 0010 00000001 0001 0008 00000040')] },
  { what: 'a message that is shorter than its header', sends: [HELLO, hex('04 0a 0004 00000001')] },
  {
    what: 'a packet-in that is cut',
    sends: [HELLO, features(0x99n), hex('04 0a 0010 00000001 ffffffff 00000000')],
  },
  { what: 'half a message', sends: [HELLO.subarray(0, 5)] },
  { what: 'half a message of 65,535 octets', sends: [HELLO, hex('04 0a ffff 00000001 00')] },
  { what: 'a hello, and then nothing', sends: [HELLO] },
  { what: 'nothing', sends: [] },
]

/** Lines that tell of a connection that failed. */
const complaints = (): number =>
  site.vnetd.output.split('\n').filter((line) => /"level":[345]0/.test(line) && line.includes('"peer"'))
    .length

/** Milliseconds until the peer is disconnected. */
const encounter = async ({ sends }: Peer): Promise<number> => {
  const begin = performance.now()
  const socket = await open()
  for (const bytes of sends) socket.write(bytes)
  await closed(socket)
  return performance.now() - begin
}
const linesBefore = complaints()
/** All at once: the silent ones take as long as their handshake may. */
const encounters = PEERS.map((peer) => ({ ...peer, took: encounter(peer) }))

for (const { what, took } of encounters) {
  t.test(`${what} is disconnected`, async (t) => {
    t.ok((await took) < PATIENCE, `after ${(await took).toFixed()} ms`)
  })
}

t.test('each with a log line', async (t) => {
  t.ok(
    complaints() - linesBefore >= PEERS.length,
    `${complaints() - linesBefore} lines for ${PEERS.length} peers`,
  )
})

t.test('a hundred of them at once', async () => {
  const quick = [PEERS[0]!, PEERS[1]!, PEERS[2]!, PEERS[5]!, PEERS[6]!]
  await Promise.all(Array.from({ length: 100 }, (_, index) => encounter(quick[index % quick.length]!)))
})

t.test(
  'a peer that takes the datapath id of the bridge and goes away leaves the bridge working',
  async (t) => {
    const thief = await open()
    thief.write(HELLO)
    thief.write(features(BigInt(BR0.dpid)))
    thief.write(hex('ff ff 0002'))
    await closed(thief)
    await world.write([
      {
        path: 'interfaces',
        body: {
          uuid: 'if-after',
          mode: 'simulated',
          network_uuid: 'nw-net1',
          mac_address: '52:54:00:77:00:01',
          ipv4_address: '172.16.1.99',
        },
      },
    ])
    await site.converged(BR0.dpid)
    t.same(await world.checkPings(PINGS), [])
  },
)

t.test('nobody else has noticed', async (t) => {
  const after = (await site.datapath(BR0.dpid))!
  t.equal(after.connected, true)
  t.equal(after.since, before.since, 'the bridge is on the same connection')
  t.same((await ping.stop()).lost, [], 'no ping is lost')
  t.equal(site.vnetd.running, true)
  t.notMatch(site.vnetd.output, /unhandled|"level":60/i)
})
