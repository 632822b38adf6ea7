/**
 * What is measured: each case makes its data, and what a connection keeps (reader, writer), once and returns a function
 * that does `messages` of the work.
 */
import {
  type Action,
  decodeFrom,
  encode,
  encodeInto,
  type FlowMod,
  type FlowStats,
  Framer,
  type Match,
  OFP_MAX_MESSAGE_BYTES,
  OFP_NO_BUFFER,
  OFPG,
  OFPP,
  Reader,
  Writer,
} from '@openvnet/openflow'

export interface Case {
  readonly name: string
  /** What `messages` counts. */
  readonly unit: string
  /** How many of them a run does. */
  readonly messages: number
  /** One run. What it returns is kept until the run is measured, so that nothing is optimised away. */
  readonly run: () => unknown
}

/** What a socket is given at once, and what it gives at once. */
const SOCKET_BYTES = 65536

const match = (index: number): Match => [
  { field: 'in_port', value: index, mask: null },
  { field: 'eth_src', value: 0x525400000000 + index, mask: null },
  { field: 'eth_dst', value: 0x525400000002, mask: null },
  { field: 'eth_type', value: 0x0800, mask: null },
  { field: 'ipv4_dst', value: 0x0a000000, mask: 0xffffff00 },
  { field: 'ip_proto', value: 6, mask: null },
  { field: 'tcp_dst', value: 443, mask: null },
  { field: 'metadata', value: 0x1200000034n, mask: null },
]
const actions = (index: number): Action[] => [
  { type: 'set_field', field: { field: 'reg0', value: 5, mask: null } },
  { type: 'set_field', field: { field: 'eth_dst', value: 0x525400000009, mask: null } },
  { type: 'dec_nw_ttl' },
  { type: 'reg_load', dst: { field: 'reg1', offset: 0, bits: 16 }, value: 77n },
  { type: 'output', port: index, max_len: 0 },
]

function flowMod(index: number): FlowMod {
  return {
    type: 'flow_mod',
    xid: index,
    cookie: BigInt(index) << 32n,
    cookie_mask: 0n,
    table_id: index % 20,
    command: 0,
    idle_timeout: 0,
    hard_timeout: 0,
    priority: 100,
    buffer_id: OFP_NO_BUFFER,
    out_port: OFPP.ANY,
    out_group: OFPG.ANY,
    flags: 0,
    match: match(index),
    instructions: [{ type: 'apply_actions', actions: actions(index) }],
  }
}

/** 160 bytes on the wire. One field of 64 bits: where values are numbers only, the engine boxes even small ones. */
function flowStats(index: number): FlowStats {
  return {
    table_id: index % 20,
    duration_sec: index,
    duration_nsec: 5_000_000,
    priority: 100,
    idle_timeout: 0,
    hard_timeout: 0,
    flags: 0,
    cookie: BigInt(index) << 32n,
    packet_count: BigInt(index) * 7n,
    byte_count: BigInt(index) * 700n,
    match: [
      { field: 'in_port', value: index, mask: null },
      { field: 'eth_src', value: 0x525400000000 + index, mask: null },
      { field: 'eth_type', value: 0x0800, mask: null },
      { field: 'ipv4_dst', value: 0x0a000000 + index * 256, mask: 0xffffff00 },
      { field: 'reg0', value: index, mask: null },
      { field: 'metadata', value: BigInt(index % 100), mask: null },
    ],
    instructions: [
      {
        type: 'apply_actions',
        actions: [
          { type: 'set_field', field: { field: 'eth_dst', value: 0x525400000000 + index, mask: null } },
          { type: 'output', port: index, max_len: 0 },
        ],
      },
      { type: 'goto_table', table_id: 20 + (index % 20) },
    ],
  }
}

const PACKET_INS = 100_000

function packetIns(): Case {
  const message = encode({
    type: 'packet_in',
    xid: 0,
    buffer_id: OFP_NO_BUFFER,
    total_len: 64,
    reason: 1,
    table_id: 3,
    cookie: 0x1234_5678_9abcn,
    match: [
      { field: 'in_port', value: 7, mask: null },
      { field: 'metadata', value: 5n, mask: null },
    ],
    data: new Uint8Array(64),
  })
  const buffer = repeat(message, Math.floor(SOCKET_BYTES / message.length))
  const perBuffer = buffer.length / message.length
  const reader = new Reader(buffer)
  const run = (): unknown => {
    let last: unknown
    for (let left = PACKET_INS; left > 0; left -= perBuffer) {
      for (let at = 0; at < buffer.length; at += message.length) {
        reader.reset(buffer.subarray(at, at + message.length))
        last = decodeFrom(reader)
      }
    }
    return last
  }
  const messages = Math.ceil(PACKET_INS / perBuffer) * perBuffer
  return { name: 'decode packet-in', unit: 'message', messages, run }
}

/** As Open vSwitch splits it: as many entries in a message as fit. */
function flowStatsReply(): Case {
  const entries = 10_000
  const messages: Uint8Array[] = []
  const perMessage = Math.floor((OFP_MAX_MESSAGE_BYTES - 16) / 160)
  for (let at = 0; at < entries; at += perMessage) {
    const count = Math.min(perMessage, entries - at)
    const flows = Array.from({ length: count }, (_, index) => flowStats(at + index))
    const flags = at + count < entries ? 1 : 0
    messages.push(encode({ type: 'multipart_reply', xid: 1, flags, body: { type: 'flow', flows } }))
  }
  const reader = new Reader(new Uint8Array(8))
  return {
    name: `decode flow-stats reply of ${entries} entries of 160 bytes in ${messages.length} messages`,
    unit: 'entry',
    messages: entries,
    run: () =>
      messages.map((message) => {
        reader.reset(message)
        return decodeFrom(reader)
      }),
  }
}

/** A thousand different ones in turn. Buffers are given away when they are full, as a connection does. */
function flowMods(): Case {
  const count = 100_000
  const flows = Array.from({ length: 1000 }, (_, index) => flowMod(index))
  const writer = new Writer(SOCKET_BYTES)
  const run = (): unknown => {
    let written: Uint8Array | null = null
    for (let left = count; left > 0; left -= flows.length) {
      for (const flow of flows) {
        encodeInto(writer, flow)
        if (writer.offset >= SOCKET_BYTES) written = writer.take()
      }
    }
    return [written, writer.take()]
  }
  return {
    name: 'encode flow-mods of 216 bytes (8 fields, 5 actions)',
    unit: 'message',
    messages: count,
    run,
  }
}

function framing(): Case {
  const message = encode({ type: 'echo_request', xid: 1, data: new Uint8Array(72) })
  const stream = repeat(message, 50_000)
  const chunks: Uint8Array[] = []
  for (let at = 0; at < stream.length; at += SOCKET_BYTES) chunks.push(stream.slice(at, at + SOCKET_BYTES))
  const run = (): unknown => {
    const framer = new Framer()
    let count = 0
    for (const chunk of chunks) {
      framer.push(chunk)
      while (framer.next() !== null) count++
    }
    return count
  }
  return { name: 'frame messages of 80 bytes', unit: 'message', messages: 50_000, run }
}

function repeat(message: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(message.length * count)
  for (let index = 0; index < count; index++) all.set(message, index * message.length)
  return all
}

/** By the name that `bench/main.ts` takes. */
export const CASES: Readonly<Record<string, () => Case>> = {
  'packet-in': packetIns,
  'flow-stats': flowStatsReply,
  'flow-mod': flowMods,
  framing,
}
