// biome-ignore-all lint/suspicious/noConsole: an example talks to who runs it
// Prints the flows of a bridge: node dump-flows.ts /var/run/openvswitch/br0.mgmt
import { ALL_FLOWS, connect, formatFlowStats, parseMatch } from '@openvnet/openflow'

const [path = '/var/run/openvswitch/br0.mgmt', match = ''] = process.argv.slice(2)
try {
  const connection = await connect({ path })
  const { flows } = await connection.multipart({ type: 'flow', ...ALL_FLOWS, match: parseMatch(match) })
  for (const flow of flows) console.log(formatFlowStats(flow))
  await connection.close()
} catch (error) {
  console.error(String(error))
  process.exitCode = 1
}
