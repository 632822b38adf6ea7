/**
 * One JSON-RPC connection (RFC 7047 §4): answers paired with requests by id, notifications, echo both ways, and one
 * reason for the end. Whatever the peer does, it takes a bounded amount of memory, and nothing is left unsettled: at the end every
 * request that waits is rejected.
 */
import type { Duplex } from 'node:stream'
import { Deadline } from './deadline.ts'
import { describeSocketError } from './dial.ts'
import {
  ConnectionClosed,
  OvsdbError,
  ProtocolError,
  RequestRefused,
  RequestTimeout,
  shown,
} from './errors.ts'
import { JsonFramer, type JsonLimits } from './json-framer.ts'

export interface SessionSettings extends JsonLimits {
  /** Milliseconds of silence before the server is asked whether it lives; it is given up after the same again. */
  readonly probeInterval: number
  /** Milliseconds to wait for an answer. */
  readonly requestTimeout: number
  /** Bytes to be sent that the server does not take. */
  readonly maxQueuedBytes: number
}

export interface SessionOptions extends SessionSettings {
  readonly socket: Duplex
  /** What throws ends the connection. */
  readonly onNotification: (method: string, params: readonly unknown[]) => void
  /** Once. */
  readonly onEnd: (reason: OvsdbError) => void
}

export interface RequestOptions {
  /** Milliseconds to wait for the answer. */
  readonly timeout?: number
  /** Takes the result before anything that the server sent behind it; what it throws ends the connection. */
  readonly onResult?: (result: unknown) => void
}

interface Waiting {
  readonly method: string
  readonly onResult: (result: unknown) => void
  readonly deadline: Deadline
  readonly resolve: (result: unknown) => void
  readonly reject: (error: OvsdbError) => void
}

type Message = Readonly<Record<string, unknown>>

/** Ids of our own echo requests; requests have numbers. */
const PROBE = 'echo'

export class Session {
  readonly #options: SessionOptions
  readonly #framer: JsonFramer
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #reason: OvsdbError | null = null
  #isProbed = false
  #silence: Deadline | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#framer = new JsonFramer(options)
    const { socket } = options
    socket.on('data', (chunk: Uint8Array) => this.#onData(chunk))
    socket.on('error', (error) => this.end(new ConnectionClosed(describeSocketError(error))))
    socket.on('end', () => this.#onEnded())
    socket.on('close', () => this.#onEnded())
    this.#watch()
  }

  /** Why it ended; `null` while it has not. */
  get reason(): OvsdbError | null {
    return this.#reason
  }

  /** Rejects with RequestRefused, RequestTimeout, ProtocolError or ConnectionClosed. */
  request(method: string, params: readonly unknown[], options: RequestOptions = {}): Promise<unknown> {
    if (this.#reason !== null) return Promise.reject(this.#reason)
    const { timeout = this.#options.requestTimeout, onResult = () => undefined } = options
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      const deadline = new Deadline(timeout, () => this.#giveUp(id, timeout))
      this.#waiting.set(id, { method, deadline, onResult, resolve, reject })
      this.#send({ method, params, id })
    })
  }

  /** A transaction that nobody waits for any more need not be done (RFC 7047 §4.1.4). */
  #giveUp(id: number, timeout: number): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    const { method, reject } = waiting
    this.#waiting.delete(id)
    if (method === 'transact') this.#send({ method: 'cancel', params: [id], id: null })
    reject(new RequestTimeout(`the OVSDB server did not answer ${method} within ${timeout / 1000} s`))
  }

  /** Ends it; the first reason counts. */
  end(reason: OvsdbError): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#silence?.stop()
    this.#options.socket.destroy()
    for (const { deadline, reject } of this.#waiting.values()) {
      deadline.stop()
      reject(reason)
    }
    this.#waiting.clear()
    this.#options.onEnd(reason)
  }

  #onEnded(): void {
    const cut = this.#framer.isBetweenValues ? '' : ' within a message'
    this.end(new ConnectionClosed(`the server ended the connection${cut}`))
  }

  #onData(chunk: Uint8Array): void {
    this.#isProbed = false
    this.#watch()
    try {
      for (const message of this.#framer.push(chunk)) {
        this.#take(message)
        if (this.#reason !== null) return
      }
    } catch (error) {
      this.end(reasonOf(error))
    }
  }

  #take(json: unknown): void {
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      throw new ProtocolError(`the server sent no JSON-RPC message: ${shown(json)}`)
    const message = json as Message
    if ('method' in message) this.#takeCall(message)
    else if ('result' in message || 'error' in message) this.#takeAnswer(message)
    else throw new ProtocolError(`the server sent neither a request nor an answer: ${shown(json)}`)
  }

  #takeCall({ method, params, id }: Message): void {
    if (typeof method !== 'string' || !Array.isArray(params))
      throw new ProtocolError(
        `the server sent a request without method or params: ${shown({ method, params })}`,
      )
    if (id === null || id === undefined) this.#options.onNotification(method, params)
    else if (method === 'echo') this.#send({ id, result: params, error: null })
    else this.#send({ id, result: null, error: 'unknown method' })
  }

  #takeAnswer({ id, result, error }: Message): void {
    if (id === PROBE || typeof id !== 'number') return
    const waiting = this.#waiting.get(id)
    // One that came too late.
    if (waiting === undefined) return
    this.#waiting.delete(id)
    waiting.deadline.stop()
    if (error === null || error === undefined) this.#takeResult(waiting, result)
    else waiting.reject(refusalOf(waiting.method, error))
  }

  #takeResult({ onResult, resolve, reject }: Waiting, result: unknown): void {
    try {
      onResult(result)
      resolve(result)
    } catch (error) {
      const reason = reasonOf(error)
      reject(reason)
      throw reason
    }
  }

  #send(message: object): void {
    const { socket, maxQueuedBytes } = this.#options
    socket.write(JSON.stringify(message))
    if (socket.writableLength > maxQueuedBytes)
      this.end(
        new ConnectionClosed(`the server does not take what is sent to it: ${maxQueuedBytes} bytes wait`),
      )
  }

  #watch(): void {
    const { probeInterval } = this.#options
    this.#silence?.stop()
    if (this.#reason !== null) return
    this.#silence = new Deadline(probeInterval, () => {
      if (this.#isProbed) {
        this.end(new ConnectionClosed(`the server is silent for ${(probeInterval * 2) / 1000} s`))
        return
      }
      this.#isProbed = true
      this.#send({ method: 'echo', params: [], id: PROBE })
      this.#watch()
    })
  }
}

/** What a callback throws is not the server's fault, but ends the connection too. */
const reasonOf = (error: unknown): OvsdbError =>
  error instanceof OvsdbError
    ? error
    : new ConnectionClosed(`a callback threw: ${String(error)}`, { cause: error })

/** A text, or `{error, details, syntax}`. */
const refusalOf = (method: string, error: unknown): RequestRefused => {
  if (typeof error === 'string') return new RequestRefused(method, error, null)
  const { error: word, details } = error as Message
  const text = typeof word === 'string' ? word : shown(error)
  return new RequestRefused(method, text, typeof details === 'string' ? details : null)
}
