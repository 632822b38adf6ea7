/**
 * During any change the traffic that the description before and the one after both allow flows without one lost packet:
 * pings every ten milliseconds inside of a network, through a router, to a router, and in a network with the same
 * addresses as another, while everything around them changes.
 */
import t, { type Test } from 'tap'
import type { ContinuousPing } from '../lab/ping.ts'
import { sleep, until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'

const BR1 = { name: 'br1', dpid: '0x000002fdee8e0a45' }
const INTERVAL_S = 0.01
/** Pings before and after a change that show that they flow. */
const SOME = 30

const world = await LabWorld.running(walkthrough)
t.teardown(() => world.close())
const { host, rest } = world.site
await world.addBridge(BR1)
/** Where no guest is looking: ports that make rows matter to the switch. */
const SPARE_PORTS = Array.from({ length: 12 }, (_, index) => `spare${index + 1}`)
await host.vsctl(
  ...SPARE_PORTS.flatMap((port, index) => [
    ...(index === 0 ? [] : ['--']),
    ...['add-port', 'br0', port, '--', 'set', 'Interface', port, 'type=internal'],
  ]),
)

interface Stream {
  readonly what: string
  readonly from: string
  readonly to: string
}

const STREAMS: readonly Stream[] = [
  { what: 'inside of a network', from: 'ns1', to: '172.16.1.2' },
  { what: 'through the router', from: 'ns2', to: '172.16.2.3' },
  { what: 'to the router', from: 'ns4', to: '172.16.2.254' },
  { what: 'in a network with the same addresses', from: 'ns5', to: '172.16.1.2' },
]

const start = ({ from, to }: Stream): ContinuousPing =>
  world.guest(from).pingStart(to, { interval: INTERVAL_S, timeout: 2 })

/** Resolves when so many more have been answered. */
const answers = async (ping: ContinuousPing, more: number): Promise<void> => {
  const enough = ping.answers + more
  await until('pings are answered', () => ping.answers >= enough)
}

/** All that was written is in both switches. */
const applied = () => Promise.all([BR0, BR1].map(({ dpid }) => world.site.converged(dpid)))

const flowMods = async (): Promise<number> => (await world.site.datapath(BR0.dpid))!.flow_mods_sent

/** Streams that go on before, during and after what happens, and lose nothing. */
const losesNothing = async (
  t: Test,
  happens: () => Promise<unknown>,
  streams: readonly Stream[] = STREAMS,
): Promise<void> => {
  const before = await flowMods()
  const pings = streams.map((stream) => ({ stream, ping: start(stream) }))
  await Promise.all(pings.map(({ ping }) => answers(ping, SOME)))
  await happens()
  await applied()
  await Promise.all(pings.map(({ ping }) => answers(ping, SOME)))
  for (const { stream, ping } of pings) {
    const { sent, lost, duplicates } = await ping.stop()
    t.same(lost, [], `${stream.what}: none of ${sent} lost`)
    t.equal(duplicates, 0, `${stream.what}: none twice`)
  }
  t.comment(`${(await flowMods()) - before} flow-mods`)
}

const addSpare = (network: string, index: number, host_id: number) =>
  rest.post('interfaces', {
    uuid: `if-spare${index}`,
    port_name: `spare${index}`,
    network_uuid: network,
    mac_address: `52:54:00:00:5b:${String(index).padStart(2, '0')}`,
    ipv4_address: `172.16.${host_id}.${100 + index}`,
  })

const LATER = { uuid: 'nw-later', ipv4_network: '172.16.9.0', ipv4_prefix: 24 }
const addLaterLeg = async () => {
  await rest.post('networks', LATER)
  await addSpare('nw-later', 9, 9)
  await rest.post('interfaces', {
    uuid: 'if-laterleg',
    mode: 'simulated',
    network_uuid: 'nw-later',
    ipv4_address: '172.16.9.254',
  })
  await rest.post('routes', {
    uuid: 'r-later',
    interface_uuid: 'if-laterleg',
    route_link_uuid: 'rl-vnetlink1',
  })
}

t.test('many changes that have nothing to do with them', async (t) => {
  const ROUNDS = 25
  const before = await flowMods()
  await losesNothing(t, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await rest.post('networks', LATER)
      for (const index of [1, 2, 3]) await addSpare('nw-later', index, 9)
      await rest.delete('interfaces/if-spare2')
      await rest.delete('networks/nw-later')
      for (const index of [1, 3]) await rest.delete(`interfaces/if-spare${index}`)
    }
  })
  const sent = (await flowMods()) - before
  t.ok(sent > ROUNDS * 10, `${sent} flow-mods meanwhile`)
})

t.test('the router gains a leg and a route, and loses them again', async (t) => {
  await losesNothing(t, addLaterLeg)
  await losesNothing(t, async () => {
    await rest.delete('routes/r-later')
    await rest.delete('interfaces/if-laterleg')
    await rest.delete('networks/nw-later')
    await rest.delete('interfaces/if-spare9')
  })
})

t.test('the networks gain guests and ports, and lose them again', async (t) => {
  await losesNothing(t, async () => {
    for (let index = 1; index <= 8; index += 1) {
      const n = (index % 3) + 1
      await addSpare(`nw-net${n}`, index, n === 3 ? 1 : n)
    }
    await host.vsctl('add-port', 'br0', 'more1', '--', 'set', 'Interface', 'more1', 'type=internal')
    await rest.post('interfaces', { uuid: 'if-more', port_name: 'more1', network_uuid: 'nw-net1' })
  })
  await losesNothing(t, async () => {
    await host.removePort('br0', 'more1')
    for (let index = 1; index <= 8; index += 1) await rest.delete(`interfaces/if-spare${index}`)
    await rest.delete('interfaces/if-more')
  })
})

t.test('routes of other networks and on the same router come and go', async (t) => {
  await losesNothing(t, async () => {
    await addLaterLeg()
    await rest.post('route_links', { uuid: 'rl-other' })
    for (let round = 0; round < 10; round += 1) {
      await rest.post('routes', {
        uuid: 'r-other',
        interface_uuid: 'if-laterleg',
        route_link_uuid: round % 2 === 0 ? 'rl-other' : 'rl-vnetlink1',
        ipv4_network: '172.17.0.0',
        ipv4_prefix: 16,
      })
      await rest.delete('routes/r-other')
    }
  })
})

t.test('another network is deleted, with its leg on their router', async (t) => {
  await losesNothing(t, async () => {
    await rest.delete('networks/nw-later')
    await rest.delete('interfaces/if-laterleg')
    await rest.delete('interfaces/if-spare9')
    await rest.delete('route_links/rl-other')
  })
})

t.test('rows are renamed: bridge, interfaces, networks', async (t) => {
  await rest.post('datapaths', { uuid: 'dp-br0', dpid: BR0.dpid })
  const before = await flowMods()
  await losesNothing(t, async () => {
    await rest.call('PUT', 'datapaths/dp-br0', { display_name: 'another name' })
    for (const n of [1, 2, 3, 4, 5])
      await rest.call('PUT', `interfaces/if-veth${n}`, { display_name: `name ${n}` })
    for (const n of [1, 2, 3]) await rest.call('PUT', `networks/nw-net${n}`, { display_name: `name ${n}` })
    await rest.call('PUT', 'interfaces/if-vnet1gw', { display_name: 'the leg' })
  })
  t.equal(await flowMods(), before, 'and nothing is sent')
})

t.test('interfaces are pinned to the bridge where they are, and the bridge is forgotten', async (t) => {
  await losesNothing(t, async () => {
    for (const n of [1, 2, 3])
      await rest.call('PUT', `interfaces/if-veth${n}`, { owner_datapath_uuid: 'dp-br0' })
    for (const n of [1, 2, 3]) await rest.call('PUT', `interfaces/if-veth${n}`, { owner_datapath_uuid: '' })
    await rest.delete('datapaths/dp-br0')
  })
})

t.test('those who speak get into a second network, and out of it', async (t) => {
  await losesNothing(t, async () => {
    for (let round = 0; round < 5; round += 1) {
      const leases = [1, 2, 4].map((n) => ({
        uuid: `il-second${n}`,
        interface_uuid: `if-veth${n}`,
        network_uuid: 'nw-second',
        ipv4_address: `172.16.8.${n}`,
      }))
      await rest.post('networks', { uuid: 'nw-second', ipv4_network: '172.16.8.0' })
      for (const lease of leases) await rest.post('ip_leases', lease)
      for (const { uuid } of leases.slice(1)) await rest.delete(`ip_leases/${uuid}`)
      await rest.delete('networks/nw-second')
    }
  })
})

t.test('guests that have forgotten their neighbours ask in the middle of changes', async (t) => {
  await losesNothing(t, async () => {
    for (let round = 0; round < 5; round += 1) {
      await rest.post('networks', LATER)
      for (const index of [1, 2, 3]) await addSpare('nw-net1', index, 1)
      for (const { from } of STREAMS) await world.guest(from).forgetNeighbours()
      for (const index of [1, 2, 3]) await rest.delete(`interfaces/if-spare${index}`)
      await rest.delete('networks/nw-later')
    }
  })
})

/** Runs of numbers without a gap. */
const runsOf = (numbers: readonly number[]): number[][] =>
  numbers.reduce<number[][]>((runs, number) => {
    const last = runs.at(-1)
    if (last?.at(-1) === number - 1) last.push(number)
    else runs.push([number])
    return runs
  }, [])

t.test(
  'an interface moves to another bridge and back: only it loses, and only while it has no port',
  async (t) => {
    const moving = STREAMS[2]!
    const port = 'if-veth4'
    const ping = start(moving)
    await answers(ping, SOME)
    const away: number[] = []
    const move = async (from: typeof BR0, to: typeof BR0) => {
      const began = performance.now()
      await host.vsctl('del-port', from.name, port, '--', 'add-port', to.name, port)
      await answers(ping, 1)
      away.push(performance.now() - began)
      await sleep(300)
    }
    const others = STREAMS.filter((stream) => stream !== moving)
    await losesNothing(t, () => move(BR0, BR1).then(() => move(BR1, BR0)), others)
    const { sent, lost } = await ping.stop()
    const runs = runsOf(lost)
    t.ok(runs.length <= away.length, `${lost.length} of ${sent} lost, in a row: ${JSON.stringify(runs)}`)
    const most = away.reduce((sum, milliseconds) => sum + milliseconds, 0) / (INTERVAL_S * 1000)
    t.ok(lost.length <= most + 2, `${Math.round(most)} pings went out while it moved`)
  },
)

t.test('at the end everything is as at the beginning', async (t) => {
  t.same(await world.checkPings(PINGS), [])
})
