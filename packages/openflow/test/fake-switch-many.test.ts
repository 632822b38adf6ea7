/** Thousands of fake switches in one process, with one controller: bounded in time and memory. */
import {
  type Connection,
  encode,
  type FlowMod,
  listen,
  type Message,
  OFP_NO_BUFFER,
  OFPFC,
  OFPG,
  OFPP,
  parseFlow,
} from '@openvnet/openflow'
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import t from 'tap'

const COUNT = Number(process.env['OPENFLOW_SWITCHES'] ?? 1500)
const FLOWS = 20
/** For both ends of a connection with all that they hold: three times what it takes. */
const MAX_BYTES = 128 * 1024
const MAX_SECONDS = 60

const memory = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const flowMod = (text: string): Omit<FlowMod, 'xid'> => ({
  type: 'flow_mod',
  command: OFPFC.ADD,
  cookie_mask: 0n,
  buffer_id: OFP_NO_BUFFER,
  out_port: OFPP.ANY,
  out_group: OFPG.ANY,
  ...parseFlow(text),
})
const flows = Array.from({ length: FLOWS }, (_, n) =>
  flowMod(`priority=${n},ip,nw_dst=10.0.0.${n},actions=dec_ttl,output:1`),
)
const packetIn = encode({
  type: 'packet_in',
  xid: 0,
  buffer_id: OFP_NO_BUFFER,
  total_len: 64,
  reason: 0,
  table_id: 0,
  cookie: 0n,
  match: [{ field: 'in_port', value: 1, mask: null }],
  data: new Uint8Array(64),
})

t.test(`${COUNT} switches, each with ${FLOWS} flows`, { timeout: 4 * MAX_SECONDS * 1000 }, async (t) => {
  const controllers = new Map<bigint, Connection>()
  const messages = new Map<Message['type'], number>()
  const reasons = new Map<string, number>()
  const count = <K>(map: Map<K, number>, key: K): unknown => map.set(key, (map.get(key) ?? 0) + 1)
  const allReady = Promise.withResolvers<void>()
  const listener = await listen({
    port: 0,
    host: '127.0.0.1',
    accept: () => ({
      requestFeatures: true,
      handshakeTimeoutMs: MAX_SECONDS * 1000,
      requestTimeoutMs: MAX_SECONDS * 1000,
      onReady: (features, connection) => {
        if (features !== null) controllers.set(features.datapath_id, connection)
        if (controllers.size === COUNT) allReady.resolve()
      },
      onMessage: (message) => count(messages, message.type),
      onClose: ({ code }) => count(reasons, code),
    }),
  })
  const address = { port: listener.port as number, host: '127.0.0.1' }
  const before = memory()
  const start = performance.now()
  const switches = Array.from(
    { length: COUNT },
    (_, n) => new FakeSwitch({ datapathId: BigInt(n + 1), ports: [fakePort(1, 'p1')], echoIntervalMs: 2000 }),
  )
  t.teardown(() => {
    for (const one of switches) one.kill()
  })
  await Promise.all(switches.map((one) => one.connect(address)))
  await allReady.promise
  t.equal(controllers.size, COUNT, 'each has a connection of its own')

  await Promise.all(
    [...controllers.values()].map((connection) => {
      connection.sendAll(flows)
      return connection.barrier()
    }),
  )
  t.ok(
    switches.every((one) => one.flowCount === FLOWS && one.received.get('flow_mod') === FLOWS),
    'each has its flows and no others',
  )
  const bytes = (memory() - before) / COUNT
  t.ok(bytes < MAX_BYTES, `${Math.round(bytes / 1024)} KiB per switch`)

  for (const one of switches) one.sendBytes(packetIn)
  await Promise.all([...controllers.values()].map((connection) => connection.barrier()))
  t.same([...messages], [['packet_in', COUNT]])

  const ended = await Promise.all(switches.map((one) => one.disconnect()))
  t.ok(ended.every((reason) => reason?.code === 'closed'))
  await listener.close()
  t.same([...reasons], [['ended', COUNT]])
  const seconds = (performance.now() - start) / 1000
  t.ok(seconds < MAX_SECONDS, `${seconds.toFixed(1)} s`)
})
