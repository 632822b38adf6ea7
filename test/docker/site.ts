/**
 * Three hosts in containers and what is on them: a red and a blue network with the same addresses on all of them, and a
 * green one on the third, for a router. Everything is done as the README has it: `guest` in the hosts, `vnctl` in the api.
 */
import { type PingOptions, type PingResult, parsePing, pingCommand, withoutUnderWay } from '../lab/ping.ts'
import { sleep, until } from '../lab/wait.ts'
import { Containers, type Service } from './containers.ts'
import { Program } from './program.ts'

export type HostName = 'host1' | 'host2' | 'host3'
export const HOSTS: readonly HostName[] = ['host1', 'host2', 'host3']

/** Seconds that bridges may need to acknowledge on a busy machine. */
const WAIT = '--wait=60'
/** Time in which a frame is surely captured. */
const SETTLE_MS = 300

export interface Member {
  readonly host: HostName
  readonly network: 'nw-red' | 'nw-blue' | 'nw-green'
  readonly address: string
  readonly gateway?: string
}

const RED_GATEWAY = '172.16.0.254'
const GREEN_GATEWAY = '172.16.9.254'

/** By name, which is that of the port and of the interface too. */
export const MEMBERS: Readonly<Record<string, Member>> = {
  'if-red1': { host: 'host1', network: 'nw-red', address: '172.16.0.1', gateway: RED_GATEWAY },
  'if-red2': { host: 'host1', network: 'nw-red', address: '172.16.0.2' },
  'if-red3': { host: 'host2', network: 'nw-red', address: '172.16.0.3' },
  'if-red4': { host: 'host3', network: 'nw-red', address: '172.16.0.4' },
  'if-blue1': { host: 'host1', network: 'nw-blue', address: '172.16.0.1' },
  'if-blue3': { host: 'host2', network: 'nw-blue', address: '172.16.0.3' },
  'if-blue4': { host: 'host3', network: 'nw-blue', address: '172.16.0.4' },
  'if-green9': { host: 'host3', network: 'nw-green', address: '172.16.9.9', gateway: GREEN_GATEWAY },
}

/** As `guest` makes it of the address. */
const macOf = (address: string): string =>
  ['02:00', ...address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'))].join(':')

const description = {
  networks: {
    'nw-red': { ipv4_network: '172.16.0.0/24' },
    'nw-blue': { ipv4_network: '172.16.0.0/24' },
    'nw-green': { ipv4_network: '172.16.9.0/24' },
  },
  interfaces: Object.fromEntries(
    Object.entries(MEMBERS).map(([uuid, { network, address }]) => [
      uuid,
      { network, mac_address: macOf(address), ipv4_address: address },
    ]),
  ),
  routers: { 'rt-main': { networks: [`nw-red=${RED_GATEWAY}`, `nw-green=${GREEN_GATEWAY}`] } },
}

interface Datapath {
  readonly dpid: string
  readonly connected: boolean
  readonly applied: boolean
}

/** Frames that a host put into tunnels: the key, and what tcpdump calls the frame inside. */
export interface Tunnelled {
  readonly key: number
  readonly frame: string
}

/** tcpdump tells the outer packet and the inner one on a line each. */
const parseTunnelled = (text: string): Tunnelled[] =>
  [...text.matchAll(/VXLAN,.* vni (\d+)\n(.*)/g)].map(([, key, frame]) => ({
    key: Number(key),
    frame: frame!,
  }))

export class Site {
  readonly containers: Containers

  private constructor(containers: Containers) {
    this.containers = containers
  }

  static async create(): Promise<Site> {
    return new Site(await Containers.up())
  }

  vnctl(...args: readonly string[]): Promise<string> {
    return this.containers.run('api', ['vnctl', ...args])
  }

  async makeGuests(): Promise<void> {
    for (const [name, { host, address, gateway }] of Object.entries(MEMBERS)) {
      const via = gateway === undefined ? [] : [gateway]
      await this.containers.run(host, ['guest', name, `${address}/24`, ...via])
    }
  }

  /** All rows in one batch. */
  async describe(): Promise<string> {
    const input = JSON.stringify(description)
    return this.containers.run('api', ['vnctl', 'apply', '-f', '-', WAIT], { input })
  }

  /** Resolves when the API answers and all three bridges have what it says. */
  async converged(): Promise<readonly Datapath[]> {
    let text = ''
    return until(
      'all hosts have what the rows say',
      async () => {
        const answer = await this.containers.attempt('api', ['vnctl', 'status', '-o', 'json'])
        text = answer.stdout + answer.stderr
        if (answer.code !== 0) return undefined
        const { datapaths } = JSON.parse(answer.stdout) as { datapaths: Datapath[] }
        const ready = datapaths.filter(({ connected, applied }) => connected && applied)
        return new Set(ready.map(({ dpid }) => dpid)).size === HOSTS.length && ready
      },
      { timeout: 90_000, interval: 500, describe: () => text },
    )
  }

  async ping(from: string, to: string, options: PingOptions = {}): Promise<PingResult> {
    const command = pingCommand(to, { count: 5, interval: 0.1, ...options })
    const { stdout } = await this.containers.attempt(MEMBERS[from]!.host, [
      'ip',
      'netns',
      'exec',
      from,
      ...command,
    ])
    return parsePing(stdout)
  }

  /** Pings until none is lost: a host may have to ask for the address of another first. */
  reaches(from: string, to: string): Promise<PingResult> {
    let last = ''
    return until(
      `${from} reaches ${to}`,
      async () => {
        const result = await this.ping(from, to)
        last = result.text
        return result.received === result.sent && result.sent > 0 && result
      },
      { timeout: 60_000, describe: () => last },
    )
  }

  /** Pings every 50 ms while something is done. @returns the result when twenty more were answered after it */
  async pingsDuring(from: string, to: string, doIt: () => Promise<unknown>): Promise<PingResult> {
    const interval = 0.05
    const inside = await this.containers.inside(MEMBERS[from]!.host)
    const command = pingCommand(to, { interval })
    const ping = new Program(inside, [
      'ip',
      'netns',
      'exec',
      from,
      ...command.slice(0, 1),
      '-D',
      ...command.slice(1),
    ])
    const answers = () => ping.output.split(' ttl=').length - 1
    const more = (count: number) => {
      const aim = answers() + count
      return until(`${count} more answers`, () => answers() >= aim, {
        timeout: 60_000,
        describe: () => ping.output.slice(-500),
      })
    }
    await more(10)
    await doIt()
    await more(20)
    return withoutUnderWay(parsePing(await ping.stop()), Math.ceil(0.1 / interval))
  }

  /** What each host sends through tunnels while something is done, captured where its link enters the network of compose. */
  async tunnelledDuring(
    doIt: () => Promise<unknown>,
  ): Promise<Readonly<Record<HostName, readonly Tunnelled[]>>> {
    const filter = ['-Q', 'out', 'udp port 4789']
    const captures = await Promise.all(
      HOSTS.map(async (host) => {
        const inside = await this.containers.inside(host)
        return new Program(inside, ['tcpdump', '-i', 'eth0', '-nn', '-l', '--immediate-mode', ...filter])
      }),
    )
    await Promise.all(captures.map((capture) => capture.says('listening on')))
    await doIt()
    await sleep(SETTLE_MS)
    const texts = await Promise.all(captures.map((capture) => capture.stop()))
    const [host1, host2, host3] = texts.map(parseTunnelled)
    return { host1: host1!, host2: host2!, host3: host3! }
  }

  /** Hosts know each other's addresses: Open vSwitch drops what it has to ask for. */
  async acquaint(): Promise<void> {
    for (const host of HOSTS) {
      for (const last of [11, 12, 13]) {
        await this.containers.attempt(host, ['ping', '-c1', '-W2', `${this.containers.underlay}.${last}`])
      }
    }
  }

  stop(service: Service): Promise<string> {
    return this.containers.compose('stop', '--timeout', '5', service)
  }
  start(service: Service): Promise<string> {
    return this.containers.compose('start', service)
  }
  restart(service: Service): Promise<string> {
    return this.containers.compose('restart', '--timeout', '5', service)
  }
}
