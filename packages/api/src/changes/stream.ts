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
import type { Change } from '@openvnet/feed'
import type { Store } from '../store/store.ts'

export interface StreamOptions {
  readonly store: Store
  readonly response: ServerResponse
  /** The reader has everything up to this revision. */
  readonly since: number
  /** Milliseconds between comments. */
  readonly heartbeat: number
  /** Ends the stream. */
  readonly signal: AbortSignal
}

const PAGE = 100

const event = (name: string, data: unknown, id?: number): string =>
  `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`

const changeEvent = (change: Change): string => event('change', change, change.revision)

/** @returns when the reader is gone or `signal` ended the stream; never rejects */
export const streamChanges = async (options: StreamOptions): Promise<void> => {
  const { store, response, signal } = options
  let wake = Promise.withResolvers<void>()
  const unsubscribe = store.onChange(() => wake.resolve())
  const onAbort = () => wake.resolve()
  signal.addEventListener('abort', onAbort)
  const beat = setInterval(() => response.write(': still here\n\n'), options.heartbeat)
  let cursor = options.since

  /** Writes what is behind the cursor. @returns whether there was any */
  const advance = async (): Promise<boolean> => {
    const page = store.changesAfter(cursor, PAGE)
    const gone = page.kind === 'gone'
    if (!gone && page.changes.length === 0) return false
    const text = gone
      ? event('gone', { store: page.store, revision: page.revision }, page.revision)
      : page.changes.map(changeEvent).join('')
    cursor = gone ? page.revision : (page.changes.at(-1)?.revision ?? cursor)
    if (!response.write(text)) await once(response, 'drain', { signal })
    return true
  }

  try {
    response.write('retry: 1000\n\n')
    response.write(event('store', { store: store.identity, revision: store.revision() }))
    while (!signal.aborted) {
      wake = Promise.withResolvers<void>()
      if (!(await advance())) await wake.promise
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearInterval(beat)
    unsubscribe()
    signal.removeEventListener('abort', onAbort)
    response.end()
  }
}
