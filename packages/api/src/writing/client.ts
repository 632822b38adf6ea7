/** The thread that writes, as the rest of the API sees it. */
import { Worker } from 'node:worker_threads'
import type { Change } from '@openvnet/feed'
import { ApiError } from '../errors.ts'
import type { Given } from '../parameters/check.ts'
import { parseInPieces } from '../store/long_change.ts'
import type { ChangeText } from '../store/outbox.ts'
import type { StoreOptions } from '../store/store.ts'
import type { Names } from './call.ts'
import { type Answer, type Report, type Request, type Result, type Start, toError } from './messages.ts'
import { createReadiness } from './readiness.ts'

export interface WriteClient {
  /** Performs one call; a rehearsal is undone and answers what it would do. Rejects with ApiError, or with what SQLite said; nothing is stored then. */
  call(call: string, names: Names, given: Given, isRehearsal: boolean): Promise<Result>
  /** @param body JSON as it came */
  batch(body: Uint8Array, isRehearsal: boolean): Promise<Result>
  /** Releases and deletes the leases whose time is over, or some of them. */
  expire(): Promise<Result>
  /** Rejects with what SQLite says when the store cannot be written now. Takes seconds at most, see `readiness.ts`. */
  check(): Promise<void>
  /** Somebody who reads met damage. */
  suspect(): void
  /** Whether something is under way whose changes have not been handed in. */
  isBusy(): boolean
  /**
   * Lets what is under way finish, but for batches, of which nothing is done then. Resolves when all is answered and every
   * change handed in.
   */
  close(): Promise<void>
}

export interface WriteClientOptions extends StoreOptions {
  /** Called with every change in order, once it is on the disk and before its request is answered, unless it is long. */
  readonly onChange: (change: Change) => void
  /** See `ReadinessOptions`. */
  readonly patience?: number
  /** Called after every transaction: how long it took, and how many requests shared it. */
  readonly onTransaction?: (milliseconds: number, requests: number) => void
}

/** Said to who asks when it is too late. */
const closed = (): ApiError =>
  new ApiError('StoreUnavailable', 'this program stops; nothing is done: ask again when it runs')

const SOURCE = new URL('./thread.ts', import.meta.url)
/** Beside this file, whether that is a source or built. */
const THREAD = import.meta.url.endsWith('.ts') ? SOURCE : new URL(SOURCE.href.replace(/\.ts$/, '.js'))

/** MiB for what is soon forgotten: left alone, the thread takes several times as much after a long batch. */
const YOUNG_GENERATION = 16

interface Pending {
  readonly resolve: (result: Result | null) => void
  readonly reject: (error: Error) => void
}

/** Hands changes on in order, each when it is parsed. */
const createHandIn = (onChange: (change: Change) => void) => {
  let waiting = 0
  let last = Promise.resolve()
  const isText = (change: Change | ChangeText): change is ChangeText => typeof change.operations === 'string'
  const handIn = async (before: Promise<void>, change: Change | ChangeText): Promise<void> => {
    await before
    onChange(isText(change) ? await parseInPieces(change) : change)
    waiting -= 1
  }
  return {
    isWaiting: () => waiting > 0,
    /** Resolves when all is handed on. */
    done: () => last,
    add: (change: Change | ChangeText): void => {
      if (waiting === 0 && !isText(change)) {
        onChange(change)
        return
      }
      waiting += 1
      last = handIn(last, change)
    },
  }
}

const startThread = async (start: Start): Promise<Worker> => {
  const worker = new Worker(THREAD, {
    workerData: start,
    name: 'store',
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
  })
  const report = await new Promise<Report>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (report.kind === 'failed') throw toError(report.fault)
  worker.removeAllListeners('error')
  return worker
}

/** @throws what SQLite says when the store cannot be opened */
export const createWriteClient = async ({
  onChange,
  patience,
  onTransaction,
  ...options
}: WriteClientOptions): Promise<WriteClient> => {
  const stopping = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const worker = await startThread({ options, stopping })
  const pending = new Map<number, Pending>()
  const handIn = createHandIn(onChange)
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let lastId = 0
  let isClosed = false

  const settle = (answer: Answer): void => {
    const waiting = pending.get(answer.id)
    pending.delete(answer.id)
    const error = 'fault' in answer ? toError(answer.fault) : undefined
    readiness.note(error)
    if (error !== undefined) waiting?.reject(error)
    else if ('result' in answer) waiting?.resolve(answer.result)
  }
  worker.on('message', (report: Report) => {
    if (report.kind !== 'done') return
    if (report.took !== undefined) onTransaction?.(report.took, report.answers.length)
    for (const change of report.changes) handIn.add(change)
    for (const answer of report.answers) settle(answer)
  })
  // It catches what requests cause; what ends it is a bug, and ends this thread as well.
  worker.on('error', (error) => {
    throw error
  })
  const ask = (request: (id: number) => Request): Promise<Result | null> => {
    if (isClosed) return Promise.reject(closed())
    lastId += 1
    const id = lastId
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject })
      worker.postMessage(request(id))
    })
  }
  const readiness = createReadiness({
    ask: () => ask((id) => ({ kind: 'check', id })),
    file: options.file,
    ...(patience !== undefined && { patience }),
  })
  const write = async (request: (id: number) => Request): Promise<Result> => (await ask(request)) as Result

  return {
    call: (call, names, given, isRehearsal) =>
      write((id) => ({ kind: 'call', id, call, names, given, isRehearsal })),
    batch: (body, isRehearsal) => write((id) => ({ kind: 'batch', id, body, isRehearsal })),
    expire: () => write((id) => ({ kind: 'expire', id })),
    check: readiness.check,
    suspect: () => worker.postMessage({ kind: 'suspect' } satisfies Request),
    isBusy: () => pending.size > 0 || handIn.isWaiting(),
    close: async () => {
      isClosed = true
      Atomics.store(stopping, 0, 1)
      worker.postMessage({ kind: 'close' } satisfies Request)
      await exited
      await handIn.done()
      for (const { reject } of pending.values()) reject(closed())
    },
  }
}
