/**
 * Whatever the message: if Open vSwitch takes it, `ovs-ofctl ofp-print` prints what we print. Messages are arbitrary;
 * those that it refuses are left out by its own word for it. What it prints differently is listed, each with a reason,
 * and each of these must be met: a list that says too much fails.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Action,
  encode,
  formatMessage,
  type MatchField,
  type Message,
  NX_IN_PORT,
  OFP_NO_BUFFER,
  OFPG,
  OFPP,
  OFPTT,
} from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { anyMessage } from './arbitrary.ts'
import { anyAction } from './arbitrary-action.ts'
import { withoutOpenVswitch } from './open-vswitch.ts'
import { sayableMatch } from './sane-match.ts'

const skip = withoutOpenVswitch
const count = Number(process.env['OPENFLOW_OVS_MESSAGES'] ?? 10_000)
const seed = 20261122

const PACKETS: ReadonlySet<Message['type']> = new Set([
  'packet_in',
  'packet_out',
  'nxt_packet_in',
  'nxt_packet_in2',
  'nxt_resume',
])

/** Between two messages, for what is refused has no heading. */
const MARK = 0x4000_0000

/** What `ovs-ofctl` prints for each message, by its place; without dumps of bytes. */
function theirs(messages: readonly Message[]): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'openflow-text-'))
  const file = join(directory, 'messages')
  const bytes = messages.flatMap((message, index) => [
    encode(message),
    encode({ type: 'barrier_request', xid: MARK + index }),
  ])
  writeFileSync(file, Buffer.concat(bytes))
  const output = execFileSync('ovs-ofctl', ['ofp-parse', file], {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  rmSync(directory, { recursive: true })
  let at = 0
  return messages.map((_, index) => {
    const mark = `OFPT_BARRIER_REQUEST (OF1.3) (xid=0x${(MARK + index).toString(16)}):\n`
    const end = output.indexOf(mark, at)
    assert.ok(end >= 0, `text of message ${index}`)
    const text = output.slice(at, end)
    at = end + mark.length
    return withoutDumps(text.split('\n'))
  })
}

const withoutDumps = (lines: readonly string[]): string =>
  lines
    .filter((line) => !/^[0-9a-f]{8} {2}/.test(line))
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()

/** In the message, or in the one that it holds; nothing at all of a few. */
const isRefused = (text: string): boolean => text === '' || /\*\*\*(decode error|only uses)/.test(text)

/** A difference that has a reason. */
interface Exception<T> {
  readonly why: string
  readonly is: (value: T) => boolean
}

/** Compares texts, and counts what was met. */
function compare<T>(
  cases: readonly { readonly of: T; readonly ours: string; readonly theirs: string }[],
  exceptions: readonly Exception<T>[],
): { agreed: T[]; different: string[]; met: ReadonlySet<string> } {
  const [agreed, different, met]: [T[], string[], Set<string>] = [[], [], new Set()]
  for (const one of cases) {
    if (isRefused(one.theirs)) continue
    if (one.ours === one.theirs) {
      agreed.push(one.of)
      continue
    }
    const exception = exceptions.find(({ is }) => is(one.of))
    if (exception === undefined) different.push(`${one.ours}\n${one.theirs}`)
    else met.add(exception.why)
  }
  return { agreed, different, met }
}

const isActionOf =
  (is: (action: Action) => boolean) =>
  (action: Action): boolean =>
    is(action) || ('actions' in action && action.actions.some(isActionOf(is)))

const ACTIONS: readonly Exception<Action>[] = [
  {
    why: 'resubmit(3,,ct) is printed as resubmit:3, which is another action',
    is: isActionOf(
      (one) => one.type === 'resubmit_table_ct' && one.table === OFPTT.ALL && one.in_port !== NX_IN_PORT,
    ),
  },
  {
    why: 'hash fields and algorithms of bundle_load that it does not know are <unknown>, not their number',
    is: isActionOf((one) => one.type === 'bundle_load' && (one.fields > 6 || one.algorithm > 1)),
  },
  {
    why: 'reasons 6 and 7 of controller have an empty name',
    is: isActionOf(
      (one) =>
        (one.type === 'controller' && (one.reason === 6 || one.reason === 7)) ||
        (one.type === 'controller2' &&
          one.properties.some((each) => each.type === 'reason' && (each.reason === 6 || each.reason === 7))),
    ),
  },
  {
    why: 'in_port_oxm is ANY where the number is no port',
    is: isActionOf(
      (one) =>
        one.type === 'reg_load2' &&
        one.field.field === 'in_port' &&
        Number(one.field.value) > 0xfeff &&
        Number(one.field.value) < OFPP.MAX,
    ),
  },
]

/** Refused in OpenFlow 1.3 by Open vSwitch 3.1, whatever is in them. */
const NEVER: readonly Action['type'][] = [
  'unknown',
  'copy_ttl_out',
  'copy_ttl_in',
  'push_pbb',
  'pop_pbb',
  // Open vSwitch 3.4.
  'sample4',
  // Within ct only.
  'nat',
]

t.test('every action that Open vSwitch takes', { skip }, async (t) => {
  const actions = fc.sample(anyAction, { numRuns: count * 3, seed })
  const messages = actions.map(
    (action): Message => ({
      type: 'packet_out',
      xid: 0,
      buffer_id: OFP_NO_BUFFER,
      in_port: OFPP.CONTROLLER,
      actions: [action],
      data: new Uint8Array(0),
    }),
  )
  const { agreed, different, met } = compare(paired(actions, messages), ACTIONS)
  t.same(different.slice(0, 10), [])
  t.same([...met].sort(), ACTIONS.map(({ why }) => why).sort(), 'no exception that is not met')
  const types = new Set(actions.map(({ type }) => type))
  for (const type of agreed.map((action) => action.type)) types.delete(type)
  t.same([...types].sort(), [...NEVER].sort(), 'all other types are among those that agree')
})

/** Each value with our text and theirs of its message. */
function paired<T>(values: readonly T[], messages: readonly Message[]) {
  const texts = theirs(messages)
  return values.map((of, index) => {
    const message = messages[index] as Message
    const ours = withoutDumps(formatMessage(message).split('\n'))
    const text = texts[index] ?? ''
    if (!PACKETS.has(message.type)) return { of, ours, theirs: text }
    // It goes on with what is in the packet.
    return {
      of,
      ours: ours.split('\n')[0] ?? '',
      theirs: isRefused(text) ? text : (text.split('\n')[0] ?? ''),
    }
  })
}

const isMasked = (field: MatchField): boolean => 'mask' in field && field.mask !== null
const named =
  (...names: readonly string[]) =>
  ({ field }: MatchField): boolean =>
    names.includes(field)

const FIELDS_EXCEPTIONS: readonly Exception<MatchField>[] = [
  {
    why: 'neither masks nor zeros of these fields are printed, and so it prints another match',
    is: (field) =>
      (isMasked(field) || ('value' in field && field.value === 0)) &&
      named('tun_erspan_ver', 'tun_gbp_flags', 'tun_gtpu_flags', 'tun_gtpu_msgtype')(field),
  },
  {
    why: 'fields of ERSPAN are printed where the version is matched with them',
    is: named('tun_erspan_idx', 'tun_erspan_dir', 'tun_erspan_hwid'),
  },
  {
    why: 'contexts of NSH are printed where the kind of metadata is matched with them',
    is: named('nsh_c1', 'nsh_c2', 'nsh_c3', 'nsh_c4'),
  },
]

t.test('every field that Open vSwitch takes', { skip }, async (t) => {
  const all = fc.sample(sayableMatch, { numRuns: count * 2, seed })
  const messages = all.map(
    ([, match]): Message => ({
      type: 'multipart_request',
      xid: 0,
      flags: 0,
      body: {
        type: 'flow',
        table_id: OFPTT.ALL,
        out_port: OFPP.ANY,
        out_group: OFPG.ANY,
        cookie: 0n,
        cookie_mask: 0n,
        match,
      },
    }),
  )
  const fields = all.map(([field]) => field)
  const { agreed, different, met } = compare(paired(fields, messages), FIELDS_EXCEPTIONS)
  t.same(different.slice(0, 10), [])
  t.same([...met].sort(), FIELDS_EXCEPTIONS.map(({ why }) => why).sort(), 'no exception that is not met')
  const names = new Set<string>(fields.map(({ field }) => field))
  for (const field of agreed) names.delete(field.field)
  t.match([...names].sort().join(' '), NOT_IN_3_1, 'all other fields are among those that agree')
})

/** Registers of version 3.7, fields of OpenFlow that Open vSwitch has not, and those excepted above. */
const NOT_IN_3_1 =
  /^((in_phy_port|ipv6_exthdr|pbb_isid|pbb_uca|reg(1[6-9]|2.|3.)|xreg(8|9|1.)|nsh_c.|tun_erspan_(idx|dir|hwid)) ?)*$/

const isUnprinted = (field: MatchField): boolean => FIELDS_EXCEPTIONS.some(({ is }) => is(field))

/** Bits without a name, which Open vSwitch does not print. */
const unnamed = (text: string): string =>
  text.replaceAll(
    /^( +(?:config|state|current|advertised|supported|peer|mask|advertise):? .*?|capabilities:.*?) ?0x[0-9a-f]+$/gm,
    (_, names: string) => (/: *$/.test(names) ? `${names.trimEnd()}` : names),
  )
const zero = (text: string): string => text.replaceAll(/: +0$/gm, ':')

/** What `ovs-ofctl` has no words for at all. */
const isUnknown = (message: Message): boolean =>
  message.type === 'unknown' ||
  message.type === 'experimenter' ||
  ('body' in message && (message.body.type === 'unknown' || message.body.type === 'experimenter'))

/** The message within a bundle has the number of the bundle's. */
const numbered = (message: Message): Message =>
  message.type === 'bundle_add_message'
    ? { ...message, message: { ...message.message, xid: message.xid } }
    : message

const isPacketIn = (message: Message): boolean => /packet_in2?$|^nxt_resume$/.test(message.type)
const ofBody =
  (...types: readonly string[]) =>
  (message: Message): boolean =>
    'body' in message && types.includes(message.body.type)

const MESSAGES: readonly Exception<Message>[] = [
  {
    why: 'hello: versions are bits of 32 to it',
    is: ({ type }) => type === 'hello',
  },
  {
    why: 'errors of other versions have other numbers',
    is: (message) => message.type === 'error' && message.version !== 4,
  },
  {
    why: 'fields of ERSPAN, as above',
    is: (message) => 'match' in message && message.match.some(isUnprinted),
  },
  {
    why: 'of a packet-in it prints no field that lacks its prerequisites, or that is newer',
    is: isPacketIn,
  },
  {
    why: 'marks and labels to flush are newer',
    is: ({ type }) => type === 'nxt_ct_flush',
  },
  {
    why: 'numbers without a name are called unknown: types of groups, reserved meters, reasons',
    is: (message) => ofBody('group_desc', 'meter', 'meter_config')(message) || message.type === 'role_status',
  },
  {
    why: 'properties of queues that it does not know are left out',
    is: ({ type }) => type === 'queue_get_config_reply',
  },
]

t.test('every message that Open vSwitch takes', { skip }, async (t) => {
  const messages = fc
    .sample(anyMessage, { numRuns: count, seed })
    .filter((message) => !isUnknown(message))
    .map(numbered)
  const cases = paired(messages, messages).map(({ of, ours, theirs }) => ({
    of,
    ours: zero(unnamed(ours)),
    theirs: zero(unnamed(theirs)),
  }))
  const { agreed, different, met } = compare(cases, MESSAGES)
  t.same(different.slice(0, 10), [])
  t.same([...met].sort(), MESSAGES.map(({ why }) => why).sort(), 'no exception that is not met')
  t.ok(agreed.length > count / 4, `${agreed.length} agree`)
})
