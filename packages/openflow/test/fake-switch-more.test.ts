/** What the fake switch does beside flows and groups, compared with `ovs-vswitchd` where that can be. */
import { once } from 'node:events'
import net from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import {
  Connection,
  decodeErrorData,
  errorName,
  type FlowMod,
  type Message,
  type MeterBand,
  type MeterMod,
  OFPCR,
  OFPFF,
  OFPG,
  OFPM,
  OFPP,
  OFPTT,
  type OpenFlowError,
  type Outgoing,
} from '@openvnet/openflow'
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import fc from 'fast-check'
import t from 'tap'
import { startOpenVswitch, withoutOpenVswitch } from './open-vswitch.ts'

type Tap = Pick<typeof t, 'teardown'>

interface Controller {
  readonly connection: Connection
  readonly messages: Message[]
  /** Names of the errors that no request got. */
  readonly errors: string[]
}

function control(socket: net.Socket): Promise<Controller> {
  const messages: Message[] = []
  const errors: string[] = []
  return new Promise((resolve, reject) => {
    const connection: Connection = new Connection({
      socket,
      requestFeatures: true,
      onReady: () => resolve({ connection, messages, errors }),
      onMessage: (message) => messages.push(message),
      onError: (error) => errors.push(errorName(error.error_type, error.code, error.experimenter)),
      onClose: (reason) => reject(new Error(reason.message)),
    })
  })
}

async function pair(t: Tap): Promise<Controller & { readonly fake: FakeSwitch }> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[net.Socket]>
  const fake = new FakeSwitch({ datapathId: 5n, ports: [fakePort(1, 'p1'), fakePort(2, 'p2')] })
  const attached = fake.connect({ port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' })
  const [socket] = await accepted
  const controller = await control(socket)
  await attached
  t.teardown(async () => {
    await controller.connection.close()
    server.close()
  })
  return { ...controller, fake }
}

const flowMod: FlowMod = {
  type: 'flow_mod',
  xid: 0,
  cookie: 7n,
  cookie_mask: 0n,
  table_id: 0,
  command: 0,
  idle_timeout: 0,
  hard_timeout: 0,
  priority: 5,
  buffer_id: 0xffffffff,
  out_port: OFPP.ANY,
  out_group: OFPG.ANY,
  flags: OFPFF.SEND_FLOW_REM,
  match: [{ field: 'in_port', value: 1, mask: null }],
  instructions: [],
}
const deleteAll: FlowMod = { ...flowMod, command: 3, table_id: OFPTT.ALL, match: [], flags: 0 }

async function outcome(what: Promise<unknown>): Promise<unknown> {
  try {
    return await what
  } catch (error) {
    return (error as OpenFlowError).errorName
  }
}

const band: fc.Arbitrary<MeterBand> = fc
  .tuple(fc.constantFrom(0, 10, 1000), fc.constantFrom(0, 5), fc.boolean())
  .map(([rate, burst_size, remarks]) =>
    remarks && rate === 10
      ? { type: 'dscp_remark', rate, burst_size, prec_level: 1 }
      : { type: 'drop', rate, burst_size },
  )
const meterMod: fc.Arbitrary<MeterMod> = fc
  .record({
    command: fc.constantFrom(0, 0, 0, 1, 2),
    flags: fc.constantFrom(1, 2, 5, 9, 3),
    meter_id: fc.constantFrom(1, 2, 3, 0),
    bands: fc.array(band, { minLength: 1, maxLength: 2 }),
  })
  .map((rest) => ({ type: 'meter_mod', xid: 0, ...rest }))

t.test('as ovs-vswitchd', { skip: withoutOpenVswitch }, async (t) => {
  const openVswitch = await startOpenVswitch()
  const real = await control(net.connect(openVswitch.management))
  t.teardown(async () => {
    await real.connection.close()
    await openVswitch.stop()
  })
  const both = async (fake: Controller, messages: readonly Outgoing[]): Promise<void> => {
    for (const one of [real, fake]) {
      one.connection.sendAll(messages)
      await one.connection.barrier()
    }
    t.same(fake.errors.splice(0), real.errors.splice(0))
  }

  t.test('keeps meters', async (t) => {
    const fake = await pair(t)
    const view = async ({ connection }: Controller) => {
      const { meters } = await connection.multipart({ type: 'meter_config', meter_id: OFPM.ALL })
      return [...meters].sort((a, b) => a.meter_id - b.meter_id)
    }
    const clear: Outgoing = { type: 'meter_mod', command: 2, flags: 0, meter_id: OFPM.ALL, bands: [] }
    await fc.assert(
      fc.asyncProperty(fc.array(meterMod, { maxLength: 6 }), async (mods) => {
        await both(fake, [clear, ...mods])
        t.same(await view(fake), await view(real))
      }),
      { numRuns: 60 },
    )
    t.same(
      await fake.connection.multipart({ type: 'meter_features' }),
      await real.connection.multipart({ type: 'meter_features' }),
    )
    const missing = { type: 'meter_config', meter_id: 99 } as const
    t.equal(
      await outcome(fake.connection.multipart(missing)),
      await outcome(real.connection.multipart(missing)),
    )
  })

  t.test('tells of removed flows, and only what it was asked to', async (t) => {
    const fake = await pair(t)
    const masks = { packet_in_mask: [7, 0], port_status_mask: [7, 7] } as const
    const sentinel = { ...flowMod, cookie: 99n, priority: 9 }
    /** Open vSwitch tells of a flow after it has answered the barrier: all was told when the last flow was. */
    const told = async ({ connection, messages }: Controller) => {
      connection.sendAll([loud, sentinel, deleteAll])
      const removed = () => messages.filter((message) => message.type === 'flow_removed')
      while (!removed().some(({ cookie }) => cookie === sentinel.cookie)) await turn()
      const before = removed().filter(({ cookie }) => cookie !== sentinel.cookie)
      messages.length = 0
      return before.map((message) => ({ ...message, xid: 0, duration_sec: 0, duration_nsec: 0 }))
    }
    const silent: Outgoing = { type: 'set_async', ...masks, flow_removed_mask: [0, 0] }
    const loud: Outgoing = { type: 'set_async', ...masks, flow_removed_mask: [0x3f, 0] }
    await both(fake, [deleteAll])
    await told(real)
    for (const setting of [loud, silent]) {
      await both(fake, [setting, flowMod, { ...flowMod, flags: 0, priority: 6 }, deleteAll])
      t.same(
        await fake.connection.request({ type: 'get_async_request', xid: 77 }),
        await real.connection.request({ type: 'get_async_request', xid: 77 }),
      )
      const wanted = await told(real)
      t.equal(wanted.length, setting === loud ? 1 : 0)
      t.same(await told(fake), wanted)
    }
  })

  t.test('refuses a secondary controller', async (t) => {
    const fake = await pair(t)
    const role = (role: number) => ({ type: 'role_request', role, generation_id: 1n }) as const
    for (const one of [real, fake]) await one.connection.request(role(OFPCR.SECONDARY))
    await both(fake, [flowMod, { type: 'table_mod', table_id: 0, config: 0 }])
    for (const one of [real, fake]) await one.connection.request(role(OFPCR.EQUAL))
    await both(fake, [flowMod, deleteAll])
  })

  t.test('asks for queues, groups, features and monitors of a real switch', async (t) => {
    const { connection } = real
    t.match(await connection.multipart({ type: 'group_features' }), { types: 15, capabilities: 7 })
    const queues = await connection.multipart({ type: 'queue', port_no: OFPP.ANY, queue_id: 0xffffffff })
    t.equal(queues.queues.length, 4)
    const { tables } = await connection.multipart({ type: 'table_features', tables: [] }, { timeout: 30_000 })
    t.equal(tables.length, 254, 'a reply of nineteen messages')
    t.match(await connection.request({ type: 'queue_get_config_request', port: 1 }), { port: 1 })
    t.match(await connection.request({ type: 'nxt_tlv_table_request' }), { max_fields: 64 })
    const monitor = { monitor_id: 1, flags: 0x3f, out_port: OFPP.ANY, table_id: OFPTT.ALL, match: [] }
    t.same(await connection.multipart({ type: 'flow_monitor', monitors: [monitor] }), {
      type: 'flow_monitor',
      updates: [],
    })
    connection.send(flowMod)
    await connection.barrier()
    const updates = real.messages
      .splice(0)
      .flatMap((one) => (one.type === 'multipart_reply' ? [one.body] : []))
    t.match(updates, [{ type: 'flow_monitor', updates: [{ type: 'added', priority: 5, cookie: 7n }] }])
    connection.sendAll([{ type: 'flow_monitor_cancel', monitor_id: 1 }, deleteAll])
    await connection.barrier()
    t.same(real.errors, [])
  })
})

t.test('changes a port and tells of it', async (t) => {
  const { connection, messages, errors, fake } = await pair(t)
  const port_mod = { type: 'port_mod', port_no: 2, config: 1, mask: 1, advertise: 0 } as const
  const hw_addr = fake.ports.get(2)?.hw_addr ?? 0
  connection.sendAll([
    { ...port_mod, hw_addr },
    { ...port_mod, hw_addr: 1 },
    { ...port_mod, port_no: 9, hw_addr },
  ])
  await connection.barrier()
  t.match(messages, [{ type: 'port_status', reason: 2, port: { port_no: 2, config: 1 } }])
  t.same(errors, ['OFPPMFC_BAD_HW_ADDR', 'OFPPMFC_BAD_PORT'])
  t.equal(fake.ports.get(2)?.config, 1)
})

t.test('an error tells which message it is about', async (t) => {
  const { connection } = await pair(t)
  const error = await connection.multipart({ type: 'queue', port_no: 1, queue_id: 3 }).then(
    () => null,
    (refused: OpenFlowError) => refused.error,
  )
  t.match(error && decodeErrorData(error), {
    type: 'multipart_request',
    body: { type: 'queue', port_no: 1, queue_id: 3 },
  })
  const about = { type: 'error', xid: 1, version: 4, error_type: 1, code: 6, experimenter: null } as const
  t.equal(decodeErrorData({ ...about, data: new Uint8Array(0) }), null)
  t.equal(decodeErrorData({ ...about, data: Uint8Array.of(4, 14, 0, 80, 0, 0, 0, 1) }), null, 'cut')
  t.equal(decodeErrorData({ ...about, error_type: 0, data: new TextEncoder().encode('no version') }), null)
})
