/**
 * The bus between processes: Redis publish/subscribe (Redis 6.2 or newer, Valkey). It loses what is sent while a
 * connection is down or too far behind, and says so by a gap after each (re)subscription. It reconnects for ever and
 * never fails its user. Own events reach own handlers directly, so one process stays quick while Redis is away.
 */
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Bus, BusTopic } from './bus.ts'
import { createHandlers } from './handlers.ts'
import { decodeMessage, encodeMessage, TOPICS } from './redis-message.ts'

export interface RedisBusOptions {
  /** `redis://[user:password@]host:port[/db]`, or `rediss://…` for TLS. */
  readonly url: string
  readonly log: Logger
  /** First part of the channel names: those who share it hear each other. Default `openvnet`. */
  readonly prefix?: string
}

/** Octets that may wait for Redis to take them; what comes on top is lost. */
const MAX_PENDING = 16 * 2 ** 20
const HEARTBEAT_MS = 3_000
/** Our own event: the client's `end` does not come when it is not connected at the time. */
const ENDED = 'openvnet-ended'

const retryDelay = (attempt: number): number => Math.min(2_000, 50 * 2 ** attempt) + Math.random() * 100

/** @throws {TypeError} when `url` is not a URL. */
export function createRedisBus({ url, log, prefix = 'openvnet' }: RedisBusOptions): Bus {
  const { host } = new URL(url)
  const bus = log.child({ bus: host })
  const handlers = createHandlers(bus)
  const from = randomUUID()
  const channelOf = (topic: BusTopic): string => `${prefix}:${topic}`

  const publisher = connect(url, bus, 'publisher')
  const subscriber = connect(url, bus, 'subscriber')
  listen()
  const publish = boundedPublisher(publisher, bus)

  function listen(): void {
    const topicOf = new Map(TOPICS.map((topic) => [channelOf(topic), topic]))
    subscriber.on('message', (channel: string, text: string) => {
      const topic = topicOf.get(channel)
      if (topic !== undefined) receive(topic, text)
    })
    subscriber.on('ready', () => {
      subscriber.subscribe(...topicOf.keys()).then(
        () => handlers.callGap(),
        // The connection is gone again, and comes back here; else Redis refuses, and asking again is all there is.
        (error) => {
          bus.warn({ err: error }, 'cannot subscribe to redis')
          if (subscriber.status === 'ready') subscriber.disconnect(true)
        },
      )
    })
  }
  function receive(topic: BusTopic, text: string): void {
    const message = decodeMessage(topic, text)
    if (message === null) bus.warn({ topic, length: text.length }, 'dropped a malformed message from redis')
    else if (message.from !== from) handlers.call(topic, message.event)
  }

  return {
    publish(topic, event) {
      setImmediate(() => handlers.call(topic, event))
      publish(channelOf(topic), encodeMessage({ from, event }))
    },
    subscribe: (topic, handler) => handlers.add(topic, handler),
    onGap: (handler) => handlers.addGap(handler),
    async close() {
      handlers.close()
      end(publisher)
      end(subscriber)
    },
  }
}

/** A connection that is kept for ever: a dead peer is noticed by its silence, an outage is logged once. */
function connect(url: string, log: Logger, role: string): Redis {
  const client = new Redis(url, {
    connectionName: `openvnet-${role}`,
    connectTimeout: 5_000,
    socketTimeout: 2 * HEARTBEAT_MS,
    retryStrategy: retryDelay,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
  })
  // Any answer will do; without one the socket timeout ends the connection.
  const heartbeat = setInterval(() => {
    if (client.status === 'ready') client.ping().catch(() => {})
  }, HEARTBEAT_MS)
  client.once(ENDED, () => clearInterval(heartbeat))

  let reported: string | null = null
  client.on('error', (error: Error) => {
    if (reported === error.message) return
    reported = error.message
    log.warn({ err: error, role }, 'redis is not reachable, trying again')
  })
  client.on('close', () => {
    if (reported === null) log.warn({ role }, 'connection to redis lost, trying again')
    reported ??= ''
  })
  client.on('ready', () => {
    log.info({ role }, 'connected to redis')
    reported = null
  })
  return client
}

function end(client: Redis): void {
  client.emit(ENDED)
  client.disconnect()
}

/** Sends while the connection is up and keeps up; drops otherwise. */
function boundedPublisher(client: Redis, log: Logger): (channel: string, text: string) => void {
  let pending = 0
  let dropped = 0
  return (channel, text) => {
    if (client.status !== 'ready' || pending + text.length > MAX_PENDING) {
      dropped += 1
      log.debug({ channel, dropped }, 'dropped an event that redis cannot take')
      return
    }
    pending += text.length
    client
      .publish(channel, text)
      .catch((error) => log.debug({ err: error, channel }, 'an event may be lost in redis'))
      .finally(() => {
        pending -= text.length
      })
  }
}
