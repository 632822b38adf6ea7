/** `CONTROLLER:65535`, `controller(reason=no_match,id=3,userdata=01.02,pause)`. `format_CONTROLLER` of Open vSwitch. */
import { canonicalController2 } from '../canonical-controller.ts'
import { OFPCML_NO_BUFFER, OFPR } from '../constants.ts'
import type { Controller2, ControllerAction, ControllerProperty } from '../types/open-vswitch-action.ts'
import { REASONS, wordOf } from './action-words.ts'
import { bytesToHex, dotted } from './number.ts'

export function formatController({ max_len, controller_id, reason }: ControllerAction): string {
  if (reason === OFPR.ACTION && controller_id === 0) return `CONTROLLER:${max_len}`
  const parts = [
    ...(reason === OFPR.ACTION ? [] : [`reason=${wordOf(REASONS, reason)}`]),
    ...(max_len === OFPCML_NO_BUFFER ? [] : [`max_len=${max_len}`]),
    ...(controller_id === 0 ? [] : [`id=${controller_id}`]),
  ]
  return `controller(${parts.join(',')})`
}

/** Where each property stands. */
const ORDER: readonly ControllerProperty['type'][] = [
  'reason',
  'max_len',
  'controller_id',
  'userdata',
  'pause',
  'meter_id',
  'unknown',
]

/** What holds without being said is not said. */
export function formatController2(action: Controller2): string {
  const plain = canonicalController2(action)
  if (plain.type === 'output') return `CONTROLLER:${plain.max_len}`
  if (plain.type !== 'controller2') return formatController(plain as ControllerAction)
  const sorted = [...plain.properties].sort((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type))
  return `controller(${sorted.map(formatProperty).join(',')})`
}

function formatProperty(property: ControllerProperty): string {
  switch (property.type) {
    case 'max_len':
      return `max_len=${property.max_len}`
    case 'controller_id':
      return `id=${property.controller_id}`
    case 'reason':
      return `reason=${wordOf(REASONS, property.reason)}`
    case 'userdata':
      return `userdata=${dotted(property.userdata)}`
    case 'pause':
      return 'pause'
    case 'meter_id':
      return `meter_id=${property.meter_id}`
    // Open vSwitch refuses these: our own words.
    case 'unknown':
      return `unknown(${property.property_type},${bytesToHex(property.data)})`
  }
}
