// biome-ignore-all lint/suspicious/noConsole: an example talks to who runs it
// A learning switch for any number of bridges: node learning-switch.ts [port]
// ovs-vsctl set-controller br0 tcp:127.0.0.1:6653 -- set bridge br0 protocols=OpenFlow13 fail_mode=secure
import net from 'node:net'
import {
  Connection,
  formatMac,
  type Message,
  OFP_NO_BUFFER,
  OFPFC,
  OFPG,
  OFPP,
  type PacketIn,
  parseFlow,
} from '@openvnet/openflow'

const server = net.createServer((socket) => {
  /** Behind which port each MAC address was seen last. */
  const portOf = new Map<number, number>()
  const connection: Connection = new Connection({
    socket,
    requestFeatures: true,
    onReady: (features) => {
      console.log(`switch 0x${features?.datapath_id.toString(16)}`)
      addFlow('priority=0,actions=CONTROLLER')
    },
    onMessage: (message: Message) => {
      if (message.type === 'packet_in') onPacket(message)
    },
    onError: (error) => console.log('refused:', error.error_type, error.code),
    onClose: (reason) => console.log(`gone: ${reason.message}`),
  })

  function onPacket({ match, data }: PacketIn): void {
    const in_port = match.find(({ field }) => field === 'in_port')
    if (in_port?.field !== 'in_port' || data.length < 14) return
    const from = Number(in_port.value)
    const frame = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    const [dst, src] = [frame.readUIntBE(0, 6), frame.readUIntBE(6, 6)]
    portOf.set(src, from)
    const to = portOf.get(dst)
    if (to !== undefined && to !== from) {
      const addresses = `dl_src=${formatMac(src)},dl_dst=${formatMac(dst)}`
      addFlow(`priority=1,in_port=${from},${addresses},idle_timeout=60,actions=output:${to}`)
    }
    const actions = [{ type: 'output', port: to ?? OFPP.FLOOD, max_len: 0 }] as const
    connection.send({ type: 'packet_out', buffer_id: OFP_NO_BUFFER, in_port: from, actions, data })
  }

  function addFlow(text: string): void {
    const any = { out_port: OFPP.ANY, out_group: OFPG.ANY, buffer_id: OFP_NO_BUFFER, cookie_mask: 0n }
    connection.send({ type: 'flow_mod', command: OFPFC.ADD, ...any, ...parseFlow(text) })
  }
})
server.listen(Number(process.argv[2] ?? 6653), '127.0.0.1', () => console.log('listening', server.address()))
