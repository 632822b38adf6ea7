/** Whole messages: from bytes to plain objects and back. The bodies are in the files beside. */
import { OFP_HEADER_BYTES, OFP_VERSION, OFPT } from '../constants.ts'
import { within } from '../decode-error.ts'
import { Reader } from '../reader.ts'
import type { Message } from '../types/message.ts'
import { Writer } from '../writer.ts'
import { encodeFailure } from './encode-failure.ts'
import { beginMessage, endMessage } from './header.ts'
import { readBody, typeOf, writeBody } from './message-body.ts'

/**
 * Decodes one whole message.
 * Packets, echo and error data, and the bodies of unknown messages are views into `buf`; everything else is copied.
 * @param buf exactly the message's bytes; it may lie in the middle of a larger buffer
 * @throws DecodeError
 */
export function decode(buf: Uint8Array): Message {
  return decodeFrom(new Reader(buf))
}

/**
 * As `decode`, of what `reader` was reset to: one reader for a whole connection saves a DataView per message.
 * @throws DecodeError
 */
export function decodeFrom(reader: Reader): Message {
  const start = reader.offset
  const size = reader.remaining
  const version = reader.u8()
  const type = reader.u8()
  const length = reader.u16()
  const xid = reader.u32()
  if (length < OFP_HEADER_BYTES) reader.fail('length', `a message has ${length} bytes`, start + 2)
  if (length !== size) {
    reader.fail(
      length > size ? 'truncated' : 'trailing',
      `${size} bytes given, the header says ${length}`,
      start + 2,
    )
  }
  if (version !== OFP_VERSION && type !== OFPT.HELLO && type !== OFPT.ERROR) {
    reader.fail('version', `version ${version} is not OpenFlow 1.3`, start)
  }
  try {
    const message = readBody(reader, type, xid, version)
    if (reader.remaining > 0) reader.fail('trailing', `${reader.remaining} bytes too many`)
    return message
  } catch (error) {
    throw within(error, NAMES[type] ?? `message ${type}`)
  }
}

/** What a DecodeError calls a message. */
const NAMES: readonly string[] = Object.keys(OFPT).map((name) => name.toLowerCase())

/**
 * The bytes of a message. They are the caller's: no later call changes them, and `message` is not changed.
 * @throws EncodeError if the message has no bytes
 */
export function encode(message: Message): Uint8Array {
  const writer = new Writer()
  encodeInto(writer, message)
  return writer.take()
}

/**
 * Appends the bytes of a message. If it throws, `writer` is as it was.
 * @param xid the transaction id to write instead of the message's own
 * @throws EncodeError whatever `message` is
 */
export function encodeInto(writer: Writer, message: Message, xid?: number): void {
  const mark = writer.offset
  try {
    writeMessage(writer, message, xid)
  } catch (error) {
    writer.rewind(mark)
    throw encodeFailure(error, nameOf(message), message, (again) => writeMessage(new Writer(), again, xid))
  }
}

function writeMessage(writer: Writer, message: Message, given: number | undefined): void {
  const version = 'version' in message ? message.version : OFP_VERSION
  const type = typeOf(message)
  const xid = given ?? message.xid
  const start = beginMessage(writer, type, xid, version)
  writeBody(writer, message, xid)
  endMessage(writer, start)
}

/** What an EncodeError calls a message, or what was given as one. */
const nameOf = (message: Partial<Message> | null | undefined): string =>
  typeof message?.type === 'string' ? message.type : 'message'
