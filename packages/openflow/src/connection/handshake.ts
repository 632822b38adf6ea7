/**
 * From the first byte to `onReady`: HELLO, then the features if they are wanted. We speak 1.3 and nothing else; a
 * peer without it is told so in a version that it can read. What comes before the end of it, but echo requests, is
 * dropped. OpenFlow 1.3.5 §6.3.1.
 */
import { OFP_VERSION, OFPT } from '../constants.ts'
import { DecodeError } from '../decode-error.ts'
import { OFPET } from '../error-names.ts'
import type { ErrorMessage, FeaturesReply, Hello, Message } from '../types/message.ts'
import { Deadline } from './deadline.ts'
import type { CloseCode } from './errors.ts'
import type { Outgoing } from './request.ts'

export const OUR_HELLO: Outgoing<Hello> = {
  type: 'hello',
  version: OFP_VERSION,
  elements: [{ type: 'versionbitmap', versions: [OFP_VERSION] }],
}

export interface HandshakeOptions {
  readonly requestFeatures: boolean
  readonly timeoutMs: number
  readonly send: (message: Outgoing) => void
  /** `features` is `null` unless they were requested. */
  readonly onReady: (features: FeaturesReply | null) => void
  /** An error that is not about the version. */
  readonly onError: (error: ErrorMessage) => void
  /** There will be no session: end it after what is sent. */
  readonly onFailure: (code: CloseCode, message: string) => void
  /** The peer does not go on. */
  readonly onTimeout: (message: string) => void
}

export class Handshake {
  readonly #options: HandshakeOptions
  readonly #deadline: Deadline
  /** `hello` and `features` wait for the peer's message of that name. */
  #state: 'hello' | 'features' | 'done' = 'hello'

  constructor(options: HandshakeOptions) {
    this.#options = options
    this.#deadline = new Deadline(options.timeoutMs, () => this.#onTimeout())
  }

  get done(): boolean {
    return this.#state === 'done'
  }

  /** Nothing is awaited any more. */
  stop(): void {
    this.#deadline.stop()
  }

  /**
   * Garbage is seen by its first bytes: not only when its supposed length, up to 64 KiB, has come.
   * @throws DecodeError
   */
  checkHeader({ version, type }: { readonly version: number; readonly type: number }): void {
    if (type === OFPT.HELLO || type === OFPT.ERROR) return
    if (this.#state === 'hello') throw notHello()
    if (version !== OFP_VERSION) throw new DecodeError('version', 0, `version ${version} is not OpenFlow 1.3`)
  }

  /**
   * Takes what belongs to the handshake, also later; false for what is the session's.
   * @throws DecodeError
   */
  take(message: Message): boolean {
    if (message.type === 'hello') {
      if (this.#state === 'hello') this.#onHello(message)
      return true
    }
    if (this.#state === 'hello' && message.type !== 'error') throw notHello()
    if (this.#state === 'done' || message.type === 'echo_request') return false
    if (message.type === 'features_reply') this.#finish(message)
    else if (message.type === 'error') this.#onError(message)
    return true
  }

  #onHello(hello: Hello): void {
    const { onFailure, requestFeatures, send } = this.#options
    if (!speaksOurVersion(hello)) {
      send(versionRefusal(hello))
      onFailure('version', `the peer offers OpenFlow versions ${offeredVersions(hello)}, not 4 (1.3)`)
      return
    }
    if (!requestFeatures) {
      this.#finish(null)
      return
    }
    this.#state = 'features'
    send({ type: 'features_request' })
  }

  #onError(error: ErrorMessage): void {
    if (error.error_type !== OFPET.HELLO_FAILED) {
      this.#options.onError(error)
      return
    }
    const text = new TextDecoder().decode(error.data.subarray(0, 200))
    this.#options.onFailure('hello_failed', `the peer refuses our version: ${text}`)
  }

  #finish(features: FeaturesReply | null): void {
    this.stop()
    this.#state = 'done'
    this.#options.onReady(features)
  }

  #onTimeout(): void {
    const awaited = this.#state === 'hello' ? 'HELLO' : 'features reply'
    this.#options.onTimeout(`no ${awaited} within ${this.#options.timeoutMs} ms`)
  }
}

/** True if 1.3 is common: by the peer's bitmap if it sent one, else its version byte means "up to this". */
function speaksOurVersion(hello: Hello): boolean {
  const bitmap = hello.elements.find((element) => element.type === 'versionbitmap')
  return bitmap === undefined ? hello.version >= OFP_VERSION : bitmap.versions.includes(OFP_VERSION)
}

/** What a peer without a common version gets, in a version that it can read. */
function versionRefusal(hello: Hello): ErrorMessage {
  return {
    type: 'error',
    xid: hello.xid,
    version: Math.min(hello.version, OFP_VERSION),
    error_type: OFPET.HELLO_FAILED,
    code: 0,
    experimenter: null,
    data: new TextEncoder().encode('only OpenFlow 1.3 (version 0x04) is supported'),
  }
}

/** The versions that a hello offers, for a message. */
function offeredVersions(hello: Hello): string {
  const bitmap = hello.elements.find((element) => element.type === 'versionbitmap')
  return bitmap === undefined ? `up to ${hello.version}` : bitmap.versions.join(', ')
}

const notHello = (): DecodeError => new DecodeError('value', 1, 'the first message is not HELLO')
