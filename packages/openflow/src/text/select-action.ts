/** `multipath`, `bundle`, `sample`: what is chosen by a hash or by chance. `lib/multipath.c`, `lib/bundle.c` of Open vSwitch. */
import type {
  BundleAction,
  BundleLoad,
  Multipath,
  Sample,
  Sample2,
  Sample4,
  Subfield,
} from '../types/open-vswitch-action.ts'
import { BUNDLE_ALGORITHMS, DIRECTIONS, HASH_FIELDS, MULTIPATH_ALGORITHMS, wordOf } from './action-words.ts'
import { formatPort, type TextNames, wide } from './names.ts'
import { formatSubfield } from './subfield.ts'

export function formatMultipath(action: Multipath): string {
  const { fields, basis, algorithm, max_link, arg, dst } = action
  const how = `${wordOf(HASH_FIELDS, fields)},${basis},${wordOf(MULTIPATH_ALGORITHMS, algorithm)}`
  return `multipath(${how},${max_link + 1},${arg},${formatSubfield(dst)})`
}

export function formatBundle(action: BundleAction | BundleLoad, names: TextNames): string {
  const { fields, basis, algorithm, ports } = action
  const how = `${wordOf(HASH_FIELDS, fields)},${basis},${wordOf(BUNDLE_ALGORITHMS, algorithm)},ofport`
  const dst = action.type === 'bundle' ? '' : `,${formatSubfield(action.dst)}`
  const members = ports.map((port) => formatPort(wide(port), names)).join(',')
  return `${action.type}(${how}${dst},members:${members})`
}

/** OFPP_NONE in 16 bits. */
const NO_PORT = 0xffff

export function formatSample(action: Sample | Sample2 | Sample4, names: TextNames): string {
  const id = (value: number | Subfield): string =>
    typeof value === 'number' ? String(value) : formatSubfield(value)
  const parts = [
    `probability=${action.probability}`,
    `collector_set_id=${action.collector_set_id}`,
    `obs_domain_id=${id(action.obs_domain_id)}`,
    `obs_point_id=${id(action.obs_point_id)}`,
  ]
  if (action.type !== 'sample') {
    const { type, sampling_port } = action
    const direction = type === 'sample2' ? 0 : action.direction
    if (sampling_port !== NO_PORT) parts.push(`sampling_port=${formatPort(wide(sampling_port), names)}`)
    // Open vSwitch says nothing of a direction that it does not know.
    if (direction !== 0) parts.push(DIRECTIONS[direction] ?? `direction=${direction}`)
  }
  return `sample(${parts.join(',')})`
}
