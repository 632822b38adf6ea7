/** Topologies keep the rows of datapaths; routers keep their parts. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { startApi, type TestApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

/** Two bridges with host interfaces, networks and routers. */
const describe = async (api: TestApi) => {
  await api.ok('POST', 'networks', { uuid: 'nw-public', ipv4_network: '192.168.0.0', mode: 'physical' })
  for (const index of [1, 2]) {
    await api.ok('POST', 'datapaths', { uuid: `dp-${index}`, dpid: String(index) })
    await api.ok('POST', 'interfaces', {
      uuid: `if-host${index}`,
      mode: 'host',
      owner_datapath_uuid: `dp-${index}`,
      network_uuid: 'nw-public',
      mac_address: `52:54:00:00:00:0${index}`,
      ipv4_address: `192.168.0.${index}`,
    })
    await api.ok('POST', 'networks', { uuid: `nw-${index}`, ipv4_network: `10.0.${index}.0` })
    await api.ok('POST', 'route_links', { uuid: `rl-${index}` })
    await api.ok('POST', 'topologies', { uuid: `topo-over${index}`, mode: 'simple_overlay' })
    await api.ok('POST', 'topologies', { uuid: `topo-under${index}`, mode: 'simple_underlay' })
  }
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let attempt = 0; attempt < 500 && !holds(); attempt += 1) await sleep(20)
  if (!holds()) throw new Error('it did not come about')
}

/** What datapaths have: `dp-1 nw-1 by topo-over1`. */
const relationsOf = (api: TestApi): string[] => {
  const { rows } = api.store.snapshot()
  const name = (list: readonly { id: number; uuid: string }[], id: number | null) =>
    list.find((row) => row.id === id)?.uuid ?? 'nobody'
  return [
    ...rows.datapath_network.map((row) => [row, name(rows.network, row.network_id)] as const),
    ...rows.datapath_route_link.map((row) => [row, name(rows.route_link, row.route_link_id)] as const),
  ]
    .map(
      ([row, other]) =>
        `${name(rows.datapath, row.datapath_id)} ${other} by ${name(rows.topology, row.topology_id)}`,
    )
    .sort()
}

t.test('an overlay is on the bridges of its underlays', async (t) => {
  const api = await startApi(t)
  await describe(api)
  await api.ok('POST', 'topologies/topo-over1/networks/nw-1')
  await api.ok('POST', 'topologies/topo-over1/underlays/topo-under1')
  t.same(relationsOf(api), [])
  const member = await api.ok('POST', 'topologies/topo-under1/datapaths/dp-1', { interface_uuid: 'if-host1' })
  t.match(member.body, { topology_uuid: 'topo-under1', datapath_uuid: 'dp-1', interface_uuid: 'if-host1' })
  t.match(member.body.ip_lease_uuid, /^il-/, 'the first lease of the interface')
  t.same(relationsOf(api), ['dp-1 nw-1 by topo-over1'])
  await api.ok('POST', 'topologies/topo-under1/datapaths/dp-2', { interface_uuid: 'if-host2' })
  await api.ok('POST', 'topologies/topo-over1/route_links/rl-1')
  await api.ok('POST', 'topologies/topo-under1/networks/nw-public')
  t.same(relationsOf(api), [
    'dp-1 nw-1 by topo-over1',
    'dp-1 nw-public by topo-under1',
    'dp-1 rl-1 by topo-over1',
    'dp-2 nw-1 by topo-over1',
    'dp-2 nw-public by topo-under1',
    'dp-2 rl-1 by topo-over1',
  ])
  await api.ok('POST', 'networks', { uuid: 'nw-3', ipv4_network: '10.0.3.0', topology_uuid: 'topo-over1' })
  t.ok(relationsOf(api).includes('dp-2 nw-3 by topo-over1'), 'a network may be made in a topology')
  const listed = await api.ok('GET', 'topologies/topo-over1/networks')
  t.match(listed.body, { total_count: 2, items: [{ topology_uuid: 'topo-over1', network_uuid: 'nw-1' }, {}] })
  t.match((await api.ok('GET', 'topologies/topo-over1/underlays')).body.items, [{ uuid: 'topo-under1' }])
  t.match((await api.ok('GET', 'datapaths/dp-1/networks')).body.total_count, 3)
  t.match(await api.send('DELETE', 'datapaths/dp-1/networks/nw-1'), {
    status: 400,
    body: { error: 'DeleteRestrictionError', message: /topo-over1/ },
  })
  t.same((await api.ok('DELETE', 'topologies/topo-over1/networks/nw-3')).body, ['nw-3'])
  await api.ok('DELETE', 'topologies/topo-under1/datapaths/dp-1')
  t.same(
    relationsOf(api).filter((text) => text.startsWith('dp-1')),
    [],
  )
  await api.ok('DELETE', 'interfaces/if-host2')
  t.same(relationsOf(api), [], 'a bridge leaves the underlay with its host interface')
})

t.test('an underlay with a MAC range group takes its addresses from that', async (t) => {
  const api = await startApi(t)
  await describe(api)
  await api.ok('POST', 'mac_range_groups', { uuid: 'mrg-1' })
  await api.ok('POST', 'mac_range_groups/mrg-1/mac_ranges', {
    begin_mac_address: '52:56:01:00:00:00',
    end_mac_address: '52:56:01:00:00:01',
  })
  t.match(
    await api.send('POST', 'topologies/topo-over1/mac_range_groups/mrg-1'),
    refusal('uuid', 'topo-over1', /simple_underlay/),
  )
  await api.ok('POST', 'topologies/topo-under1/mac_range_groups/mrg-1')
  await api.ok('POST', 'topologies/topo-under1/datapaths/dp-1', { interface_uuid: 'if-host1' })
  await api.ok('POST', 'topologies/topo-over1/underlays/topo-under1')
  await api.ok('POST', 'segments', { uuid: 'seg-1', mode: 'virtual', topology_uuid: 'topo-over1' })
  await api.ok('POST', 'topologies/topo-over1/networks/nw-1')
  const { rows } = api.store.snapshot()
  const macs = [...rows.datapath_segment, ...rows.datapath_network].map(({ mac_address }) => mac_address)
  t.same(macs.sort(), ['52:56:01:00:00:00', '52:56:01:00:00:01'])
  const refused = await api.send('POST', 'topologies/topo-over1/networks/nw-2')
  t.match(refused, { status: 400, body: { error: 'OutOfAddresses', message: /mrg-1/ } })
  t.equal((await api.ok('GET', 'topologies/topo-over1/networks')).body.total_count, 1, 'nothing by halves')
  t.match((await api.ok('GET', 'topologies/topo-under1/mac_range_groups')).body.items, [
    { mac_range_group_uuid: 'mrg-1' },
  ])
  await api.ok('DELETE', 'mac_range_groups/mrg-1')
  await api.ok('POST', 'topologies/topo-over1/networks/nw-2')
  await api.ok('DELETE', 'segments/seg-1')
  t.equal(api.store.snapshot().rows.datapath_segment.length, 0)
})

t.test('an underlay loses a bridge with the network of its address', async (t) => {
  const api = await startApi(t)
  await describe(api)
  await api.ok('POST', 'topologies/topo-under1/datapaths/dp-1', { interface_uuid: 'if-host1' })
  await api.ok('POST', 'topologies/topo-under1/networks/nw-1')
  t.same(relationsOf(api), ['dp-1 nw-1 by topo-under1'])
  await api.ok('DELETE', 'networks/nw-public')
  t.same(relationsOf(api), [])
})

t.test('a bridge is in an underlay while its interface has its address', async (t) => {
  const api = await startApi(t, { expiryInterval: 20 })
  await describe(api)
  await api.ok('POST', 'topologies/topo-under1/datapaths/dp-1', { interface_uuid: 'if-host1' })
  await api.ok('POST', 'topologies/topo-over1/underlays/topo-under1')
  await api.ok('POST', 'topologies/topo-over1/networks/nw-1')
  await api.ok('POST', 'topologies/topo-under1/networks/nw-2')
  const whole = ['dp-1 nw-1 by topo-over1', 'dp-1 nw-2 by topo-under1']
  const { uuid, mac_leases } = (await api.ok('GET', 'interfaces/if-host1')).body.ip_leases.map(
    (lease: { uuid: string; mac_lease_uuid: string }) => ({
      uuid: lease.uuid,
      mac_leases: lease.mac_lease_uuid,
    }),
  )[0]
  t.same(relationsOf(api), whole)
  await api.ok('PUT', `ip_leases/${uuid}/release`)
  t.same(relationsOf(api), [], 'released')
  t.equal((await api.send('PUT', `ip_leases/${uuid}/release`)).status, 400, 'released twice')
  await api.ok('PUT', `ip_leases/${uuid}/attach`, { interface_uuid: 'if-host2' })
  t.same(relationsOf(api), [], 'of another interface')
  await api.ok('PUT', `ip_leases/${uuid}/release`)
  await api.ok('PUT', `ip_leases/${uuid}/attach`, { interface_uuid: 'if-host1' })
  t.same(relationsOf(api), whole, 'attached again')
  await api.ok('POST', 'interfaces', { uuid: 'if-other' })
  await api.ok('PUT', `mac_leases/${mac_leases}`, { interface_uuid: 'if-other' })
  t.same(relationsOf(api), [], 'moved away with its MAC lease')
  await api.ok('PUT', `mac_leases/${mac_leases}`, { interface_uuid: 'if-host1' })
  t.same(relationsOf(api), whole, 'moved back')
  await api.ok('POST', 'ip_retention_containers', { uuid: 'irc-1', lease_time: 0 })
  await api.ok('POST', `ip_retention_containers/irc-1/ip_retentions/${uuid}`)
  await until(() => relationsOf(api).length === 0)
  t.equal(api.store.count('topology_datapath'), 1, 'its lease time is over: it may come back')
  await api.ok('PUT', 'ip_retention_containers/irc-1', { grace_time: 0 })
  await until(() => api.store.count('ip_lease') === 1)
  t.equal(api.store.count('topology_datapath'), 0, 'its grace time too')
})

t.test('what was asked for stands before what a topology implies', async (t) => {
  const api = await startApi(t)
  await describe(api)
  await api.ok('POST', 'datapaths/dp-1/networks/nw-1', { mac_address: '02:00:00:00:00:99' })
  await api.ok('POST', 'topologies/topo-under1/datapaths/dp-1', { interface_uuid: 'if-host1' })
  for (const over of ['topo-over1', 'topo-over2']) {
    await api.ok('POST', `topologies/${over}/networks/nw-1`)
    await api.ok('POST', `topologies/${over}/underlays/topo-under1`)
  }
  t.same(relationsOf(api), ['dp-1 nw-1 by nobody'])
  await api.ok('DELETE', 'datapaths/dp-1/networks/nw-1')
  t.same(relationsOf(api), ['dp-1 nw-1 by topo-over1'])
  await api.ok('DELETE', 'topologies/topo-over1')
  t.same(relationsOf(api), ['dp-1 nw-1 by topo-over2'])
  t.match(await api.send('POST', 'datapaths/dp-1/networks/nw-1'), {
    body: { error: 'RelationAlreadyExists' },
  })
})

t.test('members have the mode of their topology', async (t) => {
  const api = await startApi(t)
  await describe(api)
  const add = (path: string, parameters = {}) => api.send('POST', `topologies/${path}`, parameters)
  const host = { interface_uuid: 'if-host1' }
  t.match(await add('topo-over1/datapaths/dp-1', host), refusal('uuid', 'topo-over1', /simple_underlay/))
  t.match(await add('topo-under1/route_links/rl-1'), refusal('uuid', 'topo-under1', /simple_overlay/))
  t.match(await add('topo-over1/underlays/topo-over2'), refusal('underlay_uuid', 'topo-over2', /.+/))
  t.match(await add('topo-under1/underlays/topo-under2'), refusal('uuid', 'topo-under1', /.+/))
  t.match(await add('topo-under1/datapaths/dp-1'), { body: { error: 'MissingArgument' } })
  t.match(await add('topo-under1/datapaths/dp-2', host), refusal('interface_uuid', 'if-host1', /dp-1/))
  await api.ok('POST', 'interfaces', { uuid: 'if-bare' })
  t.match(
    await add('topo-under1/datapaths/dp-1', { interface_uuid: 'if-bare' }),
    refusal('interface_uuid', 'if-bare', /no IP lease/),
  )
  t.match(await api.send('POST', 'topologies', { mode: 'other' }), refusal('mode', 'other', /.+/))
  t.equal((await add('topo-under1/networks/nw-1')).status, 200)
  t.match(await add('topo-under1/networks/nw-1'), { body: { error: 'RelationAlreadyExists' } })
})

/** What should be there, worked out from the members by another way than the code's. */
const implied = (api: TestApi): string[] => {
  const { rows } = api.store.snapshot()
  const has = new Set<string>()
  for (const { topology_id, datapath_id } of rows.topology_datapath) {
    const overlays = rows.topology_layer.filter(({ underlay_id }) => underlay_id === topology_id)
    const topologies = [topology_id, ...overlays.map(({ overlay_id }) => overlay_id)]
    for (const row of rows.topology_network) {
      if (topologies.includes(row.topology_id)) has.add(`${datapath_id} nw ${row.network_id}`)
    }
    for (const row of rows.topology_route_link) {
      if (topologies.includes(row.topology_id)) has.add(`${datapath_id} rl ${row.route_link_id}`)
    }
  }
  return [...has].sort()
}

const present = (api: TestApi): string[] => {
  const { rows } = api.store.snapshot()
  return [
    ...rows.datapath_network.map((row) => `${row.datapath_id} nw ${row.network_id}`),
    ...rows.datapath_route_link.map((row) => `${row.datapath_id} rl ${row.route_link_id}`),
  ].sort()
}

const one = (prefix: string) => fc.constantFrom(`${prefix}1`, `${prefix}2`)
const member = fc.oneof(
  fc.tuple(one('topo-under'), one('dp-')).map(([topology, dp]) => ({
    path: `topologies/${topology}/datapaths/${dp}`,
    parameters: { interface_uuid: `if-host${dp.slice(3)}` },
  })),
  ...[one('topo-under'), one('topo-over')].map((topology) =>
    fc
      .tuple(topology, one('nw-'))
      .map(([t, nw]) => ({ path: `topologies/${t}/networks/${nw}`, parameters: {} })),
  ),
  fc.tuple(one('topo-over'), one('rl-')).map(([t, rl]) => ({
    path: `topologies/${t}/route_links/${rl}`,
    parameters: {},
  })),
  fc.tuple(one('topo-over'), one('topo-under')).map(([over, under]) => ({
    path: `topologies/${over}/underlays/${under}`,
    parameters: {},
  })),
)

t.test('whatever comes and goes, datapaths have what the members imply', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('POST', 'POST', 'DELETE'), member), { maxLength: 25 }),
      fc.constantFrom('dp-1', 'nw-1', 'rl-1', 'topo-over1', 'topo-under1', 'if-host1'),
      async (requests, last) => {
        const api = await startApi(t, { file: `${t.testdir()}/${Math.random()}.db` })
        await describe(api)
        for (const [method, { path, parameters }] of requests) {
          await api.send(method, path, method === 'POST' ? parameters : {})
          if (JSON.stringify(present(api)) !== JSON.stringify(implied(api))) return false
        }
        const collections = {
          dp: 'datapaths',
          nw: 'networks',
          rl: 'route_links',
          topo: 'topologies',
          if: 'interfaces',
        }
        const collection = collections[last.split('-')[0] as keyof typeof collections]
        // A bridge stays while interfaces are pinned to it.
        await api.send('DELETE', `${collection}/${last}`)
        const same = JSON.stringify(present(api)) === JSON.stringify(implied(api))
        await api.app.close()
        return same
      },
    ),
    { numRuns: 15 },
  )
})
