// biome-ignore-all lint/suspicious/noConsole: an example talks to who runs it
// A learning switch for any number of bridges: node learning-switch.ts [port]
// ovs-vsctl set-controller br0 tcp:127.0.0.1:6653 -- set bridge br0 protocols=OpenFlow13 fail_mode=secure
import {
  type Connection,
  type ConnectionCallbacks,
  fieldOf,
  flowMod,
  formatMac,
  listen,
  OFP_NO_BUFFER,
  OFPP,
  type PacketIn,
  parseFlow,
} from '@openvnet/openflow'

/** What one bridge has learnt, and what it does with packets. */
function learningSwitch(): ConnectionCallbacks {
  /** Behind which port each MAC address was seen last. */
  const portOf = new Map<number, number>()

  function onPacket({ match, data }: PacketIn, connection: Connection): void {
    const from = fieldOf(match, 'in_port')?.value
    if (from === undefined || data.length < 14) return
    const frame = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    const [dst, src] = [frame.readUIntBE(0, 6), frame.readUIntBE(6, 6)]
    portOf.set(src, from)
    const to = portOf.get(dst)
    if (to !== undefined && to !== from) {
      const addresses = `dl_src=${formatMac(src)},dl_dst=${formatMac(dst)}`
      const flow = `priority=1,in_port=${from},${addresses},idle_timeout=60,actions=output:${to}`
      connection.send(flowMod(parseFlow(flow)))
    }
    const actions = [{ type: 'output', port: to ?? OFPP.FLOOD, max_len: 0 }] as const
    connection.send({ type: 'packet_out', buffer_id: OFP_NO_BUFFER, in_port: from, actions, data })
  }

  return {
    onReady: (features, connection) => {
      console.log(`switch 0x${features?.datapath_id.toString(16)}`)
      connection.send(flowMod(parseFlow('priority=0,actions=CONTROLLER')))
    },
    onMessage: (message, connection) => message.type === 'packet_in' && onPacket(message, connection),
    onError: (error) => console.log('refused:', error.error_type, error.code),
    onClose: (reason) => console.log(`gone: ${reason.message}`),
  }
}

const port = Number(process.argv[2] ?? 6653)
const accept = () => ({ requestFeatures: true, ...learningSwitch() })
const listener = await listen({ port, host: '127.0.0.1', accept })
console.log('listening', { port: listener.port })
