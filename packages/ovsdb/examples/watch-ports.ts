// biome-ignore-all lint/suspicious/noConsole: it is a program.
// Prints the ports of all bridges as they come, get their numbers and go: node watch-ports.ts [remote]
import { Client, integer, map, optional, string } from '@openvnet/ovsdb'

const [remote = 'unix:/var/run/openvswitch/db.sock'] = process.argv.slice(2)
const client = new Client({
  remote,
  onState: ({ connected, reason }) => console.log(connected ? 'connected' : reason?.message),
})

client.monitor({
  database: 'Open_vSwitch',
  tables: { Interface: { name: string, ofport: optional(integer), external_ids: map(string, string) } },
  onChange: (changes) => {
    for (const { before, after } of changes) {
      if (after === null) console.log(`${before?.name} is gone`)
      else console.log(`${after.name} port ${after.ofport} iface-id ${after.external_ids.get('iface-id')}`)
    }
  },
})
