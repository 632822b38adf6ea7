/**
 * A switch that sends packets to the controller as fast as it takes them, in a process of its own: `PORT DPID`. It
 * prints how many when it is told to stop (SIGTERM).
 */
import { connect } from 'node:net'
import { Connection, encode, type Message, OFP_NO_BUFFER, type Outgoing } from '@openvnet/openflow'

const [port, id] = process.argv.slice(2).map(Number)
const PER_WRITE = 500

const PACKET: Message = {
  type: 'packet_in',
  xid: 0,
  buffer_id: OFP_NO_BUFFER,
  total_len: 64,
  reason: 1,
  table_id: 0,
  cookie: 0x4f56n,
  match: [{ field: 'in_port', value: 1, mask: null }],
  data: new Uint8Array(64),
}
const PACKETS = Buffer.concat(Array.from({ length: PER_WRITE }, () => encode(PACKET)))

const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true })
let sent = 0
const flood = (): void => {
  for (let more = !socket.writableNeedDrain; more; sent += PER_WRITE) more = socket.write(PACKETS)
}
const EMPTY: Readonly<Record<string, object>> = {
  flow: { flows: [] },
  group_desc: { groups: [] },
  meter_config: { meters: [] },
  port_desc: { ports: [] },
}
const connection: Connection = new Connection({
  socket,
  echoIntervalMs: 0,
  onMessage: (message) => {
    const { xid } = message
    const answer = (reply: object) => void connection.send({ xid, ...reply } as Outgoing)
    if (message.type === 'features_request')
      answer({
        type: 'features_reply',
        datapath_id: BigInt(Number(id)),
        n_buffers: 0,
        n_tables: 254,
        auxiliary_id: 0,
        capabilities: 0,
        reserved: 0,
      })
    else if (message.type === 'role_request')
      answer({ type: 'role_reply', role: message.role || 1, generation_id: 0n })
    else if (message.type === 'bundle_control') answer({ ...message, control: message.control + 1 })
    else if (message.type === 'barrier_request') answer({ type: 'barrier_reply' })
    else if (message.type === 'multipart_request' && message.body.type in EMPTY) {
      answer({
        type: 'multipart_reply',
        flags: 0,
        body: { type: message.body.type, ...EMPTY[message.body.type] },
      })
      if (message.body.type === 'flow') flood()
    }
  },
})
socket.on('drain', () => {
  if (sent > 0) flood()
})
process.on('SIGTERM', () => {
  process.stdout.write(`${sent}\n`)
  process.exit(0)
})
process.stdout.write('ready\n')
