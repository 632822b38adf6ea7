/** `controller(reason=…,max_len=…,id=…,userdata=01.02,pause,meter_id=…)`. `parse_CONTROLLER` of Open vSwitch. */
import { canonicalController2 } from '../canonical-controller.ts'
import { OFPCML_NO_BUFFER, OFPP } from '../constants.ts'
import type { Action } from '../types/action.ts'
import type { ControllerProperty } from '../types/open-vswitch-action.ts'
import { REASONS } from './action-words.ts'
import { dottedBytes, oneOf } from './parse-arguments.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { hexBytes, number } from './parse-value.ts'
import { cutAt, type Item, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

/** The plainest action that says it: an output where nothing but the length is given. */
export function parseController({ value, form }: Item): Action {
  if (form === '(') return canonicalController2({ type: 'controller2', properties: readProperties(value) })
  const max_len = form === '' ? OFPCML_NO_BUFFER : number(value, 16)
  return { type: 'output', port: OFPP.CONTROLLER, max_len }
}

const PROPERTIES: ReadonlyMap<string, (value: Word) => ControllerProperty> = new Map<
  string,
  (value: Word) => ControllerProperty
>([
  ['reason', (value) => ({ type: 'reason', reason: oneOf(REASONS, value) })],
  ['max_len', (value) => ({ type: 'max_len', max_len: number(value, 16) })],
  ['id', (value) => ({ type: 'controller_id', controller_id: number(value, 16) })],
  ['userdata', (value) => ({ type: 'userdata', userdata: dottedBytes(value) })],
  ['pause', () => ({ type: 'pause' })],
  ['meter_id', (value) => ({ type: 'meter_id', meter_id: number(value, 32) })],
  ['unknown', readUnknown],
])

function readProperties(value: Word): ControllerProperty[] {
  const seen = new Set<string>()
  return [...scan(value)].map((item) => {
    const name = item.name.text
    const read = PROPERTIES.get(name)
    const names = [...PROPERTIES.keys()].slice(0, -1)
    if (read === undefined) throw new FlowSyntaxError(item.name, names.join(', '), suggestion(name, names))
    if (seen.has(name) && name !== 'unknown') throw new FlowSyntaxError(item.name, `${name} only once`)
    seen.add(name)
    return read(item.value)
  })
}

/** `unknown(7,0102)`: as `formatActions` prints what is not known. */
function readUnknown(value: Word): ControllerProperty {
  const [type, data] = cutAt(value, ',')
  if (data === null) throw new FlowSyntaxError(type, 'type and bytes')
  return { type: 'unknown', property_type: number(type, 16), data: hexBytes(data) }
}
