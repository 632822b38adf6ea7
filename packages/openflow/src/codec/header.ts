/** ofp_header: version, type, length of the whole message, xid. OpenFlow 1.3.5 §7.1. */
import { OFP_MAX_MESSAGE_BYTES, OFP_VERSION } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import type { Writer } from '../writer.ts'

/** Writes a header whose length `endMessage` fills in. Returns what `endMessage` needs. */
export function beginMessage(
  writer: Writer,
  type: number,
  xid: number,
  version: number = OFP_VERSION,
): number {
  const start = writer.offset
  writer.u8(version)
  writer.u8(type)
  writer.u16(0)
  writer.u32(xid)
  return start
}

export function endMessage(writer: Writer, start: number): void {
  const length = writer.offset - start
  if (length > OFP_MAX_MESSAGE_BYTES) {
    throw new EncodeError(`a message of ${length} bytes is longer than ${OFP_MAX_MESSAGE_BYTES}`, {
      whole: true,
    })
  }
  writer.patchU16(start + 2, length)
}
