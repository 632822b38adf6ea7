/** Router advertisements to real kernels on real Open vSwitch: addresses, default routes and name servers by themselves. */
import t from 'tap'
import type { Guest } from '../lab/guest.ts'
import { until } from '../lab/wait.ts'
import { inIpv6 } from '../scenarios/in_ipv6.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, walkthrough } from '../scenarios/walkthrough.ts'

const MAC = '52:54:00:0d:84:21'
const PREFIX = 'fd00:172:16:1:'
const OWN = `${PREFIX}5054:ff:fe0d:8421`
const LEG = 'fe80::5054:ff:fe74:0'

const scenario = inIpv6(walkthrough)
const world = await LabWorld.running(scenario)
t.teardown(() => world.close())
const { rest } = world.site

const write = async (method: string, path: string, body: unknown): Promise<void> => {
  const { headers } = await rest.call(method, path, body)
  await rest.call('GET', `wait?revision=${String(headers['x-revision'])}&timeout=20`)
}

await write('POST', 'interfaces', {
  ...{ uuid: 'if-auto', network_uuid: 'nw-net1', mac_address: MAC, ipv6_address: 'auto' },
})
const guest: Guest = await world.site.host.guest({
  ...{ name: 'auto', port: 'if-auto', mac: MAC, bridge: BR0.name, ipv6: true },
})

const ROUTE = scenario.writes.find(({ body }) => (body as { uuid?: string }).uuid === 'r-vnet1')!.body

interface Route {
  readonly dst: string
  readonly gateway?: string
  readonly protocol: string
}
const routes = async (): Promise<readonly Route[]> =>
  JSON.parse(await guest.namespace.run(['ip', '-j', '-6', 'route'])) as Route[]

/** What the kernel says of the address that it has made. */
const own = (): Promise<string> =>
  guest.namespace.run(['ip', '-6', '-o', 'address', 'show', 'dev', 'eth0', 'to', `${OWN}/128`])

/** What rdisc6 shows of the first answer. */
const ask = (): Promise<string> => guest.namespace.run(['rdisc6', '-1', '-w', '3000', 'eth0'])

t.test('a kernel gets its address, its default route and the MTU, and reaches another network', async (t) => {
  await until('an address', async () =>
    (await guest.addresses6()).some(({ address, tentative }) => address === OWN && tentative !== true),
  )
  const text = await guest.namespace.run(['ip', '-6', 'address', 'show', 'dev', 'eth0'])
  t.match(text, new RegExp(`${OWN}/64 scope global dynamic`), text)
  t.match(
    (await routes()).find(({ dst }) => dst === 'default'),
    { gateway: LEG, protocol: 'ra' },
  )
  const mtu = await guest.namespace.run(['cat', '/proc/sys/net/ipv6/conf/eth0/mtu'])
  const { guest_mtu } = await rest.get<{ guest_mtu: number }>('networks/nw-net1')
  t.equal(Number(mtu), guest_mtu)
  await until('the other network is reached', async () => {
    const { received } = await guest.ping('fd00:172:16:2::3', { count: 2 })
    return received === 2
  })
})

t.test('a guest with another address is told of the router, and makes no address of its own', async (t) => {
  const other = world.guest('ns1')
  const text = await other.namespace.run(['rdisc6', '-1', '-w', '3000', 'eth0'])
  t.match(text, /Autonomous address conf\.\s*:\s*No/)
  t.match(await other.addresses6(), { length: 2 }, 'its own and the link-local one')
})

t.test('a kernel that asks nothing hears of changes', async (t) => {
  const mtu = () => guest.namespace.run(['cat', '/proc/sys/net/ipv6/conf/eth0/mtu'])
  await write('PUT', 'networks/nw-net1', { mtu: 1300 })
  await until('another MTU', async () => Number(await mtu()) === 1300)
  const hasDefault = async () => (await routes()).some(({ dst }) => dst === 'default')
  t.ok(await hasDefault())
  await write('DELETE', 'routes/r-vnet1', undefined)
  await until('no default route', async () => !(await hasDefault()))
  t.ok(
    (await guest.addresses6()).some(({ address }) => address === OWN),
    'the address stays',
  )
  await write('POST', 'routes', ROUTE)
  await until('a default route', hasDefault)
})

t.test('what is advertised follows the rows', async (t) => {
  const first = await ask()
  t.match(first, /Hop limit\s*:\s*64/)
  t.match(first, /Router lifetime\s*:\s*65535/)
  t.match(first, /Stateful address conf\.\s*:\s*No[\s\S]*Stateful other conf\.\s*:\s*No/)
  t.match(
    first,
    /Prefix\s*:\s*fd00:172:16:1::\/64[\s\S]*On-link\s*:\s*Yes[\s\S]*Autonomous address conf\.\s*:\s*Yes/,
  )
  t.match(first, new RegExp(`from ${LEG}`))
  t.notMatch(first, /Recursive DNS/)
  await write('PUT', 'networks/nw-net1', { ipv6_address_mode: 'dhcpv6_stateful', domain_name: 'one.example' })
  await write('POST', 'network_services', { mode: 'dns', interface_uuid: 'if-vnet1gw' })
  await until('its own address is deprecated', async () => (await own()).includes('deprecated'))
  const managed = await ask()
  t.match(managed, /Stateful address conf\.\s*:\s*Yes[\s\S]*Stateful other conf\.\s*:\s*Yes/)
  t.match(managed, /Autonomous address conf\.\s*:\s*No/)
  t.match(managed, /Recursive DNS server\s*:\s*fd00:172:16:1::fe/)
  t.match(managed, /DNS search list\s*:\s*one\.example/)
  const found = await guest.namespace.run(['dig', '+short', '@fd00:172:16:1::fe', 'one.example', 'SOA'])
  t.match(found, /^one\.example\./, 'and the name server answers')
  await write('DELETE', 'routes/r-vnet1', undefined)
  t.match(await ask(), /Router lifetime\s*:\s*0/, 'no way out')
  await write('PUT', 'networks/nw-net1', { ipv6_address_mode: 'slaac' })
  await until('its own address is preferred', async () => !(await own()).includes('deprecated'))
})
