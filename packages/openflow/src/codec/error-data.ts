/** The message that an error is about: OpenFlow 1.3.5 §7.4.4. */
import { DecodeError } from '../decode-error.ts'
import { OFPET } from '../error-names.ts'
import type { ErrorMessage, Message } from '../types/message.ts'
import { decode } from './message.ts'

/**
 * The offending message of an error; of one within a bundle, Open vSwitch sends the message of the bundle along.
 * `null` if it is not there: cut, not OpenFlow 1.3, malformed (that may be why it was refused), or the text of
 * HELLO_FAILED. Decodes one level: the data of an error about an error are bytes again.
 */
export function decodeErrorData(error: ErrorMessage): Message | null {
  if (error.error_type === OFPET.HELLO_FAILED || error.data.length === 0) return null
  try {
    return decode(error.data)
  } catch (failure) {
    if (failure instanceof DecodeError) return null
    throw failure
  }
}
