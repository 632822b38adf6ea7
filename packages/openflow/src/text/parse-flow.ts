/** Flows from their text: the lines that `formatFlow` and `ovs-ofctl dump-flows` print, and what `add-flow` takes. */
import { OFP_DEFAULT_PRIORITY, OFPFF } from '../constants.ts'
import type { Instruction } from '../types/instruction.ts'
import type { Match } from '../types/match.ts'
import { readActions } from './parse-action.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { readInstructions } from './parse-instruction.ts'
import { MatchParser, matchHint } from './parse-match.ts'
import { bigNumber, isNumber, number, type TextNumbers, table } from './parse-value.ts'
import { type Item, part, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

/** A flow as text says it: `FlowText` with everything there. */
export interface ParsedFlow {
  /** 0..254; 0 if the text names none. */
  readonly table_id: number
  /** 0..65535; 32768 if the text names none. */
  readonly priority: number
  /** 64 bits. */
  readonly cookie: bigint
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  /** Bits of `OFPFF`. */
  readonly flags: number
  /** Canonical. */
  readonly match: Match
  /** Canonical in order; a list of actions may be empty within `write_actions`. */
  readonly instructions: readonly Instruction[]
}

const FLAGS: Readonly<Record<string, number>> = {
  send_flow_rem: OFPFF.SEND_FLOW_REM,
  check_overlap: OFPFF.CHECK_OVERLAP,
  reset_counts: OFPFF.RESET_COUNTS,
  no_packet_counts: OFPFF.NO_PKT_COUNTS,
  no_byte_counts: OFPFF.NO_BYT_COUNTS,
}

/** What a dump says and a flow has not. */
const COUNTERS: ReadonlySet<string> = new Set(['duration', 'n_packets', 'n_bytes', 'idle_age', 'hard_age'])

/** Numbers of a flow beside match and instructions. */
interface Properties {
  table_id: number
  priority: number
  cookie: bigint
  idle_timeout: number
  hard_timeout: number
}

const PROPERTIES: Readonly<Record<string, (flow: Properties, value: Word, names: TextNumbers) => void>> = {
  table: (flow, value, names) => {
    flow.table_id = table(value, names)
  },
  priority: (flow, value) => {
    flow.priority = number(value, 16)
  },
  cookie: (flow, value) => {
    flow.cookie = bigNumber(value, 64)
  },
  idle_timeout: (flow, value) => {
    flow.idle_timeout = number(value, 16)
  },
  hard_timeout: (flow, value) => {
    flow.hard_timeout = number(value, 16)
  },
}

/**
 * Reads a flow: `table=0,priority=100,ip,nw_dst=10.0.0.1,actions=output:2`. Parts before the actions may stand in any
 * order; counters and ages of a dump are read over. As in `ovs-ofctl`, without `table` it is 0, without `priority`
 * 32768; unlike there the actions must be said.
 * @param names numbers of the names of tables and ports in it
 * @throws FlowSyntaxError with the place
 */
export function parseFlow(text: string, names: TextNumbers = {}): ParsedFlow {
  const properties: Properties = {
    table_id: 0,
    priority: OFP_DEFAULT_PRIORITY,
    cookie: 0n,
    idle_timeout: 0,
    hard_timeout: 0,
  }
  let flags = 0
  const match = new MatchParser(names)
  const seen = new Set<string>()
  const source = { text, at: 0 }
  for (const item of scan(source)) {
    const name = item.name.text.toLowerCase()
    if (name === 'actions' || name === 'action') {
      if (item.form !== '=') throw new FlowSyntaxError(item.name, 'actions=')
      const fields = match.finish()
      const context = { names, match: fields, before: [], depth: 0, readList: readActions }
      const instructions = readInstructions(part(source, item.value.at), context)
      return { ...properties, flags, match: fields, instructions }
    }
    if (takeProperty(item, properties, seen, names) || COUNTERS.has(name)) continue
    const flag = flagOf(item)
    if (flag === null && !match.take(item))
      throw new FlowSyntaxError(item.name, 'a field, a protocol or actions=', wordHint(item))
    flags |= flag ?? 0
  }
  throw new FlowSyntaxError(part(source, text.length), 'actions=')
}

/** What a word before the actions may have meant. */
function wordHint({ name, form }: Item): string {
  const { text } = name
  const own = form === '' ? Object.keys(FLAGS) : [...Object.keys(PROPERTIES), 'actions']
  return suggestion(text, own) || matchHint(text, form)
}

function takeProperty(item: Item, properties: Properties, seen: Set<string>, names: TextNumbers): boolean {
  const name = item.name.text.toLowerCase()
  const property = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined
  if (property === undefined) return false
  if (item.form !== '=' && item.form !== ':') throw new FlowSyntaxError(item.name, `${name}=`)
  if (seen.has(name)) throw new FlowSyntaxError(item.name, `${name} only once`)
  seen.add(name)
  property(properties, item.value, names)
  return true
}

/** The bits of a flag's name, or of a number where a flag has no name. */
function flagOf(item: Item): number | null {
  if (item.form !== '') return null
  const { text } = item.name
  if (Object.hasOwn(FLAGS, text)) return FLAGS[text] ?? 0
  return isNumber(text) ? number(item.name, 16) : null
}
