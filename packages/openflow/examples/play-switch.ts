// biome-ignore-all lint/suspicious/noConsole: an example talks to who runs it
// Plays a switch: node play-switch.ts [port [host]]. Says yes to everything and prints the flows that it is given.
import { connect, formatFlow, type Message, type Outgoing } from '@openvnet/openflow'

const [port = '6653', host = '127.0.0.1'] = process.argv.slice(2)
const features = {
  datapath_id: 0x1234n,
  n_buffers: 0,
  n_tables: 254,
  auxiliary_id: 0,
  capabilities: 0,
  reserved: 0,
}

/** What a switch without ports answers; a reply has the xid of its request. */
function replyTo(message: Message): Outgoing | null {
  const { xid } = message
  switch (message.type) {
    case 'features_request':
      return { type: 'features_reply', xid, ...features }
    case 'barrier_request':
      return { type: 'barrier_reply', xid }
    case 'multipart_request':
      if (message.body.type === 'port_desc')
        return { type: 'multipart_reply', xid, flags: 0, body: { type: 'port_desc', ports: [] } }
      if (message.body.type === 'flow')
        return { type: 'multipart_reply', xid, flags: 0, body: { type: 'flow', flows: [] } }
      return {
        type: 'error',
        xid,
        version: 4,
        error_type: 1,
        code: 2,
        experimenter: null,
        data: new Uint8Array(8),
      }
    default:
      return null
  }
}

await connect({
  port: Number(port),
  host,
  onReady: () => console.log('connected'),
  onMessage: (message, connection) => {
    if (message.type === 'flow_mod') console.log(formatFlow(message))
    const reply = replyTo(message)
    if (reply !== null) connection.send(reply)
  },
  onClose: (reason) => console.log(`gone: ${reason.message}`),
})
