/**
 * Nothing valid is refused, nothing invalid is accepted silently: every byte of every vector changed, cut and made
 * longer, and `ovs-ofctl` asked of each whether it is a message. What it refuses, `decode` or `validate` refuses; what
 * it takes, they take; but for what is listed here, with the reason.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DecodeError,
  decode,
  encode,
  errorName,
  type FlowMod,
  type GroupMod,
  type Match,
  type Message,
  type Port,
  parseFlow,
  type Violation,
  validate,
} from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { withoutOpenVswitch } from './open-vswitch.ts'

interface Vector {
  readonly title: string
  readonly bytes: Uint8Array
}

/** Of all messages that a controller sends: see `golden.test.ts` for the format. */
function readVectors(): Vector[] {
  const directory = join(import.meta.dirname, 'vectors')
  return readdirSync(directory).flatMap((file) =>
    readFileSync(join(directory, file), 'utf8')
      .split('\n== ')
      .slice(1)
      .map((entry) => {
        const lines = (entry.split('\n=> ')[0] as string).split('\n')
        return { title: `${file}: ${lines[0]}`, bytes: Uint8Array.from(lines.slice(2).flatMap(bytesOf)) }
      }),
  )
}

function bytesOf(line: string): number[] {
  const text = (line.split(';')[0] ?? '').trim()
  const [value = '', run] = text.split(' * ')
  if (run !== undefined) return new Array<number>(Number(run)).fill(Number.parseInt(value, 16))
  return text.split(' ').map((byte) => Number.parseInt(byte, 16))
}

/** What a controller asks, where `validate` has a say. */
const REQUESTS: ReadonlySet<Message['type']> = new Set<Message['type']>([
  'bundle_add_message',
  'bundle_control',
  'flow_mod',
  'group_mod',
  'meter_mod',
  'multipart_request',
  'nxt_role_request',
  'nxt_set_packet_in_format',
  'nxt_tlv_table_mod',
  'packet_out',
  'port_mod',
  'queue_get_config_request',
  'role_request',
  'set_config',
  'table_mod',
])

/** Errors of Open vSwitch about what we take all the same. */
const TAKEN: Readonly<Record<string, string>> = {
  // OpenFlow 1.3.5 §7.1.2: padding is ignored.
  NXBRC_MUST_BE_ZERO: 'padding is not zero',
  NXBAC_MUST_BE_ZERO: 'padding is not zero',
  OFPBAC_BAD_ARGUMENT: 'padding is not zero, or it is an algorithm that it does not have',
  OFPBAC_BAD_SET_ARGUMENT: 'padding is not zero',
  // Registers, and whatever it will have.
  OFPBMC_BAD_FIELD: 'a field of a newer version',
  // What follows from the packets that the match lets through, and from headers that may be put around them.
  OFPBAC_MATCH_INCONSISTENT: 'the action does not suit the match',
  OFPBAC_BAD_SET_LEN: 'the action does not suit the field',
  OFPBAC_BAD_SET_TYPE: 'the action does not suit the field',
  NXBAC_BAD_CONJUNCTION: 'the numbers of a conjunction do not agree',
  NXBAC_BAD_ED_PROP: 'a header that it cannot put around a packet',
  NXBAC_BAD_HEADER_TYPE: 'a header that it cannot put around a packet',
  NXBAC_UNKNOWN_ED_PROP: 'a header that it cannot put around a packet',
}

/** What we refuse and `ovs-ofctl` prints: the switch refuses it when it looks at what it has. */
const REFUSED: readonly RegExp[] = [
  /^OFPMMFC_INVALID_METER meter_id/,
  /^OFPGMFC_INVALID_GROUP group_id/,
  // The table of all tables, which is none to go to.
  /^OFPBIC_BAD_TABLE_ID/,
  // INSERT_BUCKET and REMOVE_BUCKET of OpenFlow 1.5.
  /^OFPGMFC_BAD_COMMAND/,
  // Lengths that are not those of what they are about, which it does not look at.
  /^decode: (multipart_request|meter_mod|flow_mod|experimenter)/,
]

interface Case {
  readonly what: string
  readonly bytes: Uint8Array
}

const VALUES = [0, 1, 3, 8, 0x7f, 0x80, 0xff]

function* mutations({ title, bytes }: Vector): Generator<Case> {
  for (let at = 8; at < bytes.length; at++) {
    const old = bytes[at] as number
    for (const value of new Set([...VALUES, old ^ 1, (old + 8) & 0xff])) {
      if (value !== old) yield { what: `${title}, byte ${at} is ${value}`, bytes: bytes.with(at, value) }
    }
  }
  for (let size = 8; size < bytes.length; size++) {
    yield { what: `${title}, cut after ${size}`, bytes: sized(bytes.slice(0, size)) }
  }
  for (const more of [1, 4, 8, 16]) {
    const longer = new Uint8Array(bytes.length + more)
    longer.set(bytes)
    yield { what: `${title}, ${more} longer`, bytes: sized(longer) }
  }
}

function sized(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer).setUint16(2, bytes.length)
  return bytes
}

/** What `ovs-ofctl` says is wrong with each of the messages, which have a barrier with their number before them. */
function theirVerdicts(cases: readonly Case[]): (string | null)[] {
  const directory = mkdtempSync(join(tmpdir(), 'openflow-strict-'))
  const file = join(directory, 'messages')
  const numbered = cases.flatMap(({ bytes }, index) => [
    encode({ type: 'barrier_request', xid: 0x7e000000 + index }),
    bytes,
  ])
  writeFileSync(file, Buffer.concat(numbered))
  const text = execFileSync('ovs-ofctl', ['ofp-parse', file], {
    encoding: 'latin1',
    maxBuffer: 1 << 29,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  rmSync(directory, { recursive: true })
  const verdicts = new Array<string | null>(cases.length).fill(null)
  for (const part of text.split(/^OFPT_BARRIER_REQUEST \(OF1\.3\) \(xid=0x7e/m).slice(1)) {
    const wrong = /\*\*\*decode error: ([^*\n]+)\*\*\*/.exec(part)
    verdicts[Number.parseInt(part.slice(0, 6), 16)] = wrong?.[1] ?? null
  }
  return verdicts
}

/** True if a part of it is opaque: there, Open vSwitch knows more. */
const isOpaque = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Uint8Array) &&
  (('type' in value && (value.type === 'unknown' || value.type === 'experimenter')) ||
    ('field' in value && value.field === 'unknown') ||
    Object.values(value).some(isOpaque))

/** Our verdict: `undefined` where there is none. */
function ourVerdict(bytes: Uint8Array): string | null | undefined {
  try {
    const message = decode(bytes)
    if (!REQUESTS.has(message.type) || isOpaque(message)) return undefined
    const found = validate(message)
    return found === null ? null : `${found.name} ${found.path}`
  } catch (error) {
    if (error instanceof DecodeError) return `decode: ${error.message}`
    throw error
  }
}

t.test('decode and validate refuse what Open vSwitch refuses', { skip: withoutOpenVswitch }, async (t) => {
  const vectors = readVectors().filter(({ bytes }) => bytes.length < 400 && REQUESTS.has(decode(bytes).type))
  const known = theirVerdicts(vectors.map(({ title, bytes }) => ({ what: title, bytes })))
  // Some are of newer versions.
  const requests = vectors.filter((_, index) => known[index] === null)
  const cases = requests.flatMap((vector) => [...mutations(vector)])
  const theirs = theirVerdicts(cases)
  const taken = new Set<string>()
  const wrong: string[] = []
  let refused = 0
  for (const [index, { what, bytes }] of cases.entries()) {
    const [ours, their] = [ourVerdict(bytes), theirs[index] ?? null]
    if (ours === undefined) continue
    if (ours !== null) refused++
    if (ours === null && their !== null) {
      if (TAKEN[their] === undefined) wrong.push(`${what}: we take it, ${their}`)
      taken.add(their)
    }
    const isKnown = REFUSED.some((pattern) => pattern.test(ours ?? ''))
    if (ours !== null && their === null && !isKnown) wrong.push(`${what}: ${ours}, they take it`)
  }
  t.same(wrong.slice(0, 20), [])
  t.ok(refused > 10_000, `${refused} of ${cases.length} refused`)
  t.same([...taken].sort(), Object.keys(TAKEN).sort(), 'the list of differences is not too long')
})

const flow = (text: string, rest: Partial<FlowMod> = {}): FlowMod => ({
  type: 'flow_mod',
  xid: 1,
  command: 0,
  cookie_mask: 0n,
  buffer_id: 0xffffffff,
  out_port: 0xffffffff,
  out_group: 0xffffffff,
  ...parseFlow(text),
  ...rest,
})
const matching = (...match: Match): FlowMod => flow('actions=drop', { match })
const ofType = (value: number) => ({ field: 'eth_type', value, mask: null }) as const

t.test('validate names the error and the place', async (t) => {
  const bucket = { weight: 0, watch_port: 0xffffffff, watch_group: 0xffffffff, actions: [] } as const
  const group: GroupMod = {
    type: 'group_mod',
    xid: 1,
    command: 0,
    group_type: 0,
    group_id: 1,
    buckets: [bucket],
  }
  const tcpPort = { field: 'tcp_dst', value: 80, mask: null } as const
  const protocol = { field: 'ip_proto', value: 6, mask: null } as const
  const later = { field: 'ip_frag', value: 2, mask: 2 } as const
  const cases: readonly (readonly [Message, string | null, string])[] = [
    [flow('tcp,tp_dst=80,actions=1,goto_table:3'), null, ''],
    [matching(tcpPort), 'OFPBMC_BAD_PREREQ', 'match'],
    [matching(ofType(0x800), protocol, tcpPort), null, ''],
    [matching(ofType(0x800), later, protocol, tcpPort), 'OFPBMC_BAD_PREREQ', 'match'],
    [matching(ofType(0x800), ofType(0x800)), 'OFPBMC_DUP_FIELD', 'match'],
    [matching({ field: 'in_port', value: 0x10000, mask: null }), 'OFPBMC_BAD_VALUE', 'match'],
    [matching({ field: 'in_phy_port', value: 1, mask: null }), 'OFPBMC_BAD_FIELD', 'match'],
    [flow('table=2,actions=goto_table:3', { table_id: 3 }), 'OFPBIC_BAD_TABLE_ID', 'instructions[0]'],
    [flow('actions=drop', { table_id: 255 }), 'OFPFMFC_BAD_TABLE_ID', 'table_id'],
    [flow('actions=drop', { table_id: 255, command: 3 }), null, ''],
    [flow('actions=drop', { command: 5 }), 'OFPFMFC_BAD_COMMAND', 'command'],
    [flow('actions=drop', { flags: 0x20 }), 'OFPFMFC_BAD_FLAGS', 'flags'],
    [
      flow('actions=1', {
        instructions: [
          { type: 'apply_actions', actions: [{ type: 'output', port: 0xffff_fff0, max_len: 0 }] },
        ],
      }),
      'OFPBAC_BAD_OUT_PORT',
      'instructions[0].actions[0]',
    ],
    [
      flow('actions=1', { instructions: [{ type: 'clear_actions' }, { type: 'clear_actions' }] }),
      'OFPBIC_DUP_INST',
      'instructions',
    ],
    [group, null, ''],
    [{ ...group, group_type: 4 }, 'OFPGMFC_BAD_TYPE', 'group_type'],
    [{ ...group, buckets: [{ ...bucket, weight: 1 }] }, 'OFPGMFC_INVALID_GROUP', 'buckets[0].weight'],
    [{ ...group, buckets: [{ ...bucket, watch_port: 1 }] }, 'OFPGMFC_WATCH_UNSUPPORTED', 'buckets[0]'],
    [
      {
        type: 'bundle_add_message',
        xid: 2,
        bundle_id: 1,
        flags: 0,
        message: { ...group, xid: 2, group_type: 4 },
      },
      'OFPGMFC_BAD_TYPE',
      'message.group_type',
    ],
    [
      { type: 'bundle_add_message', xid: 2, bundle_id: 1, flags: 0, message: group },
      'OFPBFC_MSG_BAD_XID',
      'message.xid',
    ],
    [{ type: 'role_request', xid: 1, role: 4, generation_id: 0n }, 'OFPRRFC_BAD_ROLE', 'role'],
  ]
  for (const [message, name, path] of cases) {
    const found: Violation | null = validate(message)
    t.same([found?.name ?? null, found?.path ?? ''], [name, path])
    if (found !== null) t.equal(errorName(found.error_type, found.code, found.experimenter), found.name)
  }
})

t.test('a name of any bytes is a text that gives the bytes again', async (t) => {
  const port: Port = {
    port_no: 1,
    hw_addr: 0,
    name: '',
    config: 0,
    state: 0,
    curr: 0,
    advertised: 0,
    supported: 0,
    peer: 0,
    curr_speed: 0,
    max_speed: 0,
  }
  const bytes = encode({ type: 'port_status', xid: 0, reason: 0, port })
  const at = 16 + 4 + 4 + 6 + 2
  const withName = (name: Uint8Array): Uint8Array => {
    const named = bytes.slice()
    named.set(name, at)
    return named
  }
  const nameOf = (name: Uint8Array): string =>
    (decode(withName(name)) as Message & { type: 'port_status' }).port.name
  t.equal(nameOf(Uint8Array.of(0x65, 0x74, 0x68)), 'eth')
  t.equal(nameOf(Buffer.from('été')), 'été')
  t.equal(nameOf(Uint8Array.of(0x61, 0xff, 0xc3, 0xa9, 0xc3)), 'a\udcffé\udcc3')
  t.equal(nameOf(Buffer.from('\ufeffbom')), '\ufeffbom')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 15, min: 1 }), (name) => {
      const named = withName(name)
      const message = decode(named)
      return Buffer.compare(encode(structuredClone(message)), named) === 0
    }),
  )
  const encodeNamed = (name: string): Uint8Array =>
    encode({ type: 'port_status', xid: 0, reason: 0, port: { ...port, name } })
  t.throws(() => encodeNamed('\ud800'), { name: 'EncodeError', message: /half a character/ })
  t.throws(() => encodeNamed('\udc41'), { name: 'EncodeError' })
  t.throws(() => encodeNamed('a name of 16 byt'), { name: 'EncodeError' })
  t.throws(() => encodeNamed('a\0b'), { name: 'EncodeError' })
})
