/** What is wrong is refused with a status and a text that name the parameter and the value; nothing is stored. */
import t from 'tap'
import type { RestRequest } from '../lab/rest.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { walkthrough } from '../scenarios/walkthrough.ts'

const world = await LabWorld.create()
t.teardown(() => world.close())
const { site } = world
await site.start()
await world.write(walkthrough.writes)
const { revision } = await site.status()

interface Refused {
  readonly what: string
  readonly request: RestRequest
  readonly status: number
  readonly error: string
  readonly code: string
  /** Parts of the message, in JSON where it is an object. */
  readonly names: readonly string[]
}

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (path: string, body: unknown): RestRequest => ({
  method: 'POST',
  path: `/api/1.0/${path}`,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
})
const get = (path: string): RestRequest => ({ method: 'GET', path: `/api/1.0/${path}` })

const network = (more: object) =>
  post('networks', { display_name: 'x', ipv4_network: '10.0.0.0', mode: 'virtual', ...more })
const guest = (more: object) =>
  post('interfaces', {
    uuid: 'if-x',
    network_uuid: 'nw-net1',
    mac_address: '52:54:00:0d:84:77',
    ipv4_address: '172.16.1.77',
    ...more,
  })
const datapath = (more: object) =>
  post('datapaths', { display_name: 'x', dpid: '0x1', node_id: 'n', ...more })
const invalid = (what: string, request: RestRequest, ...names: readonly string[]): Refused => ({
  what,
  request,
  status: 400,
  error: 'ArgumentError',
  code: '110',
  names,
})

const REFUSED: readonly Refused[] = [
  {
    what: 'a body that is no JSON',
    request: { ...network({}), body: '{"uuid":' },
    status: 400,
    error: 'InvalidRequest',
    code: '400',
    names: ['JSON'],
  },
  {
    what: 'a body of another type',
    request: { ...network({}), headers: { 'content-type': 'text/weird' } },
    status: 415,
    error: 'UnsupportedMediaType',
    code: '415',
    names: ['text/weird'],
  },
  {
    what: 'a body of two megabytes',
    request: network({ domain_name: 'x'.repeat(2 ** 21) }),
    status: 413,
    error: 'BodyTooLarge',
    code: '413',
    names: ['1048576'],
  },
  {
    what: 'an unknown uuid',
    request: get('networks/nw-nothere'),
    status: 404,
    error: 'UnknownUUIDResource',
    code: '100',
    names: ['nw-nothere'],
  },
  {
    what: 'an unknown uuid to refer to',
    request: guest({ network_uuid: 'nw-gone' }),
    status: 404,
    error: 'UnknownUUIDResource',
    code: '100',
    names: ['network_uuid', 'nw-gone'],
  },
  {
    what: 'a uuid of another resource',
    request: get('networks/if-veth1'),
    status: 400,
    error: 'InvalidUUID',
    code: '101',
    names: ['if-veth1', 'nw-'],
  },
  {
    what: 'a uuid that is none',
    request: network({ uuid: 'nw-UPPER!' }),
    status: 400,
    error: 'InvalidUUID',
    code: '101',
    names: ['nw-UPPER!'],
  },
  {
    what: 'a uuid that is taken',
    request: network({ uuid: 'nw-net1' }),
    status: 400,
    error: 'DuplicateUUID',
    code: '102',
    names: ['nw-net1'],
  },
  {
    what: 'a missing parameter',
    request: post('networks', { display_name: 'x', mode: 'virtual' }),
    status: 400,
    error: 'MissingArgument',
    code: '111',
    names: ['ipv4_network'],
  },
  invalid('a prefix that is none', network({ ipv4_prefix: 33 }), 'ipv4_prefix', '33'),
  invalid('an address that is none', network({ ipv4_network: '10.0.0.256' }), 'ipv4_network', '10.0.0.256'),
  invalid('a mode that is none', network({ mode: 'vertical' }), 'mode', 'vertical'),
  invalid('a MAC address that is none', guest({ mac_address: '52:54:00' }), 'mac_address', '52:54:00'),
  invalid('a datapath id that is none', datapath({ dpid: '0xzz' }), 'dpid', '0xzz'),
  invalid(
    'an address outside of its network',
    guest({ ipv4_address: '172.16.9.1' }),
    'ipv4_address',
    '172.16.9.1',
    '172.16.1.0/24',
  ),
  invalid(
    'an address that is taken in its network',
    guest({ ipv4_address: '172.16.1.1' }),
    'ipv4_address',
    '172.16.1.1',
    'if-veth1',
  ),
  invalid(
    'a MAC address that is taken in its network',
    guest({ mac_address: '52:54:00:0d:84:01' }),
    'mac_address',
    '52:54:00:0d:84:01',
    'if-veth1',
  ),
  invalid('a parameter that nobody knows', guest({ nonsense: 'yes' }), 'nonsense', 'yes'),
  invalid(
    'the same in a form',
    { method: 'POST', path: '/api/interfaces', headers: FORM_TYPE, body: 'uuid=if-x&nonsense=yes' },
    'nonsense',
    'yes',
  ),
  invalid(
    'the same in the query',
    { method: 'POST', path: '/api/interfaces?uuid=if-x&nonsense=yes' },
    'nonsense',
    'yes',
  ),
]

for (const { what, request, status, error, code, names } of REFUSED) {
  t.test(what, async (t) => {
    const answer = await site.rest.send(request)
    const body = answer.body as Record<string, unknown>
    t.equal(answer.status, status)
    t.same(Object.keys(body).sort(), ['code', 'error', 'message'])
    t.match(body, { error, code })
    const message = JSON.stringify(body['message'])
    for (const name of names) t.ok(message.includes(name), `${message} names ${name}`)
    t.equal((await site.status()).revision, revision, 'nothing is stored')
  })
}

const TYPED: readonly (readonly [line: string, ...names: string[]])[] = [
  ['networks show nw-nothere', 'nw-nothere'],
  ['networks add --uuid nw-net1 --display-name x --ipv4-network 10.0.0.0', 'nw-net1'],
  ['networks add --display-name x --ipv4-network 10.0.0.0 --ipv4-prefix 33', 'ipv4-prefix', '33'],
  ['networks add --display-name x', 'ipv4-network'],
  ['interfaces add --uuid if-x --mac-address 52:54', 'mac-address', '52:54'],
  [
    'interfaces add --uuid if-x --network-uuid nw-net1 --mac-address 52:54:00:0d:84:77 --ipv4-address 172.16.9.1',
    '172.16.9.1',
    '172.16.1.0/24',
  ],
  [
    'interfaces add --uuid if-x --network-uuid nw-net1 --mac-address 52:54:00:0d:84:77 --ipv4-address 172.16.1.1',
    '172.16.1.1',
    'if-veth1',
  ],
  ['interfaces add --uuid if-x --nonsense yes', '--nonsense'],
  ['interfaces del if-nothere', 'if-nothere'],
  ['datapaths add --display-name x --node-id n --dpid 0xzz', 'dpid', '0xzz'],
  ['nothing add', 'nothing'],
]

for (const [line, ...names] of TYPED) {
  t.test(`vnctl ${line}`, async (t) => {
    const { code, stdout, stderr } = await site.vnctl(...line.split(' '))
    t.not(code, 0)
    t.equal(stdout, '')
    for (const name of names) t.ok(stderr.includes(name), `${stderr.trim()} names ${name}`)
    t.equal((await site.status()).revision, revision, 'nothing is stored')
  })
}

t.test('vnctl says when it reaches nobody', async (t) => {
  const { code, stdout, stderr } = await site.vnctl('--server', 'http://127.0.0.1:9', 'networks', 'show')
  t.not(code, 0)
  t.equal(stdout, '')
  t.match(stderr, /127\.0\.0\.1:9/)
})

t.test('an address or a MAC that is taken in one network is free in another', async (t) => {
  const row = {
    uuid: 'if-free',
    network_uuid: 'nw-net2',
    mac_address: '52:54:00:0d:84:01',
    ipv4_address: '172.16.2.1',
  }
  await site.rest.post('interfaces', row)
  const same = {
    uuid: 'if-same',
    network_uuid: 'nw-net3',
    mac_address: '52:54:00:0d:84:01',
    ipv4_address: '172.16.1.254',
  }
  await site.rest.post('interfaces', same)
  t.equal((await site.status()).revision, revision + 2)
})
