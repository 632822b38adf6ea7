/**
 * The change feed as server-sent events. Each reader has a cursor into the store and is given what lies behind it, as
 * fast as it reads and no faster: a slow one costs a page of changes, never a queue.
 *
 * Events: `store` (identity and revision, at the start), `change` (id = revision), `gone` (the changes after the
 * reader's revision are pruned or never were: take a snapshot; what follows begins after `revision`). A comment every
 * few seconds keeps the connection alive.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { ChangeText } from '../store/outbox.ts'
import type { StoreView } from '../store/view.ts'

export interface StreamOptions {
  readonly store: StoreView
  readonly response: ServerResponse
  /** The reader has everything up to this revision. */
  readonly since: number
  /** Milliseconds between comments. */
  readonly heartbeat: number
  /** Ends the stream. */
  readonly signal: AbortSignal
}

const PAGE = 100

/** @param data JSON on one line */
const event = (name: string, data: string, id?: number): string =>
  `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`

/** The change as it is stored, which nobody has to parse here. */
const changeEvent = ({ revision, operations }: ChangeText): string =>
  event('change', `{"revision":${revision},"operations":${operations.replaceAll('\n', '')}}`, revision)

/**
 * What lies behind the cursor, as events.
 * @returns the text and the new cursor; `undefined` when there is nothing
 */
const nextEvents = (store: StoreView, cursor: number): { text: string; cursor: number } | undefined => {
  const page = store.changesAfter(cursor, PAGE)
  if (page.kind === 'gone') {
    const { revision } = page
    return {
      text: event('gone', JSON.stringify({ store: page.store, revision }), revision),
      cursor: revision,
    }
  }
  const last = page.changes.at(-1)
  return last && { text: page.changes.map(changeEvent).join(''), cursor: last.revision }
}

const pump = async ({ store, response, since, signal }: StreamOptions): Promise<void> => {
  let cursor = since
  let wake = Promise.withResolvers<void>()
  const unsubscribe = store.onChange(() => wake.resolve())
  signal.addEventListener('abort', () => wake.resolve(), { once: true })
  try {
    while (!signal.aborted) {
      wake = Promise.withResolvers<void>()
      const next = nextEvents(store, cursor)
      if (next === undefined) {
        await wake.promise
        continue
      }
      cursor = next.cursor
      if (!response.write(next.text)) await once(response, 'drain', { signal })
    }
  } finally {
    unsubscribe()
  }
}

/** @returns when the reader is gone or `signal` ended the stream; rejects only for a bug or a broken store */
export const streamChanges = async (options: StreamOptions): Promise<void> => {
  const { store, response, signal } = options
  // A reader that has taken nothing for a whole interval is not there any more.
  let isStuck = false
  const beat = setInterval(() => {
    if (isStuck && response.writableNeedDrain) response.destroy()
    isStuck = response.writableNeedDrain
    if (!isStuck) response.write(': still here\n\n')
  }, options.heartbeat)
  try {
    response.write(
      `retry: 1000\n\n${event('store', JSON.stringify({ store: store.identity, revision: store.revision() }))}`,
    )
    await pump(options)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearInterval(beat)
    response.end()
  }
}
