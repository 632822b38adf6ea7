/**
 * The channel that reconciling uses, over a `Connection`: several readers of errors, and multipart replies handed
 * over part by part, so that a dump of 100,000 flows is never in memory as messages.
 */
import {
  type Connection,
  type ErrorMessage,
  type MultipartReply,
  type MultipartReplyBody,
  OFPMPF_MORE,
  OpenFlowError,
} from '@openvnet/openflow'
import type { Channel } from '../reconcile/channel.ts'

/** Switches answer in order and may be busy with a bundle of thousands of flows. */
const ANSWER_TIMEOUT_MS = 30_000

export interface SwitchChannel extends Channel {
  /** Whether something is expected of the switch: an answer, or that it takes what is sent. */
  readonly isWaiting: boolean
  /** Whether the parts of a multipart reply are expected. */
  readonly isReading: boolean
  /** For the connection's `onMessage`; takes the parts of replies that were asked for. @returns whether it was one. */
  takePart(reply: MultipartReply): boolean
  /** For the connection's `onError`; @returns whether somebody expected it. */
  takeError(error: ErrorMessage): boolean
  /** For the connection's `onClose`: nothing more will be answered. */
  end(reason: string): void
}

interface Dump {
  readonly onPart: (body: MultipartReplyBody) => void
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export function createChannel(connection: Connection): SwitchChannel {
  const dumps = new Map<number, Dump>()
  let waiting = 0
  const errorHandlers = new Set<(error: ErrorMessage) => void>()

  const settle = (xid: number): Dump | undefined => {
    const dump = dumps.get(xid)
    clearTimeout(dump?.timer)
    dumps.delete(xid)
    return dump
  }

  /** One part of a few hundred flows per turn of the event loop: the system would hand over dozens of them. */
  const giveWay = () => {
    connection.pause()
    setImmediate(() => connection.resume())
  }

  return {
    get ended() {
      return connection.reason !== null
    },
    get isWaiting() {
      return waiting > 0 || dumps.size > 0
    },
    get isReading() {
      return dumps.size > 0
    },
    nextXid: () => connection.nextXid(),
    send: (message) => {
      connection.send(message)
    },
    async drained() {
      if (connection.writable) return
      const { promise, reject } = Promise.withResolvers<never>()
      const timer = setTimeout(
        () => reject(new Error('the switch does not take what is sent to it')),
        ANSWER_TIMEOUT_MS,
      )
      waiting += 1
      try {
        await Promise.race([connection.drained(), promise])
      } finally {
        waiting -= 1
        clearTimeout(timer)
      }
    },
    async request(message) {
      waiting += 1
      try {
        await connection.request(message, { timeout: ANSWER_TIMEOUT_MS })
        return 'replied'
      } catch (error) {
        if (error instanceof OpenFlowError) return { error: error.error }
        throw error
      } finally {
        waiting -= 1
      }
    },
    multipart(body, onPart) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      if (connection.reason !== null) return Promise.reject(new Error(connection.reason.message))
      const xid = connection.send({ type: 'multipart_request', flags: 0, body })
      const late = () => settle(xid)?.reject(new Error(`no answer to the ${body.type} request`))
      dumps.set(xid, { onPart, resolve, reject, timer: setTimeout(late, ANSWER_TIMEOUT_MS) })
      return promise
    },
    onError(handler) {
      errorHandlers.add(handler)
      return () => errorHandlers.delete(handler)
    },
    takePart({ xid, flags, body }) {
      const dump = dumps.get(xid)
      if (dump === undefined) return false
      dump.timer.refresh()
      try {
        dump.onPart(body)
      } catch (error) {
        settle(xid)?.reject(error as Error)
        return true
      }
      if ((flags & OFPMPF_MORE) === 0) settle(xid)?.resolve()
      else giveWay()
      return true
    },
    takeError(error) {
      const dump = settle(error.xid)
      dump?.reject(new OpenFlowError(error))
      for (const handler of errorHandlers) handler(error)
      return dump !== undefined || errorHandlers.size > 0
    },
    end(reason) {
      for (const xid of dumps.keys()) settle(xid)?.reject(new Error(reason))
    },
  }
}
