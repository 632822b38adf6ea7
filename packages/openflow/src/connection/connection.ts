/**
 * One OpenFlow connection, from either end: what its user calls. Negotiates 1.3 (`handshake.ts`), takes messages in
 * the order of the wire (`inbound.ts`), answers and sends echo requests (`liveness.ts`), pairs replies with requests
 * (`request.ts`), sends in few writes (`outbox.ts`), and ends with exactly one reason whatever the peer does
 * (`ending.ts`). No callback but `onClose` comes once the end is decided; one that throws, or whose promise rejects,
 * ends this connection and nothing else. OpenFlow 1.3.5 §6.3; `lib/vconn.c` and `lib/rconn.c` of Open vSwitch.
 */
import type { Duplex } from 'node:stream'
import { DecodeError } from '../decode-error.ts'
import { EncodeError } from '../encode-error.ts'
import type { FeaturesReply, Message, MultipartReplyBody, MultipartRequestBody } from '../types/message.ts'
import { Callbacks } from './callbacks.ts'
import { Ending } from './ending.ts'
import { type CloseReason, ConnectionClosed } from './errors.ts'
import { Handshake, OUR_HELLO } from './handshake.ts'
import { Inbound } from './inbound.ts'
import { Liveness } from './liveness.ts'
import { type ConnectionOptions, type ConnectionSettings, isNotNegative, settingsOf } from './options.ts'
import { Outbox } from './outbox.ts'
import { type Outgoing, PendingRequests, type ReplyTypes, type Request } from './request.ts'

/** How a request is waited for. */
export interface RequestOptions {
  /** Milliseconds to wait for the reply, and for each further part of one. Absent: as the connection's. */
  readonly timeout?: number
}

/** Of a header: OpenFlow 1.3.5 §7.1. */
const XID_OFFSET = 4

/** One OpenFlow 1.3 connection, of either role, over any byte stream. `listen` and `connect` make them by address. */
export class Connection {
  readonly #socket: Duplex
  readonly #callbacks: Callbacks
  readonly #settings: Required<ConnectionSettings>
  readonly #ending: Ending
  readonly #handshake: Handshake
  readonly #inbound: Inbound
  readonly #outbox: Outbox
  readonly #liveness: Liveness
  readonly #pending: PendingRequests
  #features: FeaturesReply | null = null
  #lastXid = 0

  /** @throws RangeError for a setting that is no time or no limit */
  constructor(options: ConnectionOptions) {
    this.#settings = settingsOf(options)
    const { socket } = options
    this.#socket = socket
    this.#callbacks = new Callbacks(options, this, (error) => this.#onCallbackError(error))
    this.#pending = new PendingRequests(this.#settings.maxReplyBytes)
    this.#outbox = this.#makeOutbox()
    this.#liveness = this.#makeLiveness()
    this.#handshake = this.#makeHandshake()
    this.#inbound = this.#makeInbound()
    this.#ending = this.#makeEnding()
    if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true)
    this.send(OUR_HELLO)
  }

  #makeOutbox(): Outbox {
    return new Outbox({
      socket: this.#socket,
      maxQueuedBytes: this.#settings.maxQueuedBytes,
      onOverflow: () => this.#ending.atOnce('send_overflow', 'the peer does not take what is sent to it'),
    })
  }

  #makeLiveness(): Liveness {
    return new Liveness({
      intervalMs: this.#settings.echoIntervalMs,
      isPaused: () => this.#inbound.paused,
      sendProbe: () => this.send({ type: 'echo_request', data: new Uint8Array(0) }),
      onSilent: () => this.#ending.atOnce('inactivity', 'the peer is silent'),
    })
  }

  #makeHandshake(): Handshake {
    return new Handshake({
      requestFeatures: this.#settings.requestFeatures,
      timeoutMs: this.#settings.handshakeTimeoutMs,
      send: (message) => this.send(message),
      onReady: (features) => this.#onReady(features),
      onError: (error) => this.#callbacks.error(error),
      onFailure: (code, message) => this.#ending.gracefully(code, message),
      onTimeout: (message) => this.#ending.atOnce('handshake_timeout', message),
    })
  }

  #makeInbound(): Inbound {
    return new Inbound({
      socket: this.#socket,
      maxMessageBytes: this.#settings.maxMessageBytes,
      isOpen: () => this.#ending.reason === null,
      onHeard: () => this.#liveness.heard(),
      checkHeader: (header) => this.#handshake.checkHeader(header),
      take: (message, bytes) => this.#take(message, bytes),
      takeMalformed: (bytes, error) => this.#takeMalformed(bytes, error),
      onError: (error) => this.#onReceiveError(error),
      onEnd: (isTruncated) =>
        isTruncated
          ? this.#ending.gracefully('truncated', 'the peer ended within a message')
          : this.#ending.gracefully('ended', 'the peer ended the connection'),
    })
  }

  #makeEnding(): Ending {
    return new Ending({
      socket: this.#socket,
      closeTimeoutMs: this.#settings.closeTimeoutMs,
      flush: () => this.#outbox.flush(),
      onDecided: (reason) => this.#onDecided(reason),
      onClosed: (reason) => this.#callbacks.closed(reason),
    })
  }

  /** True between `onReady` and the end. */
  get ready(): boolean {
    return this.#handshake.done && this.#ending.reason === null
  }

  /** What the switch said that it is, if `requestFeatures` asked for it; `null` before. */
  get features(): FeaturesReply | null {
    return this.#features
  }

  /** Why the connection ends or has ended; `null` while it does not. */
  get reason(): CloseReason | null {
    return this.#ending.reason
  }

  /** Bytes that the peer has not taken yet. */
  get queuedBytes(): number {
    return this.#outbox.queuedBytes
  }

  /** False while more is queued than the socket likes: wait for `drained` before sending in bulk. */
  get writable(): boolean {
    return this.#outbox.writable
  }

  /** Resolves when the socket has room. Rejects with ConnectionClosed if it never will. */
  drained(): Promise<void> {
    if (this.reason !== null) return rejected(new ConnectionClosed(this.reason))
    return this.#outbox.drained()
  }

  /** A transaction id that no pending request has; never 0, which switches use for what they send unasked. */
  nextXid(): number {
    do this.#lastXid = this.#lastXid === 0xffffffff ? 1 : this.#lastXid + 1
    while (this.#pending.has(this.#lastXid))
    return this.#lastXid
  }

  /**
   * Sends a message: with its `xid`, 0 included, or without one with the next. One sent after the end is dropped,
   * like one that is lost on the way: only a reply tells.
   * @returns its xid
   * @throws EncodeError
   */
  send(message: Outgoing): number {
    const xid = message.xid ?? this.nextXid()
    if (this.reason === null) this.#outbox.send(message as Message, xid)
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
   * Rejects with OpenFlowError, RequestTimeout, ConnectionClosed, or EncodeError: for what does not encode, and for
   * an xid that waits already or is 0, which would be paired with what a switch sends unasked; with RangeError for a
   * timeout that is no time. May be dropped: a rejection that nobody looks at is not an unhandled one.
   */
  request<R extends Request>(message: R, options: RequestOptions = {}): Promise<ReplyTypes[R['type']]> {
    if (this.reason !== null) return rejected(new ConnectionClosed(this.reason))
    const xid = message.xid ?? this.nextXid()
    if (xid === 0) return rejected(new EncodeError('a request cannot have xid 0'))
    if (this.#pending.has(xid)) return rejected(new EncodeError(`xid ${xid} waits for its reply already`))
    const timeout = options.timeout ?? this.#settings.requestTimeoutMs
    if (!isNotNegative(timeout)) return rejected(new RangeError(`timeout is ${timeout}`))
    try {
      this.#outbox.send(message as Message, xid)
    } catch (error) {
      return rejected(error as Error)
    }
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
    this.#inbound.pause()
  }

  /** Receives again. */
  resume(): void {
    this.#inbound.resume()
  }

  /** Ends the connection after what is queued has been sent. Resolves when the socket is closed, with the reason. */
  close(): Promise<CloseReason> {
    this.#ending.gracefully('closed', 'closed by this side')
    return this.#ending.closed
  }

  #onReady(features: FeaturesReply | null): void {
    this.#features = features
    this.#liveness.start()
    this.#callbacks.ready(features)
  }

  /** True if it completed the reply to a request. */
  #take(message: Message, bytes: number): boolean {
    if (this.#handshake.take(message)) return false
    if (message.type === 'echo_request') {
      this.send({ type: 'echo_reply', xid: message.xid, data: message.data })
      return false
    }
    switch (this.#pending.take(message, bytes)) {
      case 'done':
        return true
      case 'part':
        return false
      case 'overflow':
        this.#ending.atOnce('reply_overflow', `a reply is longer than ${this.#settings.maxReplyBytes} bytes`)
        return false
      case 'none':
        this.#deliver(message)
        return false
    }
  }

  #takeMalformed(bytes: Uint8Array, error: DecodeError): boolean {
    if (!this.ready || !this.#callbacks.wantsMalformed || error.code === 'version') return false
    this.#pending.reject(headerXid(bytes), error)
    this.#callbacks.malformed(bytes, error)
    return true
  }

  #deliver(message: Message): void {
    if (message.type === 'error') this.#callbacks.error(message)
    // A late answer to our own probe tells nothing.
    else if (message.type !== 'echo_reply') this.#callbacks.message(message)
  }

  #onReceiveError(error: unknown): void {
    if (error instanceof DecodeError) this.#ending.gracefully('malformed', error.message, error)
    else this.#onCallbackError(error)
  }

  #onCallbackError(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.#ending.atOnce('handler_error', `a callback threw: ${error.message}`, error)
  }

  /** Nothing is expected of the peer any more: who waits for something is told. */
  #onDecided(reason: CloseReason): void {
    this.#handshake.stop()
    this.#liveness.stop()
    const closed = new ConnectionClosed(reason)
    this.#pending.rejectAll(closed)
    this.#outbox.abandon(closed)
  }
}

const headerXid = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(XID_OFFSET)

/** Marks a promise as handled: its rejection is for who awaits it, and nobody must. */
function droppable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

const rejected = <T>(error: Error): Promise<T> => droppable(Promise.reject(error))
