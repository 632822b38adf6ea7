/**
 * During any change the traffic that the description before and the one after both allow flows without one lost packet:
 * pings every ten milliseconds inside of a network, through a router, to a router, in a network with the same
 * addresses as another, and to everybody, while everything around them changes.
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
  readonly broadcast?: boolean
}

const STREAMS: readonly Stream[] = [
  { what: 'inside of a network', from: 'ns1', to: '172.16.1.2' },
  { what: 'through the router', from: 'ns2', to: '172.16.2.3' },
  { what: 'to the router', from: 'ns4', to: '172.16.2.254' },
  { what: 'in a network with the same addresses', from: 'ns5', to: '172.16.1.2' },
  { what: 'to everybody in a network', from: 'ns1', to: '172.16.1.255', broadcast: true },
]
await world.guest('ns2').answerBroadcasts()

const start = ({ from, to, broadcast = false }: Stream): ContinuousPing =>
  world.guest(from).pingStart(to, { interval: INTERVAL_S, timeout: 2, broadcast })

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

/** How many groups the flood group of a network of many guests goes through; none where there are few. */
const parts = async (): Promise<number> => {
  const groups = (await host.ofctl('dump-groups', 'br0')).split('\n')
  return Math.max(...groups.map((line) => line.split('=group:').length - 1))
}

const guestAt = (index: number) => ({
  uuid: `if-many${index}`,
  network_uuid: 'nw-net1',
  mac_address: `52:54:00:5c:00:${index.toString(16).padStart(2, '0')}`,
  ipv4_address: `172.16.1.${10 + index}`,
})
const inOneGo = (operations: readonly object[]) => rest.post('batch', { operations })
const many = Array.from({ length: 70 }, (_, index) => guestAt(index))
const creations = many.map((body) => ({ method: 'POST', path: 'interfaces', body }))
const deletions = many.map(({ uuid }) => ({ method: 'DELETE', path: `interfaces/${uuid}` }))

t.test('a network gets more guests than one group is for, and fewer again', async (t) => {
  const seen: number[] = []
  const look = async () => {
    await applied()
    seen.push(await parts())
  }
  await losesNothing(t, async () => {
    await look()
    await inOneGo(creations)
    await look()
    await inOneGo(deletions)
    await look()
    // 55 of them are as many as may be, with the leg and with those who speak: each counts with its row and its lease.
    await inOneGo(creations.slice(0, 55))
    for (let round = 0; round < 3; round += 1) {
      for (let index = 1; index <= 12; index += 1) await addSpare('nw-net1', index, 1)
      await look()
      for (let index = 1; index <= 12; index += 1) await rest.delete(`interfaces/if-spare${index}`)
      await look()
    }
    await inOneGo(deletions.slice(0, 55))
  })
  t.same(
    seen.map((count) => count > 0),
    [false, true, false, true, false, true, false, true, false],
    `parts of the flood group: ${seen}`,
  )
  t.ok(Math.max(...seen) > 2, 'each guest at a port in its part')
})

const OWNERS = ['if-veth1', 'if-veth3', 'if-vnet1gw', 'if-spare1']

/** @param isPinned whether the address is on the new MAC address, not on the first of the interface */
const addLeases = async (index: number, owner: string, isPinned: boolean) => {
  const n = (index % 2) + 1
  const mac_address = `52:54:00:5d:00:0${index}`
  await rest.post('mac_leases', { uuid: `ml-more${index}`, interface_uuid: owner, mac_address })
  await rest.post('ip_leases', {
    uuid: `il-more${index}`,
    interface_uuid: owner,
    network_uuid: `nw-net${n}`,
    ipv4_address: `172.16.${n}.${200 + index}`,
    ...(isPinned ? { mac_lease_uuid: `ml-more${index}` } : {}),
  })
}

t.test('addresses are leased to those who speak, to their legs and to others, and taken back', async (t) => {
  await addSpare('nw-net2', 1, 2)
  const leases = async (isPinned: boolean) => {
    for (const [index, owner] of OWNERS.entries()) await addLeases(index, owner, isPinned)
    if (!isPinned) await rest.call('PUT', 'mac_leases/ml-more3', { interface_uuid: 'if-veth4' })
    for (const index of OWNERS.keys()) {
      await rest.delete(`ip_leases/il-more${index}`)
      await rest.delete(`mac_leases/ml-more${index}`)
    }
  }
  await losesNothing(t, async () => {
    for (const isPinned of [true, false, true, false]) await leases(isPinned)
  })
  await rest.delete('interfaces/if-spare1')
})

t.test('another router is made, joined to their network, and deleted', async (t) => {
  await losesNothing(t, async () => {
    for (let round = 0; round < 4; round += 1) {
      for (const index of [7, 8]) {
        await rest.post('networks', { ...LATER, uuid: `nw-other${index}`, ipv4_network: `172.16.${index}.0` })
        await addSpare(`nw-other${index}`, index, index)
      }
      // Every other time with a leg in the network of those who speak.
      const joined = ['nw-other7', 'nw-other8', ...(round % 2 === 0 ? [] : ['nw-net1=172.16.1.253'])]
      await rest.post('routers', { uuid: 'rt-other', networks: joined.join(',') })
      await applied()
      await rest.delete('routers/rt-other')
      for (const index of [7, 8]) await rest.delete(`networks/nw-other${index}`)
      for (const index of [7, 8]) await rest.delete(`interfaces/if-spare${index}`)
    }
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
