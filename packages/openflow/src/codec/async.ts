/** Which messages a switch sends unasked: OpenFlow 1.3.5 §7.3.10, NXT_SET_ASYNC_CONFIG2 of Open vSwitch. */
import { OFPACPT } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type {
  AsyncConfigProperty,
  AsyncMasks,
  GetAsyncReply,
  NxtSetAsyncConfig,
  NxtSetAsyncConfig2,
  SetAsync,
} from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { beginProperty, endProperty, readProperties, writeUnknownProperty } from './property.ts'

const readMasks = (reader: Reader): AsyncMasks => [reader.u32(), reader.u32()]

export function readAsync<T extends 'get_async_reply' | 'set_async' | 'nxt_set_async_config'>(
  reader: Reader,
  xid: number,
  type: T,
) {
  const packet_in_mask = readMasks(reader)
  const port_status_mask = readMasks(reader)
  const flow_removed_mask = readMasks(reader)
  return { type, xid, packet_in_mask, port_status_mask, flow_removed_mask }
}

export function writeAsync(writer: Writer, message: GetAsyncReply | SetAsync | NxtSetAsyncConfig): void {
  const { packet_in_mask, port_status_mask, flow_removed_mask } = message
  for (const masks of [packet_in_mask, port_status_mask, flow_removed_mask]) writer.u32s(masks, 2)
}

const TARGETS: ReadonlySet<number> = new Set(Object.values(OFPACPT))

export function readAsyncConfig2(reader: Reader, xid: number): NxtSetAsyncConfig2 {
  return { type: 'nxt_set_async_config2', xid, properties: readProperties(reader, readMask) }
}

const readMask = (reader: Reader, target: number): AsyncConfigProperty | null =>
  TARGETS.has(target) ? { type: 'mask', target, mask: reader.u32() } : null

export function writeAsyncConfig2(writer: Writer, message: NxtSetAsyncConfig2): void {
  for (const property of message.properties) {
    if (property.type === 'unknown') {
      writeUnknownProperty(writer, property)
      continue
    }
    if (property.type !== 'mask') throw new EncodeError('no such property')
    const start = beginProperty(writer, property.target)
    writer.u32(property.mask)
    endProperty(writer, start)
  }
}
