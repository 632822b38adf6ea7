/**
 * What a replica reads, as text in pieces: all rows, or the changes since a revision. Either one JSON document, or, for
 * readers that take it in pieces as well, a line of JSON per piece (`application/x-ndjson`), the first of which
 * is the document without its rows or operations. Nothing long is parsed or serialised in one go.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { RESOURCE_NAMES, type ResourceName } from '@openvnet/schema'
import type { ChangeTexts } from '../store/history.ts'
import { piecesOf } from '../store/long_change.ts'
import type { ChangeText } from '../store/outbox.ts'
import type { Reading } from '../store/reading.ts'
import { type Slice, snapshotSlices } from '../store/slices.ts'

/** The most changes of one answer; a reader that is further behind asks again. */
const MOST_CHANGES = 10_000
/** Changes that are read at once. */
const PAGE = 500
/** Characters of an answer, apart from its last page: a reader that is further behind asks again. */
const LONGEST_ANSWER = 16 * 2 ** 20

const jsonOfChange = ({ revision, operations }: ChangeText): string =>
  `{"revision":${revision},"operations":${operations}}`

/** A line per piece of a change; all but the last say that there is more of it. */
async function* linesOfChange({ revision, operations }: ChangeText): AsyncGenerator<string> {
  const lineOf = (piece: string, more: string) =>
    `{"revision":${revision},"operations":${piece.replaceAll('\n', '')}${more}}\n`
  let last: string | undefined
  for (const piece of piecesOf(operations)) {
    if (last !== undefined) {
      yield lineOf(last, ',"more":true')
      await turn()
    }
    last = piece
  }
  if (last !== undefined) yield lineOf(last, '')
}

const headOf = ({ kind, store, revision }: ChangeTexts) => ({ kind, store, revision })

/** The pages of changes behind a revision: at least one, and the first may be that they are gone. */
async function* changePages(reading: Reading, since: number): AsyncGenerator<ChangeTexts> {
  let cursor = since
  let count = 0
  let length = 0
  for (;;) {
    const page = reading.changesAfter(cursor, PAGE)
    // What is pruned while it is read is asked for again, and then gone.
    if (page.kind === 'gone' && cursor !== since) return
    yield page
    const last = page.kind === 'changes' ? page.changes.at(-1) : undefined
    if (page.kind === 'gone' || last === undefined) return
    cursor = last.revision
    count += page.changes.length
    length += page.changes.reduce((sum, { operations }) => sum + operations.length, 0)
    if (cursor >= page.revision || count >= MOST_CHANGES || length > LONGEST_ANSWER) return
    await turn()
  }
}

/** The changes since a revision as one JSON document. */
export async function* changesDocument(reading: Reading, since: number): AsyncGenerator<string> {
  let isFirst = true
  for await (const page of changePages(reading, since)) {
    if (page.kind === 'gone') return yield JSON.stringify(headOf(page))
    const list = page.changes.map(jsonOfChange).join(',')
    yield isFirst
      ? `${JSON.stringify(headOf(page)).slice(0, -1)},"changes":[${list}`
      : list === ''
        ? ''
        : `,${list}`
    isFirst = false
  }
  yield ']}'
}

export async function* changesLines(reading: Reading, since: number): AsyncGenerator<string> {
  let isFirst = true
  for await (const page of changePages(reading, since)) {
    if (isFirst) yield `${JSON.stringify(headOf(page))}\n`
    isFirst = false
    if (page.kind === 'changes') for (const change of page.changes) yield* linesOfChange(change)
  }
}

const jsonOfHead = ({ store, revision }: Extract<Slice, { kind: 'head' }>): string =>
  JSON.stringify({ store, revision })

/** All rows as one JSON document. @param file of the store */
export async function* snapshotDocument(file: string): AsyncGenerator<string> {
  let open: ResourceName | undefined
  const seen = new Set<ResourceName>()
  for await (const slice of snapshotSlices(file)) {
    if (slice.kind === 'head') {
      yield `${jsonOfHead(slice).slice(0, -1)},"rows":{`
      continue
    }
    const list = JSON.stringify(slice.rows).slice(1, -1)
    if (slice.resource === open) {
      yield `,${list}`
      continue
    }
    yield `${open === undefined ? '' : '],'}"${slice.resource}":[${list}`
    open = slice.resource
    seen.add(open)
  }
  const empty = RESOURCE_NAMES.filter((name) => !seen.has(name)).map((name) => `"${name}":[]`)
  yield `${open === undefined ? '' : ']'}${open !== undefined && empty.length > 0 ? ',' : ''}${empty.join(',')}}}`
}

export async function* snapshotLines(file: string): AsyncGenerator<string> {
  for await (const slice of snapshotSlices(file)) {
    yield slice.kind === 'head'
      ? `${jsonOfHead(slice)}\n`
      : `{"resource":"${slice.resource}","rows":${JSON.stringify(slice.rows)}}\n`
  }
}
