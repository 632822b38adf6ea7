/** Refuses the actions that Open vSwitch refuses: `lib/ofp-actions.c`, `ofpact_check__` and the decoders. */
import { type Action, FIELDS, type FieldName, type MatchField, type Subfield } from '@openvnet/openflow'
import { type Facts, hasField, numeric } from './check_match.ts'
import { Refusal } from './refusal.ts'

export interface ActionRules {
  readonly groups: ReadonlySet<number>
  /** Action sets and buckets know fewer actions. */
  readonly set: boolean
  /** Buckets have no match that could contradict their actions. */
  readonly matched: boolean
}

const READ_ONLY: readonly FieldName[] = ['eth_type', 'ip_proto', 'ip_frag']
const IN_SETS = [
  'output',
  'group',
  'set_queue',
  'set_nw_ttl',
  'dec_nw_ttl',
  'push_vlan',
  'pop_vlan',
  'set_field',
  'reg_move',
  'reg_load',
  'resubmit_table',
]
const MAX_TAGS = 2
const OFPP = { max: 0xff00, first_reserved: 0xffff_fff8, any: 0xffff_ffff }

const checkOutput = (port: number): void => {
  const ordinary = port > 0 && port < OFPP.max
  const reserved = port >= OFPP.first_reserved && port < OFPP.any
  if (!ordinary && !reserved) throw new Refusal('OFPBAC_BAD_OUT_PORT', `output:${port}`)
}

const requireField = (name: FieldName, facts: Facts): void => {
  const present = name === 'vlan_vid' ? facts.tags > 0 : hasField(name, facts)
  if (!present)
    throw new Refusal('OFPBAC_MATCH_INCONSISTENT', `the match does not say that packets have ${name}`)
}

const checkSubfield = ({ field, offset, bits }: Subfield): void => {
  if (bits < 1 || offset < 0 || offset + bits > FIELDS[field].bits) {
    throw new Refusal('OFPBAC_BAD_ARGUMENT', `${field}[${offset}..${offset + bits - 1}]`)
  }
}

const checkWritable = (name: FieldName): void => {
  if (READ_ONLY.includes(name)) throw new Refusal('OFPBAC_BAD_SET_ARGUMENT', `${name} is read-only`)
}

const checkSetField = (field: MatchField): FieldName => {
  if (field.field === 'unknown')
    throw new Refusal('OFPBAC_BAD_SET_TYPE', `header 0x${field.header.toString(16)}`)
  if (READ_ONLY.includes(field.field)) throw new Refusal('OFPBAC_BAD_SET_TYPE', `${field.field} is read-only`)
  if (field.mask !== null) throw new Refusal('OFPBAC_BAD_SET_MASK', field.field)
  const { value } = numeric(field)
  const fits = value >= 0n && value < 1n << BigInt(FIELDS[field.field].bits)
  // The specification forbids it; a load may.
  if (field.field === 'in_port') throw new Refusal('OFPBAC_BAD_SET_ARGUMENT', 'in_port')
  const present = field.field !== 'vlan_vid' || (value & 0x1000n) !== 0n
  if (!fits || !present) throw new Refusal('OFPBAC_BAD_SET_ARGUMENT', `${field.field}=${value}`)
  return field.field
}

/** The fields that an action reads or writes, after a look at its arguments. */
const fieldsOf = (action: Action): readonly FieldName[] => {
  switch (action.type) {
    case 'set_field':
      return [checkSetField(action.field)]
    case 'reg_move':
      checkSubfield(action.src)
      checkSubfield(action.dst)
      checkWritable(action.dst.field)
      if (action.src.bits !== action.dst.bits)
        throw new Refusal('OFPBAC_BAD_ARGUMENT', 'move between different widths')
      return [action.src.field, action.dst.field]
    case 'reg_load':
      checkSubfield(action.dst)
      checkWritable(action.dst.field)
      if (action.value >= 1n << BigInt(action.dst.bits))
        throw new Refusal('OFPBAC_BAD_ARGUMENT', `load:${action.value}`)
      return [action.dst.field]
    case 'stack_push':
      checkSubfield(action.src)
      return [action.src.field]
    case 'stack_pop':
      checkSubfield(action.dst)
      checkWritable(action.dst.field)
      return [action.dst.field]
    default:
      return []
  }
}

const checkOther = (action: Action, { groups, set }: ActionRules): void => {
  if (action.type === 'unknown') throw new Refusal('OFPBAC_BAD_TYPE', `action ${action.action_type}`)
  if (set && !IN_SETS.includes(action.type))
    throw new Refusal('OFPBAC_BAD_TYPE', `${action.type} in an action set`)
  if (action.type === 'output') checkOutput(action.port)
  if (action.type === 'group' && !groups.has(action.group_id))
    throw new Refusal('OFPBAC_BAD_OUT_GROUP', `group:${action.group_id}`)
  if (action.type === 'push_vlan' && ![0x8100, 0x88a8].includes(action.ethertype)) {
    throw new Refusal('OFPBAC_BAD_ARGUMENT', `push_vlan:${action.ethertype}`)
  }
}

/** What is known after the action. */
const learn = (facts: Facts, { type }: Action): Facts => {
  if (type === 'pop_vlan') return { ...facts, tags: Math.max(0, facts.tags - 1) }
  if (type !== 'push_vlan') return facts
  if (facts.tags >= MAX_TAGS) throw new Refusal('OFPBAC_BAD_TAG', `more than ${MAX_TAGS} VLAN tags`)
  return { ...facts, tags: facts.tags + 1 }
}

const requireHeader = (action: Action, facts: Facts): void => {
  if (action.type === 'set_nw_ttl' || action.type === 'dec_nw_ttl') requireField('nw_ttl', facts)
  if (action.type === 'pop_vlan') requireField('vlan_vid', facts)
}

/**
 * @returns what is known of packets after the actions
 * @throws {Refusal}
 */
export const checkActions = (actions: readonly Action[], facts: Facts, rules: ActionRules): Facts => {
  let now = facts
  for (const action of actions) {
    checkOther(action, rules)
    const fields = fieldsOf(action)
    if (rules.matched) for (const name of fields) requireField(name, now)
    // What is written to a set is executed later, on a packet that may be another by then.
    if (!rules.set) requireHeader(action, now)
    now = learn(now, action)
  }
  return now
}
