/**
 * The feed over HTTP as lines of JSON (`application/x-ndjson`): first what the answer is, then its rows or operations
 * piece by piece. Each piece is parsed and checked by itself, with the event loop in between, so that a replica of
 * any size is filled without a long pause.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import type { Change, ChangesSince, Operation, Snapshot } from './change.ts'
import { isChange, isChangesHead, isRecord, isRow, isSnapshotHead } from './shape.ts'

/** The media type of such answers. */
export const LINES = 'application/x-ndjson'

/** Milliseconds of work between turns of the event loop. */
const SLICE = 5

/** @throws SyntaxError for a line that is not JSON */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let rest = ''
  let begun = performance.now()
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      yield JSON.parse(line)
      if (performance.now() - begun < SLICE) continue
      await turn()
      begun = performance.now()
    }
  }
  if (rest !== '') throw new SyntaxError('the last line has no end')
}

/** @returns `null` when the answer is no snapshot */
export const readSnapshotLines = async (body: ReadableStream<Uint8Array>): Promise<Snapshot | null> => {
  const rows = new Map<unknown, Row[]>(RESOURCE_NAMES.map((name) => [name, []]))
  let head: Record<string, unknown> | undefined
  for await (const line of linesOf(body)) {
    if (!isRecord(line)) return null
    if (head === undefined) {
      if (!isSnapshotHead(line)) return null
      head = line
      continue
    }
    const of = rows.get(line['resource'])
    const more = line['rows']
    if (of === undefined || !Array.isArray(more) || !more.every(isRow)) return null
    for (const row of more) of.push(row as Row)
  }
  return head === undefined
    ? null
    : ({ ...head, rows: Object.fromEntries(rows as Map<ResourceName, Row[]>) } as unknown as Snapshot)
}

/** Puts changes together that come in pieces. */
const createCollector = () => {
  const changes: Change[] = []
  /** Operations of a change of which there is more. */
  let begun: Operation[] = []
  return {
    changes,
    isComplete: () => begun.length === 0,
    add: (piece: Change & { readonly more?: unknown }): void => {
      begun = begun.concat(piece.operations)
      if (piece.more === true) return
      changes.push({ revision: piece.revision, operations: begun })
      begun = []
    },
  }
}

/** @returns `null` when the answer is no list of changes */
export const readChangesLines = async (body: ReadableStream<Uint8Array>): Promise<ChangesSince | null> => {
  const { add, changes, isComplete } = createCollector()
  let head: Record<string, unknown> | undefined
  for await (const line of linesOf(body)) {
    if (head === undefined) {
      if (!isRecord(line) || !isChangesHead(line)) return null
      head = line
    } else if (isChange(line)) add(line)
    else return null
  }
  if (head === undefined || !isComplete()) return null
  return (head['kind'] === 'gone' ? head : { ...head, changes }) as unknown as ChangesSince
}
