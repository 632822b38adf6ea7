/**
 * A site of many hosts: most with a fake switch, the last ones with a real Open vSwitch of dummy devices. Each network has a
 * guest on its home, and one on another host, which is not the same for any two networks of a home; the real ones have
 * guests of networks all over. Guests are `if-pN`, N from 1 on, those of a host in a row, and so are their ports.
 */
import { openStore } from '@openvnet/api'
import { addEmptyNetwork, addInterface, addressOf, type Description, guestMac } from './description.ts'
import { FakeSwitches, FIRST_DPID } from './fake_switches.ts'
import { BenchSwitch } from './switch.ts'

export interface SiteSize {
  /** A multiple of `fakes`. */
  readonly networks: number
  readonly fakes: number
  readonly reals: number
}

interface Guest {
  readonly host: number
  readonly network: number
}

/** Networks that are at home on a host with a fake switch. */
const homeNetworks = ({ networks, fakes }: SiteSize): number => networks / fakes

/** In the order of their numbers. */
const guestsOf = (size: SiteSize): readonly Guest[] => {
  const { networks, fakes, reals } = size
  const each = homeNetworks(size)
  const range = (length: number): number[] => Array.from({ length }, (_, index) => index)
  return [
    ...range(fakes).flatMap((host) => [
      ...range(each).map((k) => ({ host, network: host * each + k })),
      ...range(each).map((k) => ({ host, network: k * fakes + ((host + k) % fakes) })),
    ]),
    ...range(reals).flatMap((real) =>
      range(each).map((k) => ({
        host: fakes + real,
        network: (k * fakes + Math.floor((real * fakes) / reals)) % networks,
      })),
    ),
  ]
}

const datapathId = (dpid: bigint): string => `0x${dpid.toString(16).padStart(16, '0')}`
const hostAddress = (host: number): string => `10.255.${Math.floor(host / 200)}.${(host % 200) + 1}`

export interface HostRow {
  readonly uuid: string
  readonly dpid: string
  readonly ipv4_address: string
}

const describe = ({ networks }: SiteSize): Description => ({ networks, guests: 8, routerOf: 1 })

const writeDatabase = (file: string, size: SiteSize, hosts: readonly HostRow[]): void => {
  const description = describe(size)
  const store = openStore({ file })
  store.write((writer) => {
    for (const { uuid, dpid, ipv4_address } of hosts) {
      writer.insert('datapath', {
        ...{ uuid, dpid, ipv4_address, display_name: uuid, node_id: null, ipv6_address: null },
        ...{ transport: null, mtu: null, ovsdb: null, enable_ovs_learn_action: true },
      })
    }
    const ids = Array.from({ length: size.networks }, (_, n) => addEmptyNetwork(writer, description, n))
    const members = new Map<number, number>()
    for (const [index, { network }] of guestsOf(size).entries()) {
      const member = (members.get(network) ?? 0) + 1
      members.set(network, member)
      addInterface(writer, {
        ...{ uuid: `if-p${index + 1}`, mode: 'vif', network_id: ids[network]! },
        ...{ mac_address: guestMac(index + 1), address: addressOf(description, network, member) },
      })
    }
  })
  store.close()
}

const startReal = async (size: SiteSize, real: number): Promise<BenchSwitch> => {
  const bench = await BenchSwitch.start('dummy')
  const names = guestsOf(size).flatMap(({ host }, index) =>
    host === size.fakes + real ? [`if-p${index + 1}`] : [],
  )
  await bench.addPorts(names)
  const tunnel = ['type=vxlan', 'options:remote_ip=flow', 'options:key=flow']
  await bench.ovs.vsctl(
    'add-port',
    bench.bridge,
    'vnet-vxlan',
    '--',
    'set',
    'Interface',
    'vnet-vxlan',
    ...tunnel,
  )
  return bench
}

const dpidOf = async ({ ovs, bridge }: BenchSwitch): Promise<string> =>
  `0x${(await ovs.vsctl('get', 'Bridge', bridge, 'datapath_id')).trim().replaceAll('"', '')}`

export class ManyHosts {
  readonly size: SiteSize
  readonly hosts: readonly HostRow[]
  readonly reals: readonly BenchSwitch[]
  #fakes: FakeSwitches | undefined

  private constructor(size: SiteSize, hosts: readonly HostRow[], reals: readonly BenchSwitch[]) {
    this.size = size
    this.hosts = hosts
    this.reals = reals
  }

  /** The real switches run, and the database has the description. @param file of the database, new */
  static async create(size: SiteSize, file: string): Promise<ManyHosts> {
    const reals: BenchSwitch[] = []
    try {
      for (let real = 0; real < size.reals; real++) reals.push(await startReal(size, real))
      const dpids = [
        ...Array.from({ length: size.fakes }, (_, host) => datapathId(FIRST_DPID + BigInt(host))),
        ...(await Promise.all(reals.map(dpidOf))),
      ]
      const hosts = dpids.map((dpid, host) => ({
        ...{ uuid: `dp-h${host}`, dpid, ipv4_address: hostAddress(host) },
      }))
      writeDatabase(file, size, hosts)
      return new ManyHosts(size, hosts, reals)
    } catch (error) {
      await Promise.all(reals.map((real) => real.close()))
      throw error
    }
  }

  /** Fake switches that have not dialled yet. @param port TCP port of the controller */
  async startFakes(port: number): Promise<FakeSwitches> {
    const { fakes } = this.size
    const ports = 2 * homeNetworks(this.size)
    this.#fakes = await FakeSwitches.start({ port, switches: fakes, ports, haveTunnels: true })
    return this.#fakes
  }

  /** All dial. @param port TCP port of the controller */
  async connect(port: number): Promise<void> {
    this.#fakes?.connect()
    await Promise.all(this.reals.map((real) => real.connect(port)))
  }

  async stopFakes(): Promise<void> {
    await this.#fakes?.stop()
    this.#fakes = undefined
  }

  async close(): Promise<void> {
    await this.stopFakes()
    await Promise.all(this.reals.map((real) => real.close()))
  }
}
