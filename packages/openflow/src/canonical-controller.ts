/** The actions that send a packet to a controller, as their text reads: the plainest one that can say it. */
import { OFPCML_NO_BUFFER, OFPP, OFPR } from './constants.ts'
import type { Action } from './types/action.ts'
import type { Controller2, ControllerAction, ControllerProperty } from './types/open-vswitch-action.ts'

/** An output where nothing but the length is said. */
export function canonicalController(action: ControllerAction): Action {
  if (action.controller_id !== 0 || action.reason !== OFPR.ACTION) return action
  return { type: 'output', port: OFPP.CONTROLLER, max_len: action.max_len }
}

/** The order of the properties; what is not known comes behind, as it came. */
const ORDER: readonly ControllerProperty['type'][] = [
  'max_len',
  'controller_id',
  'reason',
  'userdata',
  'pause',
  'meter_id',
]

/** Each property once, the last one said; none that says what holds without it. */
export function canonicalController2({ properties }: Controller2): Action {
  const last = new Map(properties.map((property) => [property.type, property]))
  const known = ORDER.flatMap((type) => last.get(type) ?? []).filter((property) => !isDefault(property))
  const all = [...known, ...properties.filter(({ type }) => type === 'unknown')]
  if (all.some(({ type }) => ORDER.indexOf(type) > 2 || type === 'unknown'))
    return { type: 'controller2', properties: all }
  return canonicalController(plain(known))
}

function isDefault(property: ControllerProperty): boolean {
  switch (property.type) {
    case 'max_len':
      return property.max_len === OFPCML_NO_BUFFER
    case 'controller_id':
      return property.controller_id === 0
    case 'reason':
      return property.reason === OFPR.ACTION
    case 'userdata':
      return property.userdata.length === 0
    case 'meter_id':
      return property.meter_id === NO_METER
    default:
      return false
  }
}

/** NX_CTLR_NO_METER. */
const NO_METER = 0

function plain(properties: readonly ControllerProperty[]): ControllerAction {
  let [max_len, controller_id, reason]: number[] = [OFPCML_NO_BUFFER, 0, OFPR.ACTION]
  for (const property of properties) {
    if (property.type === 'max_len') max_len = property.max_len
    if (property.type === 'controller_id') controller_id = property.controller_id
    if (property.type === 'reason') reason = property.reason
  }
  return { type: 'controller', max_len, controller_id, reason } as ControllerAction
}
