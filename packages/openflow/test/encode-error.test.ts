/** What has no bytes is an EncodeError with its path, whatever a program without types gives to `encode`. */
import assert from 'node:assert/strict'
import {
  decode,
  EncodeError,
  encode,
  encodeActions,
  encodeInto,
  type FlowMod,
  type Message,
  Writer,
} from '@openvnet/openflow'
import t from 'tap'
import { readVectors, vectorFiles } from './golden-vectors.ts'

const flowMod: FlowMod = {
  type: 'flow_mod',
  xid: 1,
  cookie: 0n,
  cookie_mask: 0n,
  table_id: 0,
  command: 0,
  idle_timeout: 0,
  hard_timeout: 0,
  priority: 1,
  buffer_id: 0xffffffff,
  out_port: 0xffffffff,
  out_group: 0xffffffff,
  flags: 0,
  match: [{ field: 'eth_type', value: 0x0800, mask: null }],
  instructions: [],
}
const actions = (...actions: unknown[]) => ({
  ...flowMod,
  instructions: [
    { type: 'goto_table', table_id: 1 },
    { type: 'apply_actions', actions },
  ],
})
const output = { type: 'output', port: 1, max_len: 0 }

function failure(value: unknown, encodeIt: (value: never) => unknown = encode): EncodeError {
  try {
    encodeIt(value as never)
  } catch (error) {
    assert.ok(error instanceof EncodeError, `not an EncodeError: ${String(error)}`)
    return error
  }
  throw new Error('it encodes')
}

t.test('an EncodeError says where', async (t) => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ ...flowMod, priority: 70000 }, 'flow_mod.priority: 70000 is not an unsigned number of 16 bits'],
    [{ ...flowMod, cookie: 1 }, 'flow_mod.cookie: 1 is not an unsigned number of 64 bits'],
    [{ ...flowMod, match: undefined }, 'flow_mod.match: undefined is not what belongs here'],
    [
      { ...flowMod, match: [...flowMod.match, { field: 'in_port', value: 1n, mask: null }] },
      'flow_mod.match[1]: in_port: value 1 is not an unsigned number of 32 bits',
    ],
    [actions(output, { ...output, port: -1 }), 'flow_mod.instructions[1].actions[1].port: -1 is not an'],
    [actions(output, { ...output, port: null }), 'flow_mod.instructions[1].actions[1].port: null is not an'],
    [actions(output, null), 'flow_mod.instructions[1].actions[1]: null is not what belongs here'],
    [actions(output, { type: 'outptu' }), 'flow_mod.instructions[1].actions[1]'],
    [
      actions({ type: 'note', note: [1, 2, 3, 4, 5, 6] }),
      'flow_mod.instructions[1].actions[0].note: object instead of bytes',
    ],
    [Object.freeze({ ...flowMod, flags: 1.5 }), 'flow_mod.flags: 1.5 is not an'],
    [{ ...flowMod, xid: -1 }, 'flow_mod.xid: -1 is not an unsigned number of 32 bits'],
    [{ type: 'flow_mood', xid: 1 }, 'flow_mood.type'],
    [{ type: 'constructor', xid: 1 }, 'constructor'],
    [null, 'message: null is not what belongs here'],
    ['flow_mod', 'message: "flow_mod" is not what belongs here'],
  ]
  for (const [message, text] of wrong) {
    const error = failure(message)
    t.ok(error.message.startsWith(text), `${error.message} begins with ${text}`)
    t.equal(error.message, `${error.path}: ${error.detail}`)
    if (text.endsWith('belongs here')) t.ok(error.cause instanceof TypeError)
  }
  t.equal(failure([output, { ...output, max_len: -1 }], encodeActions).path, 'actions[1].max_len')
  t.match(failure(-1, (xid) => encodeInto(new Writer(), flowMod, xid)).message, /^flow_mod: -1 is not an/)
})

/** Nothing of these may be taken for anything else. */
const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -1,
  1.5,
  2 ** 64,
  -1n,
  1n << 128n,
  true,
  '5',
  'constructor',
  '__proto__',
  {},
  { length: 1 },
  [null],
  [256],
  new Uint16Array([300]),
  new Uint8Array(300),
  () => 1,
  Symbol('a symbol'),
]

/** Every place in a message: how to get there. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [path]
  const within = Object.entries(value).flatMap(([key, child]) => placesIn(child, [...path, key]))
  return path.length === 0 ? within : [path, ...within]
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : { ...(value as Record<string, unknown>) }
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

t.test('whatever is in a message, it has bytes that decode or is an EncodeError', async (t) => {
  const { stackTraceLimit } = Error
  t.teardown(() => {
    Error.stackTraceLimit = stackTraceLimit
  })
  // Stacks of tens of thousands of errors would take longer than the rest.
  Error.stackTraceLimit = 1
  const seen = new Set<string>()
  let refused = 0
  for (const { message } of vectorFiles.flatMap(readVectors)) {
    for (const path of placesIn(message)) {
      // The same place of another message tells nothing new.
      const place = `${message.type} ${kindsOn(message, path)}`
      if (seen.has(place)) continue
      seen.add(place)
      for (const hostile of HOSTILE) if (isRefused(replaced(message, path, hostile) as Message)) refused++
    }
  }
  t.ok(seen.size > 500, `${seen.size} places`)
  t.ok(refused > 10 * seen.size, `${refused} refused`)
})

/** The types of the two structures around a place, with the names of their properties. */
function kindsOn(message: unknown, path: readonly string[]): string {
  let at = message as Record<string, unknown>
  return path
    .map((key) => {
      const name = Array.isArray(at) ? '' : `${String(at['type'] ?? at['field'] ?? '')}.${key}`
      at = at[key] as Record<string, unknown>
      return name
    })
    .filter((name) => name !== '')
    .slice(-2)
    .join(' ')
}

function isRefused(message: Message): boolean {
  let bytes: Uint8Array
  try {
    bytes = encode(message)
  } catch (error) {
    assert.ok(error instanceof EncodeError, `not an EncodeError: ${String(error)}`)
    assert.ok(error.message.length < 1000, 'the text of an error is short')
    return true
  }
  decode(bytes)
  return false
}
