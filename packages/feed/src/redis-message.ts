/**
 * What travels through Redis: one JSON text per event, on one channel per topic. Whatever anybody else puts there is
 * recognized as not ours; the members that a reader acts upon are checked, since another version may have written them.
 */
import type { BusEvents, BusTopic } from './bus.ts'
import { isPlaceReport, isPlaceRequest } from './places.ts'
import { isChange, isRecord } from './shape.ts'

export const TOPICS: readonly BusTopic[] = [
  'change',
  'report',
  'report_change',
  'report_request',
  'places',
  'places_request',
]

export interface Message {
  /** Identity of the bus that sent it, which has delivered it to its own handlers already. */
  readonly from: string
  readonly event: BusEvents[BusTopic]
}

const isReport = (event: Record<string, unknown>): boolean =>
  typeof event['controller'] === 'string' &&
  typeof event['store'] === 'string' &&
  Number.isSafeInteger(event['revision']) &&
  Array.isArray(event['datapaths']) &&
  event['datapaths'].every((one) => isRecord(one) && typeof one['dpid'] === 'string') &&
  (event['ovsdb'] === undefined || (Array.isArray(event['ovsdb']) && event['ovsdb'].every(isRecord)))

const EVENT_IS_VALID: Readonly<Record<BusTopic, (event: Record<string, unknown>) => boolean>> = {
  change: (event) =>
    typeof event['store'] === 'string' && (isChange(event['change']) || isLongChange(event['change'])),
  report: isReport,
  report_change: (event) => isReport(event) && Number.isSafeInteger(event['sequence']),
  report_request: () => true,
  places: isPlaceReport,
  places_request: isPlaceRequest,
}

/** Operations of the longest change that is sent; of longer ones it is said that they are there, and they are asked for. */
const LONGEST_CHANGE = 500

const isLongChange = (value: unknown): boolean =>
  isRecord(value) && Number.isSafeInteger(value['revision']) && value['operations'] === null

const shortened = (event: Message['event']): Message['event'] => {
  if (!('change' in event) || (event.change.operations?.length ?? 0) <= LONGEST_CHANGE) return event
  return { store: event.store, change: { revision: event.change.revision, operations: null } }
}

export const encodeMessage = ({ from, event }: Message): string =>
  JSON.stringify({ from, event: shortened(event) })

/** @returns `null` when the text is not a message of this topic. */
export function decodeMessage(topic: BusTopic, text: string): Message | null {
  const value = parse(text)
  if (!isRecord(value) || typeof value['from'] !== 'string' || !isRecord(value['event'])) return null
  return EVENT_IS_VALID[topic](value['event']) ? (value as unknown as Message) : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
