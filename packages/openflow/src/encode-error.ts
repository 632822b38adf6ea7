/**
 * The one error that encoding gives: a message that has no bytes, because a value is too wide for its field, of the
 * wrong type, or the whole is too long. Nothing is cut or wrapped silently.
 */

/** Where it went wrong and what led to it. */
interface EncodeErrorOptions {
  readonly path?: string
  /** It is about the message as a whole, whatever was read last. */
  readonly whole?: boolean
  /** What does not fit, if it is a single value. */
  readonly value?: unknown
  readonly cause?: unknown
}

/** A value may be as long as it likes, what is said of it not. */
const MAX_DETAIL_LENGTH = 300

/** A message without bytes: what is wrong (`detail`) and where in it (`path`). */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
  /** What is wrong, without the place. */
  readonly detail: string
  /** Where in the message, outermost first: `flow_mod.instructions[0].actions[2].port`. */
  readonly path: string
  /** Whether it is about the message as a whole. */
  readonly whole: boolean

  constructor(said: string, options: EncodeErrorOptions = {}) {
    const { path = '', cause } = options
    const detail = said.length > MAX_DETAIL_LENGTH ? `${said.slice(0, MAX_DETAIL_LENGTH)}…` : said
    super(path === '' ? detail : `${path}: ${detail}`, cause === undefined ? {} : { cause })
    this.detail = detail
    this.path = path
    this.whole = options.whole === true
    if ('value' in options) Object.defineProperty(this, 'value', { value: options.value })
  }
}
