/** Meters from their text: what `formatMeter` and `ovs-ofctl dump-meters` print, and what `add-meter` takes. */
import { OFPM, OFPMF } from '../constants.ts'
import type { MeterBand, MeterConfig } from '../types/meter.ts'
import { named } from './parse-arguments.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { hexBytes, isNumber, number } from './parse-value.ts'
import { type Item, part, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

const FLAGS: ReadonlyMap<string, number> = new Map([
  ['kbps', OFPMF.KBPS],
  ['pktps', OFPMF.PKTPS],
  ['burst', OFPMF.BURST],
  ['stats', OFPMF.STATS],
])
const RESERVED: ReadonlyMap<string, number> = new Map([
  ['slowpath', OFPM.SLOWPATH],
  ['controller', OFPM.CONTROLLER],
  ['all', OFPM.ALL],
])

/**
 * Reads a meter: `meter=5,kbps,burst,bands=type=drop,rate=1000,burst_size=100`, spaces and commas alike; a further
 * `type=` begins a further band. As in `ovs-ofctl`, it says `kbps` or `pktps`, and bands have a `burst_size` if and
 * only if the meter says `burst`.
 * @returns what the `meter_mod` of it takes beside its command
 * @throws FlowSyntaxError with the place
 */
export function parseMeter(text: string): MeterConfig {
  const source = { text, at: 0 }
  const items = [...scan(source)]
  const begin = items.findIndex(({ name }) => name.text === 'band' || name.text === 'bands')
  const end = part(source, text.length)
  const bandsItem = items[begin]
  if (bandsItem === undefined) throw new FlowSyntaxError(end, 'bands=')
  const { flags, meter_id } = readHead(items.slice(0, begin), end)
  const bands = [...scan(part(source, bandsItem.value.at))]
  return { flags, meter_id, bands: groupsOf(bands).map((band) => readBand(band, flags, end)) }
}

function readHead(items: readonly Item[], end: Word): { flags: number; meter_id: number } {
  let flags = 0
  let meter_id: number | null = null
  for (const { name, form, value } of items) {
    const flag = FLAGS.get(name.text)
    if (name.text === 'meter' && meter_id === null) meter_id = meterId(value)
    else if (name.text === 'flags') flags |= number(value, 16)
    else if (flag !== undefined && form === '') flags |= flag
    else throw unexpected(name, ['meter', ...FLAGS.keys(), 'bands'])
  }
  if (meter_id === null) throw new FlowSyntaxError(end, 'meter=')
  return { flags, meter_id }
}

function meterId(value: Word): number {
  const reserved = RESERVED.get(value.text.toLowerCase())
  if (reserved !== undefined) return reserved
  if (isNumber(value.text)) return number(value, 32)
  throw new FlowSyntaxError(value, 'a meter', suggestion(value.text, RESERVED.keys()))
}

const unexpected = (name: Word, allowed: readonly string[]): FlowSyntaxError =>
  new FlowSyntaxError(name, allowed.join(', '), suggestion(name.text, allowed))

/** Items from one `type=` to the next. */
function groupsOf(items: readonly Item[]): Item[][] {
  const bands: Item[][] = []
  for (const item of items) {
    const isNext = item.name.text === 'type'
    if (!isNext && bands.length === 0) throw unexpected(item.name, ['type'])
    if (isNext) bands.push([])
    bands.at(-1)?.push(item)
  }
  return bands
}

const BAND_ARGUMENTS = ['type', 'rate', 'burst_size', 'prec_level', 'experimenter', 'data']

/** The arguments of one band; of `drop` and `dscp_remark`, and of those that `formatMeter` prints with their bytes. */
function readBand(items: readonly Item[], flags: number, end: Word): MeterBand {
  const given = named(items, BAND_ARGUMENTS)
  const word = (name: string): Word => {
    const found = given.get(name)
    if (found === undefined) throw new FlowSyntaxError(end, `${name}= in each band`)
    return found
  }
  const rate = number(word('rate'), 32)
  const burst_size = burstOf(given.get('burst_size'), flags, end)
  const type = word('type')
  switch (type.text) {
    case 'drop':
      return { type: 'drop', rate, burst_size }
    case 'dscp_remark':
      return { type: 'dscp_remark', rate, burst_size, prec_level: number(word('prec_level'), 8) }
    case 'experimenter': {
      const experimenter = number(word('experimenter'), 32)
      return { type: 'experimenter', rate, burst_size, experimenter, data: hexBytes(word('data')) }
    }
    default:
      if (!isNumber(type.text)) throw unexpected(type, ['drop', 'dscp_remark'])
      return { type: 'unknown', band_type: number(type, 16), rate, burst_size, data: hexBytes(word('data')) }
  }
}

/** The flag says that bands have it. */
function burstOf(word: Word | undefined, flags: number, end: Word): number {
  const hasBurst = (flags & OFPMF.BURST) !== 0
  if (word === undefined && hasBurst) throw new FlowSyntaxError(end, 'burst_size= in each band')
  if (word !== undefined && !hasBurst)
    throw new FlowSyntaxError(word, 'no burst_size', 'say burst before the bands')
  return word === undefined ? 0 : number(word, 32)
}
