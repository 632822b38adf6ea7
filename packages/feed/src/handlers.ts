/**
 * Who listens to what on a bus. Handlers are called in the order in which they subscribed; one that throws is logged
 * and disturbs neither the others nor the caller; one that has unsubscribed is never called again.
 */
import type { Logger } from 'pino'
import type { BusEvents, BusTopic } from './bus.ts'

type Handler = (event: never) => void

export interface Handlers {
  add<T extends BusTopic>(topic: T, handler: (event: BusEvents[T]) => void): () => void
  addGap(handler: () => void): () => void
  call<T extends BusTopic>(topic: T, event: BusEvents[T]): void
  callGap(): void
  /** Forgets all handlers, for good. */
  close(): void
}

export function createHandlers(log: Logger | undefined): Handlers {
  const byTopic = new Map<BusTopic | 'gap', Set<Handler>>()
  let closed = false

  const add = (topic: BusTopic | 'gap', handler: Handler): (() => void) => {
    // Wrapped, so that one function subscribed twice is called twice and ends one subscription at a time.
    const own: Handler = (event) => handler(event)
    const handlers = byTopic.get(topic) ?? new Set()
    if (!closed) byTopic.set(topic, handlers.add(own))
    return () => handlers.delete(own)
  }
  const call = (topic: BusTopic | 'gap', event: unknown): void => {
    for (const handler of byTopic.get(topic) ?? []) {
      try {
        handler(event as never)
      } catch (error) {
        if (log) log.error({ err: error, topic }, 'a bus handler failed')
        else process.emitWarning(error as Error)
      }
    }
  }
  return {
    add: (topic, handler) => add(topic, handler as Handler),
    addGap: (handler) => add('gap', handler),
    call,
    callGap: () => call('gap', undefined),
    close() {
      closed = true
      byTopic.clear()
    },
  }
}
