/** `multipath`, `bundle`, `bundle_load`, `sample` from their text: the reverse of `select-action.ts`. */
import { canonicalActions } from '../canonical-action.ts'
import type { Action } from '../types/action.ts'
import type { Subfield } from '../types/open-vswitch-action.ts'
import { BUNDLE_ALGORITHMS, HASH_FIELDS, MULTIPATH_ALGORITHMS } from './action-words.ts'
import { named, numberOf, oneOf, positional } from './parse-arguments.ts'
import type { ActionContext } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { isSubfield, parseSubfield } from './parse-subfield.ts'
import { number, shortPort } from './parse-value.ts'
import { type Item, scan } from './parse-words.ts'

export function parseMultipath({ value }: Item): Action {
  const at = positional(value)
  const links = number(at(3), 17)
  if (links < 1 || links > 0x10000) throw new FlowSyntaxError(at(3), 'a number of 1..65536')
  return {
    type: 'multipath',
    fields: oneOf(HASH_FIELDS, at(0)),
    basis: number(at(1), 16),
    algorithm: oneOf(MULTIPATH_ALGORITHMS, at(2)),
    max_link: links - 1,
    arg: number(at(4), 32),
    dst: parseSubfield(at(5)),
  }
}

/** `bundle(eth_src,0,hrw,ofport,members:4,8)`; `bundle_load` has the destination before the members. */
export function parseBundle({ name, value }: Item, { names }: ActionContext): Action {
  const items = [...scan(value)]
  const at = positional(value)
  const loads = name.text.toLowerCase() === 'bundle_load'
  const first = loads ? 5 : 4
  const members = items[first]
  if (at(3).text !== 'ofport') throw new FlowSyntaxError(at(3), 'ofport')
  if (members === undefined || !/^(members|slaves)$/.test(members.name.text))
    throw new FlowSyntaxError(at(first), 'members:')
  const ports = [members.value, ...items.slice(first + 1).map((item) => item.name)]
  const common = {
    algorithm: oneOf(BUNDLE_ALGORITHMS, at(2)),
    fields: oneOf(HASH_FIELDS, at(0)),
    basis: number(at(1), 16),
    ports: ports.filter(({ text }) => text !== '').map((word) => shortPort(word, names)),
  }
  return loads ? { type: 'bundle_load', ...common, dst: parseSubfield(at(4)) } : { type: 'bundle', ...common }
}

const SAMPLE_ARGUMENTS = [
  'probability',
  'collector_set_id',
  'obs_domain_id',
  'obs_point_id',
  'sampling_port',
  'ingress',
  'egress',
  'direction',
]
/** OFPP_NONE in 16 bits. */
const NO_PORT = 0xffff

/** The least of the four actions that can say it. */
export function parseSample({ value }: Item, { names }: ActionContext): Action {
  const given = named(value, SAMPLE_ARGUMENTS)
  const port = given.get('sampling_port')
  const all: Action = {
    type: 'sample4',
    probability: numberOf(given.get('probability'), 16, 0),
    collector_set_id: numberOf(given.get('collector_set_id'), 32, 0),
    obs_domain_id: idOf(given.get('obs_domain_id')),
    obs_point_id: idOf(given.get('obs_point_id')),
    sampling_port: port === undefined ? NO_PORT : shortPort(port, names),
    direction: directionOf(given),
  }
  return canonicalActions([all])[0] ?? all
}

const idOf = (word: Word | undefined): number | Subfield =>
  word !== undefined && isSubfield(word) ? parseSubfield(word) : numberOf(word, 32, 0)

function directionOf(given: ReadonlyMap<string, Word>): number {
  if (given.has('ingress')) return 1
  return given.has('egress') ? 2 : numberOf(given.get('direction'), 8, 0)
}
