// biome-ignore-all lint/suspicious/noConsole: an example talks to who runs it
// Prints the flows of a bridge: node dump-flows.ts /var/run/openvswitch/br0.mgmt
import net from 'node:net'
import { Connection, formatFlowStats, OFPG, OFPP, OFPTT, parseMatch } from '@openvnet/openflow'

const [path = '/var/run/openvswitch/br0.mgmt', match = ''] = process.argv.slice(2)
const connection: Connection = new Connection({
  socket: net.connect(path),
  onReady: async () => {
    const any = { table_id: OFPTT.ALL, out_port: OFPP.ANY, out_group: OFPG.ANY, cookie: 0n, cookie_mask: 0n }
    try {
      const { flows } = await connection.multipart({ type: 'flow', ...any, match: parseMatch(match) })
      for (const flow of flows) console.log(formatFlowStats(flow))
    } catch (error) {
      console.error(String(error))
      process.exitCode = 1
    }
    await connection.close()
  },
  onClose: (reason) => {
    if (reason.code === 'closed') return
    console.error(reason.message)
    process.exitCode = 1
  },
})
