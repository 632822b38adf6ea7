/** Bridges that nobody has described: acted for at once, or left as they are until somebody approves. */
import { setTimeout as delay } from 'node:timers/promises'
import { type FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import t from 'tap'
import { DPID, run, until } from './one_bridge.ts'

/** Whether the flows of the guest are there, who is known by the number of his port. */
const servesGuest = (bridge: FakeSwitch): boolean =>
  bridge.flows.some(({ match }) => match.some((entry) => 'field' in entry && entry.field === 'in_port'))

t.test('with auto a bridge is acted for when it connects', async (t) => {
  const { bridge, call, status } = await run(t)
  const { body } = await call('GET', 'wait?timeout=10')
  t.match(body, { applied: true })
  t.ok(servesGuest(bridge))
  t.same((await status()).pending, [])
})

t.test('with approve a bridge is left as it is until its row is made', async (t) => {
  const { bridge, call, status, connect } = await run(t, '--adopt', 'approve')
  await until('it is listed', async () => (await status()).pending.length === 1)
  const [pending] = (await status()).pending
  t.match(pending, { dpid: DPID, peer: /127.0.0.1/, since: /^\d{4}-/ })
  t.match((await status()).datapaths, [{ dpid: DPID, applied: false, connected: true }])
  t.match((await call('GET', 'wait?timeout=5')).body, { applied: true }, 'nobody waits for it')
  await delay(1000)
  t.equal(bridge.flowCount, 0)
  t.equal(bridge.received.get('flow_mod') ?? 0, 0)
  t.equal(bridge.connected, true)
  bridge.setPort(fakePort(8, 'tap8'))
  bridge.removePort(8)

  const approved = await call('POST', `datapaths?uuid=dp-1&dpid=${DPID}&wait=10`)
  t.equal(approved.headers.get('x-applied'), 'true')
  t.ok(servesGuest(bridge), 'with the ports that it had before')
  t.same((await status()).pending, [])
  t.match((await status()).datapaths, [{ uuid: 'dp-1', applied: true }])

  await call('DELETE', 'datapaths/dp-1')
  await until('the guest is gone', () => !servesGuest(bridge))
  t.match((await status()).pending, [{ dpid: DPID }])
  await call('POST', `datapaths?uuid=dp-2&dpid=${DPID}&wait=10`)
  t.ok(servesGuest(bridge), 'and it may be approved again')

  bridge.disconnect()
  await until('it is away', async () => (await status()).datapaths.every(({ connected }) => !connected))
  await call('DELETE', 'datapaths/dp-2')
  t.same((await status()).pending, [], 'who is away does not wait')
  const sent = bridge.received.get('flow_mod') ?? 0
  await connect()
  await until('it waits again', async () => (await status()).pending.length === 1)
  t.match((await call('GET', 'wait?timeout=5')).body, { applied: true })
  t.equal(bridge.received.get('flow_mod') ?? 0, sent, 'and is left as it is')
  await call('POST', `datapaths?uuid=dp-3&dpid=${DPID}&wait=10`)
  t.match((await status()).datapaths, [{ uuid: 'dp-3', applied: true }])
})
