/**
 * The one error that decoding gives. Whatever the bytes are, decoding returns a message or throws this.
 */

/**
 * - `truncated`: the bytes end before the structure does
 * - `trailing`: bytes are left where the structure has ended
 * - `length`: a length field that is impossible here (too small, too large, not a multiple of 8)
 * - `version`: not OpenFlow 1.3
 * - `value`: a value that the specification excludes (out of range, bits outside of the mask, wrong type number)
 */
export type DecodeErrorCode = 'truncated' | 'trailing' | 'length' | 'version' | 'value'

/** Bytes that are no message: what is wrong (`code`), where in the bytes (`offset`) and in the structure (`path`). */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  readonly code: DecodeErrorCode
  /** Bytes from the start of the message to where it went wrong. */
  readonly offset: number
  /** What is wrong, without the place. */
  readonly detail: string
  #path = ''

  constructor(code: DecodeErrorCode, offset: number, detail: string) {
    super(detail)
    this.code = code
    this.offset = offset
    this.detail = detail
  }

  /** Where in the message, outermost first: `multipart_reply.flows[3].instructions[0].actions[2]`. */
  get path(): string {
    return this.#path
  }

  /** Puts the name of an enclosing structure before the path; returns itself, to be thrown on. */
  within(segment: string): this {
    this.#path = this.#path === '' ? segment : `${segment}.${this.#path}`
    this.message = `${this.#path}: ${this.detail} (byte ${this.offset})`
    return this
  }
}

/** Adds `segment` to a DecodeError on its way out; any other error passes as it is. */
export function within(error: unknown, segment: string): unknown {
  return error instanceof DecodeError ? error.within(segment) : error
}
