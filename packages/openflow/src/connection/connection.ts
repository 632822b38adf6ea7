/**
 * One OpenFlow connection, from either end. Negotiates 1.3, answers and sends echo requests, pairs replies with
 * requests, and ends with exactly one reason whatever the peer does. Callbacks come in the order of the wire, and
 * never again once the end is decided; one that throws ends this connection and nothing else.
 * OpenFlow 1.3.5 §6.3; `lib/vconn.c` and `lib/rconn.c` of Open vSwitch.
 */
import type { Duplex } from 'node:stream'
import { decodeFrom } from '../codec/message.ts'
import { OFP_VERSION, OFPT } from '../constants.ts'
import { DecodeError } from '../decode-error.ts'
import { EncodeError } from '../encode-error.ts'
import { OFPET } from '../error-names.ts'
import { Framer } from '../framer.ts'
import { Reader } from '../reader.ts'
import type {
  ErrorMessage,
  FeaturesReply,
  Hello,
  Message,
  MultipartReplyBody,
  MultipartRequestBody,
} from '../types/message.ts'
import { type CloseCode, type CloseReason, ConnectionClosed, closeReason } from './errors.ts'
import { OUR_HELLO, offeredVersions, speaksOurVersion, versionRefusal } from './handshake.ts'
import { Liveness } from './liveness.ts'
import { type ConnectionOptions, type Limits, limitsOf } from './options.ts'
import { Outbox } from './outbox.ts'
import { type Outgoing, PendingRequests, type ReplyTypes, type Request } from './request.ts'

/** `hello` and `features` wait for the peer's message of that name. */
type State = 'hello' | 'features' | 'ready' | 'closing' | 'closed'

export interface RequestOptions {
  /** Milliseconds to wait for the reply, and for each further part of one. */
  readonly timeout?: number
}

export class Connection {
  readonly #options: ConnectionOptions
  readonly #limits: Limits
  readonly #socket: Duplex
  readonly #framer: Framer
  readonly #reader = new Reader(new Uint8Array(0))
  readonly #pending: PendingRequests
  readonly #outbox: Outbox
  readonly #liveness: Liveness
  readonly #closed = Promise.withResolvers<CloseReason>()
  #deadline: NodeJS.Timeout
  #state: State = 'hello'
  #reason: CloseReason | null = null
  #lastXid = 0
  #paused = false
  #receiving = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#limits = limitsOf(options)
    this.#socket = options.socket
    this.#framer = new Framer({ maxMessageBytes: this.#limits.maxMessageBytes })
    this.#pending = new PendingRequests(this.#limits.maxReplyBytes)
    this.#outbox = new Outbox({
      socket: options.socket,
      maxQueuedBytes: this.#limits.maxQueuedBytes,
      onOverflow: () => this.#destroy('send_overflow', 'the peer does not take what is sent to it'),
    })
    this.#liveness = new Liveness({
      intervalMs: this.#limits.echoIntervalMs,
      sendProbe: () => this.#probe(),
      onSilent: () => this.#destroy('inactivity', 'the peer is silent'),
    })
    this.#deadline = setTimeout(() => this.#onHandshakeTimeout(), this.#limits.handshakeTimeoutMs)
    this.#listen()
    this.#outbox.send(OUR_HELLO, this.nextXid())
    // A socket that is gone already says nothing more.
    if (this.#socket.destroyed) process.nextTick(() => this.#onSocketClose())
  }

  #listen(): void {
    const socket = this.#socket
    if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true)
    socket.on('data', (chunk: Uint8Array) => this.#onData(chunk))
    socket.on('end', () => this.#onEnd())
    socket.on('error', (error) => this.#destroy('socket_error', error.message, error))
    socket.on('close', () => this.#onSocketClose())
  }

  /** True between `onReady` and the end. */
  get ready(): boolean {
    return this.#state === 'ready'
  }

  /** Why the connection ends or has ended; `null` while it does not. */
  get reason(): CloseReason | null {
    return this.#reason
  }

  /** False while more is queued than the socket likes: wait for `drained` before sending in bulk. */
  get writable(): boolean {
    return this.#outbox.writable
  }

  /** Resolves when the socket has room. Rejects with ConnectionClosed if it never will. */
  drained(): Promise<void> {
    if (this.#reason !== null) return rejected(new ConnectionClosed(this.#reason))
    return this.#outbox.drained()
  }

  /** A transaction id that no pending request has; never 0, which switches use for what they send unasked. */
  nextXid(): number {
    do this.#lastXid = this.#lastXid === 0xffffffff ? 1 : this.#lastXid + 1
    while (this.#pending.has(this.#lastXid))
    return this.#lastXid
  }

  /**
   * Sends a message. One sent after the end is dropped, like one that is lost on the way: only a reply tells.
   * @returns its xid
   * @throws EncodeError
   */
  send(message: Outgoing): number {
    const xid = message.xid || this.nextXid()
    if (this.#isOpen()) this.#outbox.send(message as Message, xid)
    return xid
  }

  /**
   * Sends messages in their order with as few writes as possible.
   * @returns their xids
   * @throws EncodeError; the messages before the one that does not encode are sent
   */
  sendAll(messages: Iterable<Outgoing>): number[] {
    const xids: number[] = []
    for (const message of messages) xids.push(this.send(message))
    return xids
  }

  /**
   * Sends a request and waits for its reply; the parts of a multipart reply are put together.
   * Rejects with OpenFlowError, RequestTimeout, ConnectionClosed or EncodeError. May be dropped: a rejection that
   * nobody looks at is not an unhandled one.
   */
  request<R extends Request>(message: R, options: RequestOptions = {}): Promise<ReplyTypes[R['type']]> {
    if (this.#reason !== null) return rejected(new ConnectionClosed(this.#reason))
    const xid = message.xid || this.nextXid()
    if (this.#pending.has(xid)) return rejected(new EncodeError(`xid ${xid} waits for its reply already`))
    try {
      this.#outbox.send(message as Message, xid)
    } catch (error) {
      return rejected(error as Error)
    }
    const timeout = options.timeout ?? this.#limits.requestTimeoutMs
    return this.#pending.add(xid, message, timeout) as Promise<ReplyTypes[R['type']]>
  }

  /** Sends a multipart request; resolves with the body of the whole reply. Rejects as `request`. */
  multipart<B extends MultipartRequestBody>(
    body: B,
    options: RequestOptions = {},
  ): Promise<Extract<MultipartReplyBody, { readonly type: B['type'] }>> {
    const reply = this.request({ type: 'multipart_request', flags: 0, body }, options)
    return droppable(
      reply.then((message) => message.body as Extract<MultipartReplyBody, { type: B['type'] }>),
    )
  }

  /** Resolves when the peer has done everything sent before. Rejects as `request`. */
  barrier(options: RequestOptions = {}): Promise<void> {
    return droppable(this.request({ type: 'barrier_request' }, options).then(() => undefined))
  }

  /** Stops receiving: messages stay in the socket and the peer is slowed down. Nor are its echo requests answered. */
  pause(): void {
    this.#paused = true
    this.#socket.pause()
  }

  /** Receives again. */
  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#liveness.heard()
    this.#socket.resume()
    this.#receiveLater()
  }

  /** Ends the connection after what is queued has been sent. Resolves when the socket is closed, with the reason. */
  close(): Promise<CloseReason> {
    this.#end('closed', 'closed by this side')
    return this.#closed.promise
  }

  #isOpen(): boolean {
    return this.#state !== 'closing' && this.#state !== 'closed'
  }

  #probe(): void {
    if (this.#paused) this.#liveness.heard()
    else this.send({ type: 'echo_request', data: new Uint8Array(0) })
  }

  #onData(chunk: Uint8Array): void {
    if (!this.#isOpen()) return
    this.#framer.push(chunk)
    if (!this.#receiving) this.#receive()
  }

  /** Takes messages in the next turn of the event loop. */
  #receiveLater(): void {
    if (this.#receiving) return
    this.#receiving = true
    setImmediate(() => this.#receive())
  }

  #receive(): void {
    this.#receiving = true
    const more = this.#receiveAvailable()
    this.#receiving = false
    if (more) this.#receiveLater()
  }

  /**
   * Takes the messages that are there. Returns true if it stopped early because a request got its reply: who awaits
   * it must see it before what the wire brought after it, and continues only when this turn is over.
   */
  #receiveAvailable(): boolean {
    try {
      while (!this.#paused && this.#isOpen()) {
        const bytes = this.#framer.next()
        if (bytes === null) {
          this.#refuseStrangers()
          return false
        }
        this.#liveness.heard()
        this.#reader.reset(bytes)
        if (this.#take(decodeFrom(this.#reader), bytes.length)) return this.#framer.buffered > 0
      }
    } catch (error) {
      this.#onReceiveError(error)
    }
    return false
  }

  /** Garbage is seen by its first bytes: not only when its supposed length, up to 64 KiB, has come. */
  #refuseStrangers(): void {
    const header = this.#framer.peek()
    if (header === null || header.type === OFPT.HELLO || header.type === OFPT.ERROR) return
    if (this.#state === 'hello') throw notHello()
    if (header.version !== OFP_VERSION) {
      throw new DecodeError('version', 0, `version ${header.version} is not OpenFlow 1.3`)
    }
  }

  #onReceiveError(error: unknown): void {
    if (error instanceof DecodeError) this.#end('malformed', error.message, error)
    else
      this.#destroy(
        'handler_error',
        'a callback threw',
        error instanceof Error ? error : new Error(String(error)),
      )
  }

  /** True if it was the reply to a request. */
  #take(message: Message, bytes: number): boolean {
    if (message.type === 'hello') {
      if (this.#state === 'hello') this.#onHello(message)
      return false
    }
    if (this.#state === 'hello' && message.type !== 'error') throw notHello()
    switch (message.type) {
      case 'echo_request':
        this.send({ type: 'echo_reply', xid: message.xid, data: message.data })
        return false
      default:
        return this.#state === 'ready' ? this.#takeReady(message, bytes) : this.#takeEarly(message)
    }
  }

  #takeEarly(message: Message): false {
    if (message.type === 'features_reply' && this.#state === 'features') this.#becomeReady(message)
    else if (message.type === 'error') this.#onEarlyError(message)
    return false
  }

  #takeReady(message: Message, bytes: number): boolean {
    switch (this.#pending.take(message, bytes)) {
      case 'done':
        return true
      case 'part':
        return false
      case 'overflow':
        this.#destroy('reply_overflow', `a reply is longer than ${this.#limits.maxReplyBytes} bytes`)
        return false
      case 'none':
        this.#deliver(message)
        return false
    }
  }

  #deliver(message: Message): void {
    if (message.type === 'error') this.#options.onError?.(message)
    // A late answer to our own probe tells nothing.
    else if (message.type !== 'echo_reply') this.#options.onMessage?.(message)
  }

  #onHello(hello: Hello): void {
    if (!speaksOurVersion(hello)) {
      this.#outbox.send(versionRefusal(hello), hello.xid)
      this.#end('version', `the peer offers OpenFlow versions ${offeredVersions(hello)}, not 4 (1.3)`)
      return
    }
    if (this.#options.requestFeatures !== true) {
      this.#becomeReady(null)
      return
    }
    this.#state = 'features'
    this.send({ type: 'features_request' })
  }

  #onEarlyError(error: ErrorMessage): void {
    const text = new TextDecoder().decode(error.data.subarray(0, 200))
    if (error.error_type === OFPET.HELLO_FAILED)
      this.#end('hello_failed', `the peer refuses our version: ${text}`)
    else this.#options.onError?.(error)
  }

  #becomeReady(features: FeaturesReply | null): void {
    clearTimeout(this.#deadline)
    this.#state = 'ready'
    this.#liveness.start()
    this.#options.onReady?.(features)
  }

  #onHandshakeTimeout(): void {
    const awaited = this.#state === 'hello' ? 'HELLO' : 'features reply'
    this.#destroy('handshake_timeout', `no ${awaited} within ${this.#limits.handshakeTimeoutMs} ms`)
  }

  #onEnd(): void {
    // What came before the end counts, also what waits for a turn of its own.
    while (this.#receiveAvailable());
    if (this.#framer.buffered > 0 && !this.#paused) this.#end('truncated', 'the peer ended within a message')
    else this.#end('ended', 'the peer ended the connection')
  }

  /** Decides the end; the first reason counts. What is queued is still sent. */
  #end(code: CloseCode, message: string, error: Error | null = null): void {
    if (!this.#decide(code, message, error)) return
    this.#outbox.flush()
    this.#socket.end()
    // What still comes is dropped, but must be read for the stream to end.
    this.#socket.resume()
    this.#deadline = setTimeout(() => this.#socket.destroy(), this.#limits.closeTimeoutMs)
  }

  /** Decides the end and takes it at once. */
  #destroy(code: CloseCode, message: string, error: Error | null = null): void {
    this.#decide(code, message, error)
    this.#socket.destroy()
  }

  #decide(code: CloseCode, message: string, error: Error | null): boolean {
    if (this.#reason !== null) return false
    this.#reason = closeReason(code, message, error)
    this.#state = 'closing'
    clearTimeout(this.#deadline)
    this.#liveness.stop()
    const closed = new ConnectionClosed(this.#reason)
    this.#pending.rejectAll(closed)
    this.#outbox.abandon(closed)
    return true
  }

  #onSocketClose(): void {
    this.#decide('ended', 'the socket was closed', null)
    clearTimeout(this.#deadline)
    this.#state = 'closed'
    const reason = this.#reason as CloseReason
    this.#closed.resolve(reason)
    this.#options.onClose?.(reason)
  }
}

const notHello = (): DecodeError => new DecodeError('value', 1, 'the first message is not HELLO')

/** Marks a promise as handled: its rejection is for who awaits it, and nobody must. */
function droppable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

const rejected = <T>(error: Error): Promise<T> => droppable(Promise.reject(error))
