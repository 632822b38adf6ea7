/** What may not be deleted, what no guest could use, and what an old state must not stand in the way of. */
import t from 'tap'
import { openStore } from '../src/index.ts'
import { startApi } from './support/api.ts'
import { refusal } from './support/refusal.ts'

t.test('a datapath stays while interfaces are pinned to it', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  await api.ok('POST', 'interfaces', { uuid: 'if-any', port_name: 'eth0' })
  for (let index = 1; index <= 12; index += 1) {
    const pinned = { uuid: `if-${index}`, port_name: `eth${index - 1}`, owner_datapath_uuid: 'dp-1' }
    await api.ok('POST', 'interfaces', pinned)
  }
  const revision = api.store.revision()
  t.match(await api.send('DELETE', 'datapaths/dp-1'), {
    status: 400,
    body: {
      error: 'DeleteRestrictionError',
      code: '113',
      message:
        /^dp-1 is the owner_datapath_uuid of if-1, if-2, .*, if-10 and 2 more: delete them or change their owner_datapath_uuid first$/,
    },
  })
  t.equal(api.store.revision(), revision)
  t.match((await api.ok('GET', 'interfaces/if-1')).body, { owner_datapath_uuid: 'dp-1' }, 'pinned as before')
  t.match(
    await api.send('PUT', 'interfaces/if-1', { owner_datapath_uuid: '' }),
    refusal('port_name', 'eth0', /if-any on any datapath/),
    'nor does taking the pin off give two interfaces one port',
  )
  for (let index = 1; index <= 12; index += 1) await api.ok('DELETE', `interfaces/if-${index}`)
  await api.ok('DELETE', 'datapaths/dp-1')
})

t.test('a port that was taken twice before does not stand in the way of other changes', async (t) => {
  const api = await startApi(t)
  const store = openStore({ file: api.file })
  const { value: rows } = store.write((writer) =>
    ['if-1', 'if-2'].map((uuid) =>
      writer.insert('interface', {
        uuid,
        display_name: uuid,
        hostname: null,
        mode: 'vif',
        port_name: 'eth0',
        port_number: null,
        iface_id: null,
        trunk_interface_id: null,
        vlan_id: null,
        owner_datapath_id: null,
        network_id: null,
        enable_routing: false,
        enable_route_translation: false,
        enable_filtering: false,
        segment_id: null,
      }),
    ),
  )
  store.close()
  t.equal(rows.length, 2)
  t.match((await api.ok('PUT', 'interfaces/if-2', { display_name: 'b', port_name: 'eth0' })).body, {
    display_name: 'b',
  })
  await api.ok('PUT', 'interfaces/if-2', { port_name: 'eth1' })
  t.match(
    await api.send('PUT', 'interfaces/if-2', { port_name: 'eth0' }),
    refusal('port_name', 'eth0', /already the port of if-1/),
  )
})

t.test('networks that no guest can use', async (t) => {
  const api = await startApi(t)
  for (const [address, prefix, what] of [
    ['224.0.0.0', 4, /multicast/],
    ['250.1.0.0', 16, /reserved/],
    ['239.1.2.0', 24, /multicast/],
    ['127.0.0.0', 8, /loopback/],
    ['127.0.1.0', 24, /loopback/],
    ['0.0.0.0', 8, /this host/],
    ['0.1.0.0', 16, /this host/],
    ['64.0.0.0', 2, /loopback/],
  ] as const) {
    t.match(
      await api.send('POST', 'networks', { ipv4_network: address, ipv4_prefix: prefix }),
      refusal('ipv4_network', address, what),
    )
  }
  await api.ok('POST', 'networks', { ipv4_network: '223.255.255.0' })
  await api.ok('POST', 'networks', { ipv4_network: '1.0.0.0', ipv4_prefix: 8 })
  t.match(
    await api.send('POST', 'datapaths', { dpid: '0x0' }),
    refusal('dpid', '0x0', 'the zero datapath id, which no bridge has'),
  )
})
