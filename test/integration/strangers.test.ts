/** Guests notice nothing of strangers at the OpenFlow port, not even of one that takes the datapath id of their bridge. */
import { connect, type Socket } from 'node:net'
import { encode } from '@openvnet/openflow'
import t from 'tap'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'

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

/** What is given up at once; the patient cases are in `hostile_switches.test.ts`. */
const NOISE: readonly (readonly Uint8Array[])[] = [
  [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  [Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 73 + 41) & 0xff))],
  [hex('01 00 0008 00000001')],
  [HELLO, hex('04 0a 0004 00000001')],
  [HELLO, features(0x99n), hex('04 0a 0010 00000001 ffffffff 00000000')],
]

const say = async (parts: readonly Uint8Array[]): Promise<void> => {
  const socket = await open()
  for (const bytes of parts) socket.write(bytes)
  await closed(socket)
}

t.test('a hundred peers that make no sense are disconnected', async () => {
  await Promise.all(Array.from({ length: 100 }, (_, index) => say(NOISE[index % NOISE.length]!)))
})

t.test(
  'a peer that takes the datapath id of the bridge and goes away leaves the bridge working',
  async (t) => {
    await say([HELLO, features(BigInt(BR0.dpid)), hex('ff ff 0002')])
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
