/** Open vSwitch agrees: about the text of what we encode, and about the flows that come back from it. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Connection,
  canonicalInstructions,
  canonicalMatch,
  type ErrorMessage,
  encode,
  type FlowMod,
  type FlowStats,
  formatFlow,
  formatGroup,
  formatMessage,
  type Message,
  OFPBCT,
  OFPBF,
  OFPCR,
  OFPFC,
  OFPG,
  OFPP,
  OFPTT,
} from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { startOpenVswitch, withoutOpenVswitch } from './open-vswitch.ts'
import { saneFlowMod, saneMessage } from './sane.ts'

const skip = withoutOpenVswitch
const count = Number(process.env['OPENFLOW_OVS_MESSAGES'] ?? 3000)

/** What `ovs-ofctl` prints for each message, by xid. */
function ofpParse(messages: readonly Message[]): Map<number, string> {
  const directory = mkdtempSync(join(tmpdir(), 'openflow-parse-'))
  const file = join(directory, 'messages')
  writeFileSync(file, Buffer.concat(messages.map(encode)))
  const text = execFileSync('ovs-ofctl', ['ofp-parse', file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  rmSync(directory, { recursive: true })
  const byXid = new Map<number, string>()
  let current = -1
  for (const line of text.split('\n')) {
    const header = /^[A-Z]+_.*\(xid=0x([0-9a-f]+)\):/.exec(line)
    if (header?.[1] !== undefined) current = Number.parseInt(header[1], 16)
    byXid.set(current, byXid.has(current) ? `${byXid.get(current)}\n${line}` : line)
  }
  return byXid
}

const PACKETS: ReadonlySet<Message['type']> = new Set(['packet_in', 'packet_out', 'nxt_packet_in2'])

/** Without what Open vSwitch says about the packet within, and without empty lines. */
function comparable(text: string, message: Message): string {
  const first = PACKETS.has(message.type)
  return (first ? (text.split('\n')[0] ?? '') : text.replaceAll(/ +$/gm, '')).trimEnd()
}

/** Gives a message a number of its own, also to the one within a bundle. */
function number(message: Message, index: number): Message {
  const xid = index + 1
  if (message.type !== 'bundle_add_message') return { ...message, xid }
  return { ...message, xid, message: { ...message.message, xid } }
}

t.test('ovs-ofctl prints our bytes as we do', { skip }, async (t) => {
  const messages = fc.sample(saneMessage, { numRuns: count, seed: 20261121 }).map(number)
  const theirs = ofpParse(messages)
  let shown = 0
  for (const message of messages) {
    const expected = comparable(theirs.get(message.xid) ?? 'nothing', message)
    const ours = comparable(formatMessage(message), message)
    if (ours !== expected && shown++ < 20) t.equal(ours, expected)
  }
  t.equal(shown, 0, `${messages.length} messages`)
})

t.test('flows written into ovs-vswitchd', { skip }, async (t) => {
  const openVswitch = await startOpenVswitch()
  const errors: string[] = []
  const connection = await connect(openVswitch.management, (error) => errors.push(formatMessage(error)))
  t.teardown(async () => {
    await connection.close()
    await openVswitch.stop()
  })
  // What the generated flows refer to.
  openVswitch.ofctl('add-group', mgmt(openVswitch), 'group_id=1,type=all,bucket=actions=output:2')
  openVswitch.ofctl('add-meter', mgmt(openVswitch), 'meter=1,kbps,band=type=drop,rate=1000')
  const flows = distinct(fc.sample(saneFlowMod, { numRuns: 2000, seed: 7 }))

  t.test('come back canonically equal', async (t) => {
    connection.sendAll(flows)
    await connection.barrier({ timeout: 30_000 })
    t.same(errors, [])
    const dumped = (await dump(connection)).flows
    t.equal(dumped.length, flows.length)
    compareFlows(flows, dumped)
    for (const flow of dumped) {
      assert.deepEqual(canonicalMatch(flow.match), flow.match, 'a dump is canonical')
      // Of the actions that mean the same the switch keeps some as they came.
      const types = flow.instructions.map(({ type }) => type)
      assert.deepEqual(
        canonicalInstructions(flow.instructions).map(({ type }) => type),
        types,
      )
    }
  })

  t.test('have the text that ovs-ofctl gives them', async (t) => {
    const dumped = (await dump(connection)).flows
    const theirs = openVswitch
      .ofctl('--no-names', '--no-stats', 'dump-flows', mgmt(openVswitch))
      .split('\n')
      .filter((line) => line.includes('actions='))
      .map((line) => line.trim())
    // They leave out table 0.
    const ours = dumped.map((flow) => formatFlow(flow, { cookie: true }).replace('table=0, ', ''))
    t.same(ours.sort(), theirs.sort())
  })

  t.test('are the same as our text of them to diff-flows', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'openflow-diff-'))
    t.teardown(() => rmSync(directory, { recursive: true }))
    const file = join(directory, 'flows')
    const lines = flows.map((flow) =>
      formatFlow({ ...flow, instructions: canonicalInstructions(flow.instructions) }, { cookie: true }),
    )
    writeFileSync(file, lines.join('\n').replaceAll(' actions=', ',actions='))
    // Exits with 2, and so throws, if there is a difference.
    t.equal(openVswitch.ofctl('diff-flows', mgmt(openVswitch), file), '')
  })

  t.test('are replaced by a bundle, at once and all or none', async (t) => {
    const flags = OFPBF.ATOMIC | OFPBF.ORDERED
    const control = (control: number) => ({ type: 'bundle_control', bundle_id: 1, control, flags }) as const
    const add = (message: FlowMod) => ({ type: 'bundle_add_message', bundle_id: 1, flags, message }) as const
    const removeAll: FlowMod = {
      ...(flows[0] as FlowMod),
      command: OFPFC.DELETE,
      table_id: OFPTT.ALL,
      match: [],
      instructions: [],
    }
    const wanted = flows.slice(0, 100)
    await connection.request(control(OFPBCT.OPEN_REQUEST))
    connection.sendAll([removeAll, ...wanted].map(add))
    await connection.request(control(OFPBCT.CLOSE_REQUEST))
    t.same(errors, [])
    const reply = await connection.request(control(OFPBCT.COMMIT_REQUEST), { timeout: 30_000 })
    t.equal(reply.control, OFPBCT.COMMIT_REPLY)
    compareFlows(wanted, (await dump(connection)).flows)

    await connection.request(control(OFPBCT.OPEN_REQUEST))
    const noSuchGroup: FlowMod = {
      ...(wanted[0] as FlowMod),
      instructions: [{ type: 'apply_actions', actions: [{ type: 'group', group_id: 99 }] }],
    }
    connection.sendAll([removeAll, noSuchGroup].map(add))
    await t.rejects(connection.request(control(OFPBCT.COMMIT_REQUEST)), {
      name: 'OpenFlowError',
      errorName: 'OFPBFC_MSG_FAILED',
    })
    t.match(errors.splice(0), [/OFPBAC_BAD_OUT_GROUP/])
    compareFlows(wanted, (await dump(connection)).flows)
  })

  t.test('and the features of all tables have the text of ovs-ofctl', async (t) => {
    const body = await connection.multipart({ type: 'table_features', tables: [] }, { timeout: 30_000 })
    t.equal(body.tables.length, 254)
    const ours = formatMessage({ type: 'multipart_reply', xid: 0, flags: 0, body: { ...body } })
    const theirs = openVswitch.ofctl('dump-table-features', mgmt(openVswitch))
    const lines = (text: string): string[] => text.slice(text.indexOf('  table 0')).trimEnd().split('\n')
    t.same(lines(ours), lines(theirs))
  })

  t.test('and errors about messages cut anywhere have the text of ovs-ofctl', async () => {
    const whole = encode(flows[0] as FlowMod)
    const cuts = Array.from({ length: whole.length + 1 }, (_, length) => whole.subarray(0, length))
    const others: Message[] = [
      { type: 'multipart_request', xid: 9, flags: 0, body: { type: 'meter_config', meter_id: 1 } },
      { type: 'bundle_control', xid: 9, bundle_id: 1, control: 0, flags: 0 },
      { type: 'nxt_set_controller_id', xid: 9, controller_id: 3 },
    ]
    const more = others.flatMap((message) =>
      [20, 17, 16, 12, 8, 5].map((end) => encode(message).subarray(0, end)),
    )
    const messages = [...cuts, ...more].map(
      (data, index): Message => ({
        type: 'error',
        xid: index + 1,
        version: 4,
        error_type: 5,
        code: 6,
        experimenter: null,
        data,
      }),
    )
    for (const message of messages) {
      const text = execFileSync('ovs-ofctl', ['ofp-print', Buffer.from(encode(message)).toString('hex')], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const theirs = text.split('\n').filter((line) => !/^[0-9a-f]{8} {2}/.test(line))
      assert.equal(formatMessage(message), theirs.join('\n').trimEnd())
    }
  })

  t.test('and groups, ports, tables and counters decode', async (t) => {
    const { groups } = await connection.multipart({ type: 'group_desc' })
    t.same(
      groups.map((group) => formatGroup(group)),
      ['group_id=1,type=all,bucket=actions=output:2'],
    )
    const { ports } = await connection.multipart({ type: 'port_desc' })
    t.same(ports.map((port) => port.name).sort(), ['br0', 'p1', 'p2', 'p3'])
    const stats = await connection.multipart({ type: 'port_stats', port_no: OFPP.ANY })
    t.equal(stats.ports.length, 4)
    const { tables } = await connection.multipart({ type: 'table' })
    t.equal(tables.length, 254)
    const filter = {
      table_id: OFPTT.ALL,
      out_port: OFPP.ANY,
      out_group: OFPG.ANY,
      cookie: 0n,
      cookie_mask: 0n,
      match: [],
    }
    t.equal((await connection.multipart({ type: 'aggregate', ...filter })).flow_count, 100)
    t.match(await connection.multipart({ type: 'desc' }), { hw_desc: 'Open vSwitch' })
    t.match(await connection.request({ type: 'get_config_request' }), { type: 'get_config_reply', flags: 0 })
    t.match(await connection.request({ type: 'role_request', role: OFPCR.PRIMARY, generation_id: 5n }), {
      role: 2,
      generation_id: 5n,
    })
    const echo = await connection.request({ type: 'echo_request', data: Uint8Array.of(1, 2, 3) })
    t.same(Uint8Array.from(echo.data), Uint8Array.of(1, 2, 3))
    await t.rejects(connection.multipart({ type: 'unknown', multipart_type: 99, data: new Uint8Array(0) }), {
      name: 'OpenFlowError',
      errorName: 'OFPBRC_BAD_STAT',
    })
  })
})

const mgmt = (openVswitch: { management: string }): string => `unix:${openVswitch.management}`

function connect(path: string, onError: (error: ErrorMessage) => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection: Connection = new Connection({
      socket: net.connect(path),
      requestFeatures: true,
      onReady: () => resolve(connection),
      onError,
      onClose: (reason) => reject(new Error(reason.message)),
    })
  })
}

const dump = (connection: Connection) =>
  connection.multipart(
    {
      type: 'flow',
      table_id: OFPTT.ALL,
      out_port: OFPP.ANY,
      out_group: OFPG.ANY,
      cookie: 0n,
      cookie_mask: 0n,
      match: [],
    },
    { timeout: 30_000 },
  )

type Flow = FlowMod | FlowStats

/** Table, priority and canonical match: what makes a flow that flow. */
const keyOf = (flow: Flow): string =>
  formatFlow({ ...flow, flags: 0, idle_timeout: 0, hard_timeout: 0, instructions: [] })

const distinct = (flows: readonly FlowMod[]): FlowMod[] => [
  ...new Map(flows.map((flow) => [keyOf(flow), flow])).values(),
]

function compareFlows(sent: readonly FlowMod[], dumped: readonly FlowStats[]): void {
  const byKey = new Map(dumped.map((flow) => [keyOf(flow), flow]))
  assert.equal(byKey.size, sent.length)
  for (const flow of sent) {
    const back = byKey.get(keyOf(flow))
    assert.ok(back !== undefined, `${formatFlow(flow)} is not in the dump`)
    assert.deepEqual(canonical(back), canonical(flow), formatFlow(flow))
  }
}

function canonical(flow: Flow) {
  return {
    table_id: flow.table_id,
    priority: flow.priority,
    cookie: flow.cookie,
    flags: flow.flags,
    idle_timeout: flow.idle_timeout,
    hard_timeout: flow.hard_timeout,
    match: canonicalMatch(flow.match),
    instructions: canonicalInstructions(flow.instructions),
  }
}
