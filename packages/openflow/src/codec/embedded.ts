/** A message within a message: of a bundle, or of a forwarded request. Only some types may be there, so nothing nests. */
import { OFP_HEADER_BYTES, OFP_VERSION } from '../constants.ts'
import { within } from '../decode-error.ts'
import type { Reader } from '../reader.ts'
import type { UnknownMessage } from '../types/message.ts'

/** By message type: what reads the body. */
export type EmbeddedReaders<M> = ReadonlyMap<number, (reader: Reader, xid: number) => M>

/**
 * Reads a message with its header. A type that `readers` do not have is kept opaque.
 * @param name what a DecodeError calls it
 */
export function readEmbedded<M>(
  reader: Reader,
  readers: EmbeddedReaders<M>,
  name: string,
): M | UnknownMessage {
  const start = reader.offset
  try {
    const version = reader.u8()
    const type = reader.u8()
    const length = reader.u16()
    if (version !== OFP_VERSION) reader.fail('version', `version ${version} within a message`, start)
    if (length < OFP_HEADER_BYTES) reader.fail('length', `a message has ${length} bytes`, start + 2)
    const outer = reader.limit(length - 4)
    const xid = reader.u32()
    const message = readers.get(type)?.(reader, xid) ?? unknown(reader, type, xid)
    reader.leave(outer)
    return message
  } catch (error) {
    throw within(error, name)
  }
}

const unknown = (reader: Reader, message_type: number, xid: number): UnknownMessage => ({
  type: 'unknown',
  xid,
  message_type,
  data: reader.rest(),
})
