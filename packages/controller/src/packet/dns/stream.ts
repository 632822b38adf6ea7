/** DNS over TCP: messages with a length of two octets in front, RFC 1035 §4.2.2, cut anywhere into segments (RFC 7766 §8). */
import { concat, readU16, writeU16 } from '../octets.ts'

const PREFIX = 2

/** @param message at most 65535 octets */
export const frameDns = (message: Uint8Array): Uint8Array => {
  const prefix = new Uint8Array(PREFIX)
  writeU16(prefix, 0, message.length)
  return concat(prefix, message)
}

/** Holds at most one message that is not whole; what it gives are copies. */
export class DnsStream {
  readonly #limit: number
  #rest = new Uint8Array()

  /** @param limit octets of a message; a longer one ends the stream before it is held */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Messages that became whole with these octets, in order; `undefined` when one is too long: close the connection. */
  push(segment: Uint8Array): readonly Uint8Array[] | undefined {
    const bytes = concat(this.#rest, segment)
    const messages: Uint8Array[] = []
    let at = 0
    while (at + PREFIX <= bytes.length) {
      const length = readU16(bytes, at)
      if (length > this.#limit) return undefined
      if (at + PREFIX + length > bytes.length) break
      messages.push(bytes.slice(at + PREFIX, at + PREFIX + length))
      at += PREFIX + length
    }
    this.#rest = bytes.slice(at)
    return messages
  }
}
