/** Groups from their text: the lines that `formatGroup` and `ovs-ofctl dump-groups` print, and what `add-group` takes. */
import { OFPG, OFPGT, OFPP } from '../constants.ts'
import type { Bucket, GroupDesc } from '../types/group.ts'
import { readActions } from './parse-action.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { isNumber, number, port, type TextNumbers } from './parse-value.ts'
import { type Item, part, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

const TYPES: ReadonlyMap<string, number> = new Map([
  ['all', OFPGT.ALL],
  ['select', OFPGT.SELECT],
  ['indirect', OFPGT.INDIRECT],
  ['ff', OFPGT.FF],
  ['fast_failover', OFPGT.FF],
])
/** What `ovs-ofctl` sends over OpenFlow 1.5, and leaves out over 1.3 without a word. */
const NEWER: ReadonlySet<string> = new Set([
  'selection_method',
  'selection_method_param',
  'fields',
  'bucket_id',
  'command_bucket_id',
])
const NAMES = ['group_id', 'type', 'bucket']

/**
 * Reads a group: `group_id=5,type=select,bucket=weight:2,actions=output:1,bucket=output:2`. As in `ovs-ofctl`, a bucket
 * of a `select` group weighs 1 if nothing is said, one of another group 0; `actions=` may be missing before the actions
 * of a bucket. Actions come in their canonical form.
 * @param names numbers of the names of ports in it
 * @returns what the `group_mod` of it takes beside its command
 * @throws FlowSyntaxError with the place, also for what OpenFlow 1.3 cannot say
 */
export function parseGroup(text: string, names: TextNumbers = {}): GroupDesc {
  const source = { text, at: 0 }
  const end = part(source, text.length)
  const items = [...scan(source)]
  const starts = items.flatMap((item, index) => (item.name.text === 'bucket' ? [index] : []))
  const head = readHead(items.slice(0, starts[0]))
  if (head.group_id === undefined) throw new FlowSyntaxError(end, 'group_id=')
  if (head.group_type === undefined)
    throw new FlowSyntaxError(end, `type= and ${[...TYPES.keys()].join(', ')}`)
  const { group_type, group_id } = head
  const buckets = starts.map((start, index) => {
    const next = items[starts[index + 1] ?? items.length]
    return readBucket(bucketWord(source, items[start] as Item, next), group_type, names)
  })
  return { group_type, group_id, buckets }
}

/** From behind `bucket=` up to the next bucket. */
function bucketWord(source: Word, { name, value, form }: Item, next: Item | undefined): Word {
  if (form !== '=' && form !== ':') throw new FlowSyntaxError(name, 'bucket=')
  return part(source, value.at, next?.name.at)
}

interface Head {
  group_id?: number
  group_type?: number
}

function readHead(items: readonly Item[]): Head {
  const head: Head = {}
  for (const { name, value } of items) {
    if (name.text === 'group_id' && head.group_id === undefined) head.group_id = groupId(value)
    else if (name.text === 'type' && head.group_type === undefined) head.group_type = groupType(value)
    else refuse(name, NAMES)
  }
  return head
}

function groupId(value: Word): number {
  if (value.text.toLowerCase() === 'all') return OFPG.ALL
  return value.text.toLowerCase() === 'any' ? OFPG.ANY : number(value, 32)
}

function groupType(value: Word): number {
  const type = TYPES.get(value.text.toLowerCase())
  if (type !== undefined) return type
  if (isNumber(value.text)) return number(value, 8)
  throw new FlowSyntaxError(value, [...TYPES.keys()].join(', '), suggestion(value.text, TYPES.keys()))
}

function refuse(name: Word, allowed: readonly string[]): never {
  if (allowed.includes(name.text)) throw new FlowSyntaxError(name, `${name.text} only once`)
  const hint = NEWER.has(name.text)
    ? 'OpenFlow 1.3 cannot say it, only 1.5 can'
    : suggestion(name.text, allowed)
  throw new FlowSyntaxError(name, allowed.join(', '), hint)
}

const BUCKET_NAMES = ['weight', 'watch_port', 'watch_group', 'actions']

/** What is said of the bucket, then its actions up to the end. */
function readBucket(source: Word, groupType: number, names: TextNumbers): Bucket {
  const bucket = {
    weight: groupType === OFPGT.SELECT ? 1 : 0,
    watch_port: OFPP.ANY as number,
    watch_group: OFPG.ANY as number,
  }
  const seen = new Set<string>()
  for (const item of scan(source)) {
    const name = item.name.text
    if (NEWER.has(name) || seen.has(name)) refuse(item.name, BUCKET_NAMES)
    seen.add(name)
    if (name === 'weight') bucket.weight = number(item.value, 16)
    else if (name === 'watch_port') bucket.watch_port = port(item.value, names)
    else if (name === 'watch_group') bucket.watch_group = groupId(item.value)
    else return { ...bucket, actions: bucketActions(source, item, names) }
  }
  throw new FlowSyntaxError(part(source, source.text.length), 'actions=', 'actions=drop for none')
}

function bucketActions(source: Word, { name, value }: Item, names: TextNumbers) {
  const begin = name.text === 'actions' || name.text === 'action' ? value.at : name.at
  const context = { names, match: [], before: [], depth: 0, readList: readActions }
  return readActions(part(source, begin - source.at), context)
}
