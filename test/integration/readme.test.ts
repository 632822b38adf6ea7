/**
 * What the README lets a new user type does what it says: its blocks, as they are, in a host of their own with a
 * bridge that has vnetd as its controller.
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { run } from '../lab/command.ts'
import { VNCTL } from '../lab/programs.ts'
import { LabWorld } from '../scenarios/on_lab.ts'

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
const TIMEOUT_MS = 120_000

/** The commands below a heading of the second level. */
const blocksOf = (heading: string): readonly string[] => {
  const section = README.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '')
}

/** `ip netns` and its files as on a machine of its own; no kernel module, and `vnctl` as built here. */
const preamble = (directory: string): string => `
set -e
mount -t tmpfs none /run/netns
cp -a /etc ${directory}/etc
mount --bind ${directory}/etc /etc
ip link set lo up
npx() { shift; ${VNCTL.join(' ')} "$@"; }
ovs-vsctl() {
  command ovs-vsctl "$@"
  if [ "$1" = add-br ]; then command ovs-vsctl set bridge "$2" datapath_type=netdev; fi
}
ready() { until npx vnctl status -o json | grep -q '"connected": *true'; do sleep 0.2; done; npx vnctl wait; }
`

/** @returns what the commands print; those from `after` on once the bridge has what was written before */
const runAll = async (blocks: readonly string[], after: string): Promise<string> => {
  const world = await LabWorld.create()
  const directory = await mkdtemp(join(tmpdir(), 'vnet-readme-'))
  try {
    await world.site.start()
    const { host } = world.site
    const script = join(directory, 'script')
    await writeFile(script, preamble(directory) + blocks.join('').replace(after, `ready\n${after}`))
    const command = [...host.namespace.prefix, 'unshare', '--mount', 'bash', script]
    return await run(command, { env: host.ovs.env, timeout: TIMEOUT_MS })
  } finally {
    await world.close()
    await rm(directory, { recursive: true, force: true })
  }
}

t.test('two guests', async (t) => {
  const printed = await runAll(blocksOf('Five minutes: two guests'), 'ip netns exec ns1 ping')
  t.match(printed, /3 packets transmitted, 3 received, 0% packet loss/)
})

t.test('routers, DHCP and DNS', async (t) => {
  const printed = await runAll(blocksOf('What a guest finds'), 'ip netns exec web udhcpc')
  t.match(printed, /64 bytes from db\.green\.example \(10\.2\.0\.3\): icmp_seq=1 ttl=63/)
  t.match(printed, /2 packets transmitted, 2 received, 0% packet loss/)
  t.match(printed, /^ 1 {2}10\.1\.0\.1 .*\n 2 {2}10\.2\.0\.3 /m)
  t.match(printed, /^fd00:1::5054:ff:fe00:101$/m)
})
