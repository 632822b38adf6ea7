/** ofp_port, 64 bytes, and what changes one: OpenFlow 1.3.5 §7.2.1, §7.3.4.3, §7.4.3. */
import type { Reader } from '../reader.ts'
import type { Port, PortMod, PortStatus } from '../types/message.ts'
import type { Writer } from '../writer.ts'
import { readText, writeText } from './text-field.ts'

const NAME_BYTES = 16

export function readPort(reader: Reader): Port {
  const port_no = reader.u32()
  reader.skip(4)
  const hw_addr = reader.u48()
  reader.skip(2)
  return {
    port_no,
    hw_addr,
    name: readText(reader, NAME_BYTES),
    config: reader.u32(),
    state: reader.u32(),
    curr: reader.u32(),
    advertised: reader.u32(),
    supported: reader.u32(),
    peer: reader.u32(),
    curr_speed: reader.u32(),
    max_speed: reader.u32(),
  }
}

export function writePort(writer: Writer, port: Port): void {
  writer.u32(port.port_no)
  writer.zeros(4)
  writer.u48(port.hw_addr)
  writer.zeros(2)
  writeText(writer, port.name, NAME_BYTES)
  writer.u32(port.config)
  writer.u32(port.state)
  writer.u32(port.curr)
  writer.u32(port.advertised)
  writer.u32(port.supported)
  writer.u32(port.peer)
  writer.u32(port.curr_speed)
  writer.u32(port.max_speed)
}

export function readPortStatus(reader: Reader, xid: number): PortStatus {
  const reason = reader.u8()
  reader.skip(7)
  return { type: 'port_status', xid, reason, port: readPort(reader) }
}

export function writePortStatus(writer: Writer, message: PortStatus): void {
  writer.u8(message.reason)
  writer.zeros(7)
  writePort(writer, message.port)
}

export function readPortMod(reader: Reader, xid: number): PortMod {
  const port_no = reader.u32()
  reader.skip(4)
  const hw_addr = reader.u48()
  reader.skip(2)
  const config = reader.u32()
  const mask = reader.u32()
  const advertise = reader.u32()
  reader.skip(4)
  return { type: 'port_mod', xid, port_no, hw_addr, config, mask, advertise }
}

export function writePortMod(writer: Writer, message: PortMod): void {
  writer.u32(message.port_no)
  writer.zeros(4)
  writer.u48(message.hw_addr)
  writer.zeros(2)
  writer.u32(message.config)
  writer.u32(message.mask)
  writer.u32(message.advertise)
  writer.zeros(4)
}
