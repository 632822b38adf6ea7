/**
 * Messages that either side may send: errors. OpenFlow 1.3.5 §7.4.4.
 * Their data are views into the receive buffer.
 */
import { EncodeError } from '../encode-error.ts'
import { OFPET } from '../error-names.ts'
import type { Reader } from '../reader.ts'
import type { ErrorMessage } from '../types/message.ts'
import type { Writer } from '../writer.ts'

export function readError(reader: Reader, xid: number, version: number): ErrorMessage {
  const error_type = reader.u16()
  const code = reader.u16()
  const experimenter = error_type === OFPET.EXPERIMENTER ? reader.u32() : null
  return { type: 'error', xid, version, error_type, code, experimenter, data: reader.rest() }
}

export function writeError(writer: Writer, message: ErrorMessage): void {
  if ((message.error_type === OFPET.EXPERIMENTER) !== (message.experimenter !== null)) {
    throw new EncodeError('an error has an experimenter if and only if its type is 0xffff')
  }
  writer.u16(message.error_type)
  writer.u16(message.code)
  if (message.experimenter !== null) writer.u32(message.experimenter)
  writer.bytes(message.data)
}
