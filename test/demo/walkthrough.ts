/** The steps of the demonstration, in order. Each says what it does, does it, and checks what came of it. */
import type { PingOptions, PingResult } from '../lab/ping.ts'
import { type } from '../lab/typed.ts'
import { sleep } from '../lab/wait.ts'
import { describeFrame } from '../scenarios/frame.ts'
import type { LabWorld } from '../scenarios/on_lab.ts'
import { TYPED_GUESTS, TYPED_NETWORKS, TYPED_ROUTER } from '../scenarios/typed.ts'
import { BR0, GUESTS } from '../scenarios/walkthrough.ts'
import type { Screen } from './screen.ts'

export interface Stage {
  readonly world: LabWorld
  readonly screen: Screen
  /** Options of vnetd. */
  readonly vnetd: readonly string[]
}

const typeAll = async ({ world, screen }: Stage, lines: readonly string[]): Promise<void> => {
  for (const line of lines) {
    screen.command(line)
    const { code, stderr } = await type(world.site, line)
    if (code !== 0) screen.check(false, 'refused', stderr.trim())
  }
  await world.site.converged(BR0.dpid)
}

const timesOf = ({ times, ttl }: PingResult): string =>
  `${times.map((time) => time.toFixed(2)).join('  ')} ms   ttl ${ttl}`

const pingTo = async (
  stage: Stage,
  from: string,
  to: string,
  who: string,
  options: PingOptions = {},
): Promise<PingResult> => {
  const result = await stage.world.guest(from).ping(to, { count: 4, interval: 0.2, ...options })
  const { sent, received } = result
  stage.screen.check(
    received === sent,
    `${from} → ${to.padEnd(12)} ${who}`,
    received === 0 ? 'no answer' : `${received}/${sent}   ${timesOf(result)}`,
  )
  return result
}

const pingInVain = async ({ world, screen }: Stage, from: string, to: string, why: string): Promise<void> => {
  const { received } = await world.guest(from).ping(to, { count: 2, interval: 0.2, timeout: 0.4 })
  screen.check(
    received === 0,
    `${from} → ${to}`,
    received === 0 ? `nothing, as it should be: ${why}` : `${received} answers`,
  )
}

const startSwitch = async ({ world, screen, vnetd }: Stage): Promise<void> => {
  screen.step('vnetd, and a bridge that has it as its controller')
  screen.command('vnetd')
  await world.site.start(...vnetd)
  screen.command(
    `ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev fail_mode=secure other_config:datapath-id=${BR0.dpid.slice(2)}`,
  )
  screen.command('ovs-vsctl set-controller br0 tcp:127.0.0.1:6633')
  await world.addBridge(BR0)
  const { dpid } = await world.site.converged(BR0.dpid)
  screen.check(true, 'br0', `connected as ${dpid}, without a row for it`)
}

const plugInGuests = async ({ world, screen }: Stage): Promise<void> => {
  screen.step('Six guests: namespaces at the end of veth pairs, whose other end is a port of br0')
  for (const guest of GUESTS) {
    await world.addGuest(guest)
    screen.say(`${guest.name}  ${guest.port}  ${guest.address.padEnd(14)}  ${guest.mac}`)
  }
}

const describeNetworks = async (stage: Stage): Promise<void> => {
  stage.screen.step('Three networks; the third one has the addresses of the first')
  await typeAll(stage, [...TYPED_NETWORKS, ...TYPED_GUESTS])
}

const pingInside = async (stage: Stage): Promise<void> => {
  stage.screen.step('Guests of one network reach each other')
  await pingTo(stage, 'ns1', '172.16.1.2', '(ns2)')
  await pingTo(stage, 'ns3', '172.16.2.4', '(ns4)')
}

const proveIsolation = async (stage: Stage): Promise<void> => {
  const { world, screen } = stage
  screen.step('172.16.1.2 exists twice: what ns5 sends arrives at ns6, and nothing of it at ns2')
  const [heard, overheard] = await Promise.all([world.guest('ns6').listen(), world.guest('ns2').listen()])
  await pingTo(stage, 'ns5', '172.16.1.2', '(ns6)')
  const arrived = (await heard.stop())
    .map(({ frame }) => describeFrame(frame))
    .filter(({ echo }) => echo !== undefined)
  const leaked = await overheard.stop()
  screen.check(
    arrived.length === 4,
    'captured at ns6',
    `${arrived.length} echo requests from ${arrived[0]?.eth_src}`,
  )
  screen.check(
    leaked.length === 0,
    'captured at ns2',
    leaked.length === 0 ? 'nothing, no ARP either' : `${leaked.length} frames`,
  )
}

const addRouter = async (stage: Stage): Promise<void> => {
  const { world, screen } = stage
  screen.step('A router between the first network and the second')
  await pingInVain(stage, 'ns1', '172.16.2.3', 'there is no router yet')
  await typeAll(stage, TYPED_ROUTER)
  const heard = await world.guest('ns3').listen()
  await pingTo(stage, 'ns1', '172.16.2.3', '(ns3)')
  const request = (await heard.stop())
    .map(({ frame }) => describeFrame(frame))
    .find(({ echo }) => echo !== undefined)
  screen.check(
    request?.echo?.ttl === 63,
    'arrives at ns3',
    `with TTL ${request?.echo?.ttl} from ${request?.eth_src}, the leg of the router`,
  )
  await pingTo(stage, 'ns1', '172.16.1.254', '(router)', { count: 2 })
  await pingTo(stage, 'ns1', '172.16.2.254', '(ttl 1)', { count: 2, ttl: 1 })
}

const trySpoofing = async (stage: Stage): Promise<void> => {
  const { world, screen } = stage
  screen.step('A guest that takes an address which is not its own gets nothing through')
  const thief = world.guest('ns1')
  screen.command('ip netns exec ns1 sh -c "ip address flush dev eth0; ip address add 172.16.1.9/24 dev eth0"')
  await thief.setAddresses('172.16.1.9/24')
  await pingInVain(stage, 'ns1', '172.16.1.2', 'its address is 172.16.1.1')
  await thief.setAddresses('172.16.1.1/24')
  await thief.namespace.ip('route replace 172.16.2.0/24 via 172.16.1.254')
}

const killController = async ({ world, screen, vnetd }: Stage): Promise<void> => {
  screen.step('vnetd is killed during a ping every 10 ms, and started again')
  const ping = world.guest('ns1').pingStart('172.16.2.3', { interval: 0.01 })
  await ping.reaches(50)
  screen.command('kill -9 $(pidof vnetd)')
  await world.site.vnetd.stop('SIGKILL')
  await sleep(1000)
  screen.command('vnetd')
  await world.site.start(...vnetd)
  const { flow_mods_sent, flows } = await world.site.converged(BR0.dpid)
  await sleep(500)
  const { sent, lost } = await ping.stop()
  screen.check(lost.length === 0, 'lost', `${lost.length} of ${sent} packets`)
  screen.check(
    flow_mods_sent === 0,
    'sent to the bridge',
    `${flow_mods_sent} flow-mods: all ${flows} flows were still there`,
  )
}

const showStatus = async ({ world, screen }: Stage): Promise<void> => {
  screen.step('What vnetd says of it')
  screen.command('vnctl status')
  screen.output((await world.site.vnctl('status')).stdout)
  const { packet_ins } = (await world.site.datapath(BR0.dpid))!
  screen.check(
    packet_ins === 0,
    'packets to the controller',
    `${packet_ins}: the switch answers ARP and forwards on its own`,
  )
}

export const STEPS = [
  startSwitch,
  plugInGuests,
  describeNetworks,
  pingInside,
  proveIsolation,
  addRouter,
  trySpoofing,
  killController,
  showStatus,
] as const
