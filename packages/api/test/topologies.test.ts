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

t.test('MAC addresses follow the range groups of the underlay, whenever these come and go', async (t) => {
  const api = await startApi(t)
  await describe(api)
  await api.ok('POST', 'topologies/topo-under1/datapaths/dp-1', { interface_uuid: 'if-host1' })
  await api.ok('POST', 'topologies/topo-over1/underlays/topo-under1')
  await api.ok('POST', 'topologies/topo-over1/networks/nw-1')
  await api.ok('POST', 'topologies/topo-over1/networks/nw-2')
  const rows = () => api.store.snapshot().rows.datapath_network
  const macs = () => rows().map(({ mac_address }) => mac_address)
  const before = rows()
  t.match(macs(), [/^06:/, /^06:/])
  const groups = 'topologies/topo-under1/mac_range_groups'
  const range = (group: string, octet: string, count: number) => ({
    uuid: `mr-${group}`,
    begin_mac_address: `52:56:${octet}:00:00:00`,
    end_mac_address: `52:56:${octet}:00:00:0${count - 1}`,
  })
  for (const group of ['small', 'late']) await api.ok('POST', 'mac_range_groups', { uuid: `mrg-${group}` })
  await api.ok('POST', 'mac_range_groups/mrg-small/mac_ranges', range('small', '01', 1))
  const refused = await api.send('POST', `${groups}/mrg-small`)
  t.match(refused, { status: 400, body: { error: 'OutOfAddresses', message: /all 1 of mrg-small/ } })
  t.same(rows(), before, 'a group with too few of them changes nothing')
  await api.ok('POST', `${groups}/mrg-late`)
  t.same(rows(), before, 'nor does one without ranges')
  await api.ok('POST', 'mac_range_groups/mrg-late/mac_ranges', range('late', '02', 2))
  t.match(macs().sort(), ['52:56:02:00:00:00', '52:56:02:00:00:01'])
  t.same(
    rows().map(({ id }) => id),
    before.map(({ id }) => id),
    'the rows are the same',
  )
  await api.ok('POST', 'mac_range_groups', { uuid: 'mrg-next' })
  await api.ok('POST', 'mac_range_groups/mrg-next/mac_ranges', range('next', '03', 2))
  await api.ok('POST', `${groups}/mrg-next`)
  t.match(macs(), [/^52:56:02/, /^52:56:02/], 'the first group counts')
  await api.ok('DELETE', `${groups}/mrg-late`)
  t.match(macs(), [/^52:56:03/, /^52:56:03/], 'then the next')
  await api.ok('DELETE', 'mac_range_groups/mrg-next/mac_ranges/mr-next')
  t.match(macs(), [/^06:/, /^06:/], 'without ranges it is none')
})

t.test('a bridge may get another address, or another host interface', async (t) => {
  const api = await startApi(t)
  await describe(api)
  await api.ok('POST', 'topologies/topo-under1/datapaths/dp-1', { interface_uuid: 'if-host1' })
  await api.ok('POST', 'topologies/topo-under1/networks/nw-1')
  const member = 'topologies/topo-under1/datapaths/dp-1'
  const row = () => api.store.snapshot().rows.datapath_network[0]
  const before = row()
  const { body } = await api.ok('POST', 'interfaces', {
    ...{ uuid: 'if-second', mode: 'host', network_uuid: 'nw-public' },
    ...{ mac_address: '52:54:00:00:01:01', ipv4_address: '192.168.0.11' },
  })
  const changed = await api.ok('PUT', member, { interface_uuid: 'if-second' })
  t.match(changed.body, { interface_uuid: 'if-second', ip_lease_uuid: body.ip_leases[0].uuid })
  t.match(row(), { id: before?.id, mac_address: before?.mac_address, interface_id: body.id }, 'as it was')
  const [mac] = body.mac_leases
  const other = await api.ok('POST', 'ip_leases', {
    ...{ mac_lease_uuid: mac.uuid, network_uuid: 'nw-public', ipv4_address: '192.168.0.12' },
  })
  await api.ok('PUT', member, { ip_lease_uuid: other.body.uuid })
  t.equal(row()?.ip_lease_id, other.body.id)
  t.match(
    await api.send('PUT', member, { interface_uuid: 'if-host2' }),
    refusal('interface_uuid', 'if-host2', /dp-2/),
  )
  t.match(await api.send('PUT', 'topologies/topo-under1/datapaths/dp-2', { interface_uuid: 'if-host2' }), {
    status: 404,
  })
  await api.ok('PUT', 'interfaces/if-second', { owner_datapath_uuid: 'dp-2' })
  t.equal(row(), undefined, 'an interface that got to another bridge is none of this')
  await api.ok('PUT', 'interfaces/if-second', { owner_datapath_uuid: 'dp-1' })
  t.equal(row()?.ip_lease_id, other.body.id)
})

type Rows = ReturnType<TestApi['store']['snapshot']>['rows']

const KINDS = [
  { members: 'topology_network', relations: 'datapath_network', column: 'network_id' },
  { members: 'topology_segment', relations: 'datapath_segment', column: 'segment_id' },
  { members: 'topology_route_link', relations: 'datapath_route_link', column: 'route_link_id' },
] as const

/** The ranges of the group from which an underlay takes addresses, and how it is one of it. */
const groupOf = (rows: Rows, underlay: number) =>
  rows.topology_mac_range_group
    .filter(({ topology_id }) => topology_id === underlay)
    .map(({ id, mac_range_group_id }) => ({
      id,
      ranges: rows.mac_range.filter((range) => range.mac_range_group_id === mac_range_group_id),
    }))
    .find(({ ranges }) => ranges.length > 0)

/** Bridges of an underlay whose interface has its address and is on no other bridge. */
const bridgesOf = (rows: Rows, underlay: number) =>
  rows.topology_datapath.filter(({ topology_id, datapath_id, interface_id, ip_lease_id }) => {
    const owner = rows.interface.find(({ id }) => id === interface_id)?.owner_datapath_id ?? null
    const lease = rows.ip_lease.find(({ id }) => id === ip_lease_id)
    const isHere = owner === null || owner === datapath_id
    return topology_id === underlay && isHere && lease?.interface_id === interface_id
  })

/** What a topology puts on bridges, in order: by itself, and by each underlay. */
const placesOf = (rows: Rows, topology: number) => {
  const layers = rows.topology_layer.filter(({ overlay_id }) => overlay_id === topology)
  const ways = [{ underlay: topology, layer: null as number | null }].concat(
    layers.map(({ id, underlay_id }) => ({ underlay: underlay_id, layer: id })),
  )
  return ways.flatMap(({ underlay, layer }) =>
    bridgesOf(rows, underlay).map(({ datapath_id, interface_id, ip_lease_id }) => ({
      datapath_id,
      text: JSON.stringify([topology, layer, interface_id, ip_lease_id, groupOf(rows, underlay)?.id ?? null]),
    })),
  )
}

/** What should be there, worked out from the members by another way than the code's: the first way to imply it counts. */
const implied = (rows: Rows): Map<string, string> =>
  new Map(
    KINDS.flatMap(({ members, column }) =>
      (rows[members] as readonly object[]).flatMap((row) => {
        const member = row as Record<string, number>
        return placesOf(rows, member['topology_id'] as number).map(
          ({ datapath_id, text }) => [`${datapath_id} ${column} ${member[column]}`, text] as const,
        )
      }),
    ).reverse(),
  )

const present = (rows: Rows): Map<string, string> =>
  new Map(
    KINDS.flatMap(({ relations, column }) =>
      (rows[relations] as readonly (Rows['datapath_network'][number] & Record<string, unknown>)[]).map(
        (row) => [
          `${row.datapath_id} ${column} ${row[column]}`,
          JSON.stringify([
            ...[row.topology_id, row.topology_layer_id, row.interface_id, row.ip_lease_id],
            row.topology_mac_range_group_id,
          ]),
        ],
      ),
    ),
  )

/** Whether each address is from where it should be, and no two are the same. */
const hasRightMacs = (rows: Rows): boolean => {
  const relations = KINDS.flatMap(
    ({ relations: name }) =>
      rows[name] as readonly { mac_address: string; topology_mac_range_group_id: number | null }[],
  )
  const isRight = ({ mac_address: mac, topology_mac_range_group_id: id }: (typeof relations)[number]) => {
    if (id === null) return mac.startsWith('06:')
    const member = rows.topology_mac_range_group.find((row) => row.id === id)
    return rows.mac_range.some(
      (range) =>
        range.mac_range_group_id === member?.mac_range_group_id &&
        range.begin_mac_address <= mac &&
        mac <= range.end_mac_address,
    )
  }
  const macs = relations.map(({ mac_address }) => mac_address)
  return relations.every(isRight) && new Set(macs).size === macs.length
}

const isSettled = (api: TestApi): boolean => {
  const { rows } = api.store.snapshot()
  const sorted = (all: Map<string, string>) => JSON.stringify([...all].sort())
  return sorted(present(rows)) === sorted(implied(rows)) && hasRightMacs(rows)
}

const one = (prefix: string) => fc.constantFrom(`${prefix}1`, `${prefix}2`)
const joined = (topology: string, word: string, other: string) =>
  fc.tuple(one(topology), one(other)).map(([t, name]) => ({ path: `topologies/${t}/${word}/${name}` }))
const hosted = fc.tuple(one('topo-under'), one('dp-'), one('if-host'))
const range = fc.tuple(one('mrg-'), one('mr-')).map(([group, uuid]) => ({
  list: `mac_range_groups/${group}/mac_ranges`,
  uuid: `${uuid}-${group}`,
  // The ranges of the first group are a few addresses, which do not always suffice.
  octets: `52:56:0${group.slice(4)}:0${uuid.slice(3)}:00`,
  last: group === 'mrg-1' ? '01' : '0f',
}))

/** A request about topologies: of any kind, and often one that is refused. */
const request = fc.oneof(
  ...[
    joined('topo-under', 'networks', 'nw-'),
    joined('topo-over', 'networks', 'nw-'),
    joined('topo-over', 'segments', 'seg-'),
    joined('topo-over', 'route_links', 'rl-'),
    joined('topo-over', 'underlays', 'topo-under'),
    joined('topo-under', 'mac_range_groups', 'mrg-'),
  ].flatMap((member) => [
    member.map(({ path }) => ['POST', path, {}] as const),
    member.map(({ path }) => ['DELETE', path, {}] as const),
  ]),
  ...(['POST', 'POST', 'PUT', 'DELETE'] as const).map((method) =>
    hosted.map(([topology, dp, host]) => {
      const parameters = method === 'DELETE' ? {} : { interface_uuid: host }
      return [method, `topologies/${topology}/datapaths/${dp}`, parameters] as const
    }),
  ),
  range.map(({ list, uuid, octets, last }) => {
    const ends = { begin_mac_address: `${octets}:00`, end_mac_address: `${octets}:${last}` }
    return ['POST', list, { uuid, ...ends }] as const
  }),
  range.map(({ list, uuid }) => ['DELETE', `${list}/${uuid}`, {}] as const),
  fc
    .tuple(one('if-host'), fc.constantFrom('dp-1', 'dp-2', ''))
    .map(([host, dp]) => ['PUT', `interfaces/${host}`, { owner_datapath_uuid: dp }] as const),
)

const LAST = ['datapaths/dp-1', 'networks/nw-1', 'route_links/rl-1', 'interfaces/if-host1'].concat([
  ...['topologies/topo-over1', 'topologies/topo-under1', 'mac_range_groups/mrg-1', 'segments/seg-1'],
])

/** @returns what went wrong first */
const follow = async (
  api: TestApi,
  requests: readonly (readonly [string, string, object])[],
): Promise<string | undefined> => {
  for (const [method, path, parameters] of requests) {
    const { status } = await api.send(method, path, parameters)
    if (status >= 500 || !isSettled(api)) return `${method} ${path} ${JSON.stringify(parameters)}: ${status}`
  }
  return undefined
}

t.test('whatever comes and goes, datapaths have what the members imply', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 15, maxLength: 60 }),
      fc.shuffledSubarray(LAST),
      async (requests, last) => {
        const api = await startApi(t, { file: `${t.testdir()}/${Math.random()}.db` })
        await describe(api)
        for (const index of [1, 2]) {
          await api.ok('POST', 'mac_range_groups', { uuid: `mrg-${index}` })
          await api.ok('POST', 'segments', { uuid: `seg-${index}`, mode: 'virtual' })
        }
        const failure = await follow(api, [...requests, ...last.map((path) => ['DELETE', path, {}] as const)])
        const topologies = ['over1', 'over2', 'under1', 'under2'].map((name) => `topologies/topo-${name}`)
        for (const path of topologies) await api.send('DELETE', path)
        const { rows } = api.store.snapshot()
        const left = [...KINDS.map(({ relations }) => relations), 'topology_mac_range_group'] as const
        await api.app.close()
        if (failure !== undefined) throw new Error(failure)
        for (const name of left) if (rows[name].length > 0) throw new Error(`there are ${name} left`)
      },
    ),
    { numRuns: 12 },
  )
})
