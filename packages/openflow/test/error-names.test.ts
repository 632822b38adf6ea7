/**
 * Names of errors are Open vSwitch's: each number that OpenFlow 1.3 may have, given to `ovs-ofctl ofp-parse`, has the
 * name that `errorName` gives it, and one that Open vSwitch does not know has none here. The specification's own names
 * of errors of table features stay where Open vSwitch has later ones.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXPERIMENTER, errorName, NX_ERROR, OFPET, ONF_ERROR } from '@openvnet/openflow'
import t from 'tap'
import { withoutOpenVswitch } from './open-vswitch.ts'

interface ErrorNumber {
  readonly type: number
  readonly code: number
  readonly experimenter: number | null
}

/** What an error is about: 8 bytes are the least that Open vSwitch wants to know a code. */
const OFFENDING = '0405000800000001'

/** ofp_error_msg and ofp_error_experimenter_msg, by hand (OpenFlow 1.3.5 §7.4.4). */
function errorMessage({ type, code, experimenter }: ErrorNumber): Buffer {
  const body = `${hex(type, 4)}${hex(code, 4)}${experimenter === null ? '' : hex(experimenter, 8)}${OFFENDING}`
  return Buffer.from(`0401${hex(8 + body.length / 2, 4)}00000001${body}`, 'hex')
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** The names that Open vSwitch prints, in order; `null` for a number that it has no name for. */
function theirNames(numbers: readonly ErrorNumber[]): (string | null)[] {
  const directory = mkdtempSync(join(tmpdir(), 'openflow-errors-'))
  try {
    const file = join(directory, 'errors')
    writeFileSync(file, Buffer.concat(numbers.map(errorMessage)))
    const text = execFileSync('ovs-ofctl', ['ofp-parse', file], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return [...text.matchAll(/^OFPT_ERROR .*?: (?:\*\*\*.*|(\w+))$/gm)].map(([, name]) => name ?? null)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
const standard: readonly ErrorNumber[] = upTo(20).flatMap((type) =>
  upTo(40).map((code) => ({ type, code, experimenter: null })),
)
const ofExperimenters: readonly ErrorNumber[] = [EXPERIMENTER.ONF, EXPERIMENTER.NICIRA].flatMap(
  (experimenter) => upTo(6000).map((code) => ({ type: OFPET.EXPERIMENTER, code, experimenter })),
)

const nameOrNull = ({ type, code, experimenter }: ErrorNumber): string | null => {
  const name = errorName(type, code, experimenter)
  return name.includes(' ') ? null : name
}

function differences(numbers: readonly ErrorNumber[]): string[] {
  const theirs = theirNames(numbers)
  assert.equal(theirs.length, numbers.length)
  return numbers.flatMap((number, index) => {
    const [ours, other] = [nameOrNull(number), theirs[index] ?? null]
    return ours === other ? [] : [`${number.type}, ${number.code}: ${ours} here, ${other} there`]
  })
}

/** Open vSwitch gives three numbers of OpenFlow 1.3.5 §7.4.4.14 the names of what became of them in OpenFlow 1.4. */
const OF_LATER_VERSIONS = [
  '13, 2: OFPTFFC_BAD_TYPE here, OFPBPC_BAD_TYPE there',
  '13, 3: OFPTFFC_BAD_LEN here, OFPBPC_BAD_LEN there',
  '13, 4: OFPTFFC_BAD_ARGUMENT here, OFPBPC_BAD_VALUE there',
]

t.test('errors of the specification', { skip: withoutOpenVswitch }, async (t) => {
  t.same(differences(standard), OF_LATER_VERSIONS)
})

t.test('errors of experimenters', { skip: withoutOpenVswitch }, async (t) => {
  t.same(differences(ofExperimenters), [])
})

t.test('every type and every code has a name', async (t) => {
  for (const type of Object.values(OFPET)) {
    if (type !== OFPET.EXPERIMENTER) t.not(nameOrNull({ type, code: 0, experimenter: null }), null)
  }
  for (const [name, code] of Object.entries(ONF_ERROR))
    t.equal(errorName(0xffff, code, EXPERIMENTER.ONF), name)
  for (const [name, code] of Object.entries(NX_ERROR)) {
    t.equal(errorName(0xffff, code, EXPERIMENTER.NICIRA), name)
  }
})
