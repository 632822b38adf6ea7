/**
 * The bus of a single process. Delivery is asynchronous and in order: a publisher returns (and an API answers) before
 * any handler runs. Nothing is lost, so there is never a gap.
 */
import type { Logger } from 'pino'
import type { Bus } from './bus.ts'
import { createHandlers } from './handlers.ts'

export interface LocalBusOptions {
  /** Where failing handlers are reported; without it, as process warnings. */
  readonly log?: Logger
}

export function createLocalBus({ log }: LocalBusOptions = {}): Bus {
  const handlers = createHandlers(log)
  return {
    publish: (topic, event) => void setImmediate(() => handlers.call(topic, event)),
    subscribe: (topic, handler) => handlers.add(topic, handler),
    onGap: (handler) => handlers.addGap(handler),
    async close() {
      handlers.close()
    },
  }
}
