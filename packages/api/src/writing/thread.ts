/**
 * The thread that writes: the only one that has a connection which can. Its transactions, however long, and the disk's
 * delays stop nobody else; what it has committed the other threads read. It takes requests in order.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createModel } from '../crud/model.ts'
import { behaviours } from '../resources/index.ts'
import { expire } from '../retention/expiry.ts'
import type { Writer } from '../store/rows.ts'
import { openStore, type Store } from '../store/store.ts'
import { createBatch } from './batch.ts'
import type { Outcome } from './call.ts'
import { callNamed, createCalls } from './calls.ts'
import { isLong, runGroup } from './group.ts'
import { type Answer, type Report, type Request, type Start, toFault, type WriteRequest } from './messages.ts'

const createPerform = (isStopping: () => boolean) => {
  const model = createModel(behaviours)
  const calls = createCalls(model)
  const batch = createBatch(calls, isStopping)
  return (writer: Writer, request: WriteRequest): Outcome => {
    if (request.kind === 'batch') return batch(writer, request.body)
    if (request.kind === 'expire') return { body: expire(model.work(writer), Date.now()), notEnforced: [] }
    return callNamed(calls, request.call).perform(writer, request.names, request.given)
  }
}

const isWrite = (request: Request): request is WriteRequest =>
  request.kind === 'call' || request.kind === 'batch' || request.kind === 'expire'

const checked = (store: Store, id: number): Answer => {
  try {
    store.checkWritable()
    return { id, result: null }
  } catch (error) {
    return { id, fault: toFault(error) }
  }
}

/** Takes requests until it is told to close. */
const serve = (port: MessagePort, store: Store, isStopping: () => boolean): void => {
  const report = (message: Report): void => port.postMessage(message)
  const perform = createPerform(isStopping)
  /** The request that comes next, taken from the port already. */
  let ahead: Request | undefined
  const look = (): Request | undefined => {
    ahead ??= (receiveMessageOnPort(port) as { message: Request } | undefined)?.message
    return ahead
  }
  const take = (): WriteRequest | undefined => {
    const request = look()
    if (request === undefined || !isWrite(request) || isLong(request)) return undefined
    ahead = undefined
    return request
  }
  const handle = (request: Request): void => {
    switch (request.kind) {
      case 'call':
      case 'batch':
      case 'expire':
        report(runGroup(request, { store, take, perform }))
        break
      case 'check':
        report({ kind: 'done', changes: [], answers: [checked(store, request.id)] })
        break
      case 'suspect':
        store.suspect()
        break
      case 'close':
        store.close()
        port.close()
    }
  }
  port.on('message', (first: Request) => {
    let request: Request | undefined = first
    while (request !== undefined) {
      handle(request)
      if (request.kind === 'close') return
      request = look()
      ahead = undefined
    }
    store.tidy()
  })
}

const start = (port: MessagePort, { options, stopping }: Start): void => {
  try {
    const store = openStore(options)
    port.postMessage({ kind: 'opened' } satisfies Report)
    serve(port, store, () => Atomics.load(stopping, 0) !== 0)
  } catch (error) {
    port.postMessage({ kind: 'failed', fault: toFault(error) } satisfies Report)
    port.close()
  }
}

if (parentPort !== null) start(parentPort, workerData as Start)
