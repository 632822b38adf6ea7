/**
 * What is wrong is refused: over HTTP, in each way to send parameters, with the documented status and an
 * `{error, message, code}` that names parameter and value; by vnctl on stderr with an exit status. Nothing is stored.
 */
import t, { type Test } from 'tap'
import type { RestAnswer } from '../lab/rest.ts'
import { Machine } from './process.ts'

const machine = await Machine.create(t)
const vnetd = await machine.vnetd()
const { rest } = machine

type Parameters = Readonly<Record<string, string | number | boolean>>

const MAC = '52:54:00:00:00:01'
const FREE_MAC = '52:54:00:00:00:99'
const ROWS: readonly (readonly [path: string, parameters: Parameters])[] = [
  ['datapaths', { uuid: 'dp-1', dpid: '0xa1' }],
  ['networks', { uuid: 'nw-a', ipv4_network: '10.0.0.0' }],
  ['networks', { uuid: 'nw-b', ipv4_network: '10.0.0.0' }],
  ['interfaces', { uuid: 'if-1', network_uuid: 'nw-a', mac_address: MAC, ipv4_address: '10.0.0.1' }],
  ['interfaces', { uuid: 'if-gw', network_uuid: 'nw-a', mode: 'simulated', ipv4_address: '10.0.0.254' }],
  ['route_links', { uuid: 'rl-1' }],
  ['routes', { uuid: 'r-1', interface_uuid: 'if-gw', route_link_uuid: 'rl-1' }],
  ['interfaces', { uuid: 'if-pinned', owner_datapath_uuid: 'dp-1' }],
  ['datapaths/dp-1/networks/nw-a', {}],
]
for (const [path, parameters] of ROWS) await rest.post(path, parameters)

const form = (parameters: Parameters): string =>
  new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, `${value}`]),
  ).toString()

interface Encoding {
  readonly name: string
  readonly query?: (parameters: Parameters) => string
  readonly type?: string
  readonly body?: (parameters: Parameters) => string
}

/** The ways in which clients of 2013 and of today send parameters. */
const ENCODINGS: readonly Encoding[] = [
  { name: 'query', query: (parameters) => `?${form(parameters)}` },
  { name: 'form', type: 'application/x-www-form-urlencoded', body: form },
  { name: 'JSON', type: 'application/json', body: (parameters) => JSON.stringify(parameters) },
  {
    name: 'JSON in an envelope',
    type: 'application/json; charset=utf-8',
    body: (parameters) => JSON.stringify({ row: parameters }),
  },
]

const send = (
  method: string,
  path: string,
  parameters: Parameters,
  { query, type, body }: Encoding,
): Promise<RestAnswer> => {
  const content = body?.(parameters) ?? ''
  return rest.send({
    method,
    path: `/api/1.0/${path}${query?.(parameters) ?? ''}`,
    headers: {
      ...(type && { 'content-type': type }),
      // Node leaves it out where a method usually has no body.
      'content-length': `${Buffer.byteLength(content)}`,
    },
    body: content,
  })
}

interface Refusal {
  readonly what: string
  readonly method?: 'PUT' | 'DELETE' | 'GET'
  readonly path: string
  readonly parameters?: Parameters
  readonly status: number
  readonly error: string
  readonly code: string
  readonly message: string | RegExp | object
  /** The same, typed; and what is said of it. */
  readonly vnctl?: readonly [line: string, says: RegExp]
}

const argument = (parameter: string, value: unknown, reason: RegExp | string) => ({
  status: 400,
  error: 'ArgumentError',
  code: '110',
  message: { error: 'parameter validation failed', parameter, value: new RegExp(`^${value}$`), reason },
})
const missing = (message: string) => ({ status: 400, error: 'MissingArgument', code: '111', message })
const malformedUuid = (message: RegExp) => ({ status: 400, error: 'InvalidUUID', code: '101', message })
const unknown = (message: string) => ({ status: 404, error: 'UnknownUUIDResource', code: '100', message })
const duplicate = (message: string) => ({ status: 400, error: 'DuplicateUUID', code: '102', message })

const guest = (more: Parameters) => ({
  path: 'interfaces',
  parameters: { network_uuid: 'nw-a', mac_address: FREE_MAC, ipv4_address: '10.0.0.9', ...more },
})
const addGuest = (more: string) => `interfaces add --network=nw-a ${more}`

const REFUSALS: readonly Refusal[] = [
  {
    what: 'a uuid that nothing has',
    method: 'GET',
    path: 'networks/nw-none',
    ...unknown('Network#uuid: nw-none'),
    vnctl: ['networks show nw-none', /there is no network nw-none/],
  },
  {
    what: 'a uuid that nothing has, to be deleted',
    method: 'DELETE',
    path: 'interfaces/if-none',
    ...unknown('Interface#uuid: if-none'),
    vnctl: ['interfaces del if-none', /there is no interface if-none/],
  },
  {
    what: 'a uuid that nothing has, to be changed',
    method: 'PUT',
    path: 'networks/nw-none',
    parameters: { display_name: 'x' },
    ...unknown('Network#uuid: nw-none'),
    vnctl: ['networks modify nw-none --display-name=x', /there is no network nw-none/],
  },
  {
    what: 'a reference to nothing',
    ...guest({ network_uuid: 'nw-none' }),
    ...unknown('Network#network_uuid: nw-none'),
    vnctl: ['interfaces add --network=nw-none', /there is no network nw-none/],
  },
  {
    what: 'a relation to nothing',
    path: 'datapaths/dp-1/networks/nw-none',
    ...unknown('Network#network_uuid: nw-none'),
    vnctl: ['datapaths networks add dp-1 nw-none', /there is no network nw-none/],
  },
  {
    what: 'the prefix of another resource in a path',
    method: 'GET',
    path: 'networks/if-1',
    ...malformedUuid(/uuid.*if-1.*nw-/),
    vnctl: ['networks show if-1', /if-1.*nw-/],
  },
  {
    what: 'the prefix of another resource',
    path: 'networks',
    parameters: { uuid: 'dp-x', ipv4_network: '10.1.0.0' },
    ...malformedUuid(/uuid.*dp-x.*nw-/),
    vnctl: ['networks add --uuid=dp-x --ipv4-network=10.1.0.0', /dp-x.*nw-/],
  },
  {
    what: 'the prefix of another resource in a reference',
    ...guest({ network_uuid: 'if-1' }),
    ...malformedUuid(/network_uuid.*if-1.*nw-/),
    vnctl: ['interfaces add --network=if-1', /if-1.*nw-/],
  },
  {
    what: 'a uuid with letters that none has',
    path: 'networks',
    parameters: { uuid: 'nw-Net_1', ipv4_network: '10.1.0.0' },
    ...malformedUuid(/uuid.*nw-Net_1/),
    vnctl: ['networks add --uuid=nw-Net_1 --ipv4-network=10.1.0.0', /nw-Net_1/],
  },
  {
    what: 'a uuid that is taken',
    path: 'networks',
    parameters: { uuid: 'nw-a', ipv4_network: '10.1.0.0' },
    ...duplicate('nw-a'),
    vnctl: ['networks add nw-a --ipv4-network=10.1.0.0', /nw-a exists already/],
  },
  {
    what: 'a datapath id that is taken, in another spelling',
    path: 'datapaths',
    parameters: { uuid: 'dp-2', dpid: '00A1' },
    ...argument('dpid', '0x00000000000000a1', 'already used by dp-1'),
    vnctl: ['datapaths add dp-2 --dpid=00A1', /dpid.*0x00000000000000a1.*dp-1/],
  },
  {
    what: 'a relation that is there',
    path: 'datapaths/dp-1/networks/nw-a',
    status: 400,
    error: 'RelationAlreadyExists',
    code: '112',
    message: /dp-1.*nw-a|nw-a.*dp-1/,
    vnctl: ['datapaths networks add dp-1 nw-a', /dp-1.*nw-a|nw-a.*dp-1/],
  },
  {
    what: 'an address outside of its network',
    ...guest({ ipv4_address: '10.0.1.9' }),
    ...argument('ipv4_address', '10.0.1.9', 'IP Address 10.0.1.9 is not in subnet 10.0.0.0/24 of nw-a'),
    vnctl: [
      addGuest(`--ipv4-address=10.0.1.9 --mac-address=${FREE_MAC}`),
      /ipv4-address '10\.0\.1\.9'.*10\.0\.0\.0\/24/,
    ],
  },
  {
    what: 'the address of the network itself',
    ...guest({ ipv4_address: '10.0.0.0' }),
    ...argument('ipv4_address', '10.0.0.0', /network address of 10\.0\.0\.0\/24/),
  },
  {
    what: 'the broadcast address',
    ...guest({ ipv4_address: '10.0.0.255' }),
    ...argument('ipv4_address', '10.0.0.255', /broadcast address of 10\.0\.0\.0\/24/),
  },
  {
    what: 'an address that another has in the network',
    ...guest({ ipv4_address: '10.0.0.1' }),
    ...argument('ipv4_address', '10.0.0.1', 'already used by if-1 in nw-a'),
    vnctl: [
      addGuest(`--ipv4-address=10.0.0.1 --mac-address=${FREE_MAC}`),
      /ipv4-address '10\.0\.0\.1'.*if-1/,
    ],
  },
  {
    what: 'a MAC address that another has in the network',
    ...guest({ mac_address: MAC }),
    ...argument('mac_address', MAC, 'already used in nw-a by if-1'),
    vnctl: [
      addGuest(`--ipv4-address=10.0.0.9 --mac-address=${MAC}`),
      new RegExp(`mac-address '${MAC}'.*if-1`),
    ],
  },
  {
    what: 'an address without a network',
    path: 'interfaces',
    parameters: { ipv4_address: '10.0.0.9', mac_address: FREE_MAC },
    ...missing('network_uuid'),
    vnctl: [`interfaces add --ipv4-address=10.0.0.9 --mac-address=${FREE_MAC}`, /network/],
  },
  {
    what: 'a guest without a MAC address',
    path: 'interfaces',
    parameters: { network_uuid: 'nw-a', ipv4_address: '10.0.0.9' },
    ...missing('mac_address'),
    vnctl: [addGuest('--ipv4-address=10.0.0.9'), /--mac-address is missing/],
  },
  {
    what: 'a network without an address',
    path: 'networks',
    parameters: { display_name: 'x' },
    ...missing('ipv4_network'),
    vnctl: ['networks add --display-name=x', /--ipv4-network is missing/],
  },
  {
    what: 'a datapath without its id',
    path: 'datapaths',
    parameters: { uuid: 'dp-2' },
    ...missing('dpid'),
    vnctl: ['datapaths add dp-2', /--dpid is missing/],
  },
  ...['0xz1', '0x12345678901234567', 'br0'].map((dpid) => ({
    what: `the datapath id ${dpid}`,
    path: 'datapaths',
    parameters: { dpid },
    ...argument('dpid', dpid, /hexadecimal/),
    vnctl: [`datapaths add --dpid=${dpid}`, new RegExp(`dpid.*${dpid}`)] as const,
  })),
  ...['52:54:00:00:00', '52:54:00:00:00:0g', '52540000000199', '-1'].map((mac) => ({
    what: `the MAC address ${mac}`,
    ...guest({ mac_address: mac }),
    ...argument('mac_address', mac, /MAC address/),
    vnctl: [`interfaces add --mac-address=${mac}`, new RegExp(`mac.address.*${mac}`)] as const,
  })),
  {
    what: 'a MAC address of a group',
    ...guest({ mac_address: '01:00:5e:00:00:01' }),
    ...argument('mac_address', '01:00:5e:00:00:01', /group|multicast|unicast/i),
  },
  ...['10.0.0', '10.0.0.256', '10.0.0.1/24', '::1'].map((address) => ({
    what: `the address ${address}`,
    path: 'networks',
    parameters: { ipv4_network: address },
    ...argument('ipv4_network', address, address.includes('/') ? /give the address alone/ : /IPv4 address/),
    vnctl: [`networks add --ipv4-network=${address}`, new RegExp(`ipv4.network.*${address}`)] as const,
  })),
  ...['0', '33', '-1', '24.5', 'long'].map((prefix) => ({
    what: `the prefix ${prefix}`,
    path: 'networks',
    parameters: { ipv4_network: '10.1.0.0', ipv4_prefix: prefix },
    ...argument('ipv4_prefix', prefix, /1.*32|not a whole number/),
    vnctl: [
      `networks add --ipv4-network=10.1.0.0 --ipv4-prefix=${prefix}`,
      new RegExp(`ipv4.prefix.*${prefix}`),
    ] as const,
  })),
  {
    what: 'a subnet with bits behind its prefix',
    path: 'networks',
    parameters: { ipv4_network: '10.1.2.3', ipv4_prefix: 16 },
    ...argument('ipv4_network', '10.1.2.3', /did you mean 10\.1\.0\.0\/16\?/),
    vnctl: ['networks add --ipv4-network=10.1.2.3 --ipv4-prefix=16', /10\.1\.2\.3.*10\.1\.0\.0\/16/],
  },
  {
    what: 'a mode that there is none of',
    path: 'networks',
    parameters: { ipv4_network: '10.1.0.0', network_mode: 'vertical' },
    ...argument('network_mode', 'vertical', /virtual/),
    vnctl: ['networks add --ipv4-network=10.1.0.0 --mode=vertical', /mode.*vertical/],
  },
  {
    what: 'what is neither true nor false',
    ...guest({ enable_routing: 'perhaps' }),
    ...argument('enable_routing', 'perhaps', /true|false/),
    vnctl: ['interfaces add --enable-routing=perhaps', /enable.routing.*perhaps/],
  },
  {
    what: 'a parameter that nobody knows',
    ...guest({ colour: 'red' }),
    ...argument('colour', 'red', /unknown parameter/),
    vnctl: ['interfaces add --colour=red', /--colour/],
  },
  {
    what: 'a misspelt parameter',
    path: 'networks',
    parameters: { ipv4_netwrok: '10.1.0.0' },
    ...argument('ipv4_netwrok', '10.1.0.0', /did you mean ipv4_network\?/),
    vnctl: ['networks add --ipv4-netwrok=10.1.0.0', /did you mean --ipv4-network\?/],
  },
  {
    what: 'two names of one parameter that contradict each other',
    path: 'networks',
    parameters: { ipv4_network: '10.1.0.0', mode: 'virtual', network_mode: 'physical' },
    ...argument('network_mode', 'physical', /contradicts mode/),
  },
  {
    what: 'a change of what stays',
    method: 'PUT',
    path: 'networks/nw-a',
    parameters: { ipv4_network: '10.2.0.0' },
    ...argument('ipv4_network', '10.2.0.0', /cannot be changed/),
    vnctl: ['networks modify nw-a --ipv4-network=10.2.0.0', /--ipv4-network|ipv4_network/],
  },
  {
    what: 'a route whose leg is a guest',
    path: 'routes',
    parameters: { interface_uuid: 'if-1', route_link_uuid: 'rl-1' },
    ...argument('interface_uuid', 'if-1', /simulated/),
    vnctl: ['routes add --interface=if-1 --route-link=rl-1', /if-1.*simulated/],
  },
  {
    what: 'a second way to a destination',
    path: 'routes',
    parameters: { interface_uuid: 'if-gw', route_link_uuid: 'rl-1' },
    ...argument('ipv4_network', '10.0.0.0', /by r-1 already/),
    vnctl: ['routes add --interface=if-gw --route-link=rl-1', /10\.0\.0\.0.*r-1 already/],
  },
  {
    what: 'an address that the interface has in another network',
    path: 'ip_leases',
    parameters: { network_uuid: 'nw-b', interface_uuid: 'if-1', ipv4_address: '10.0.0.1' },
    ...argument('ipv4_address', '10.0.0.1', /if-1 has it in nw-a already/),
    vnctl: ['ip-leases add --network=nw-b --interface=if-1 --ipv4-address=10.0.0.1', /in nw-a already/],
  },
  {
    what: 'a datapath to which an interface is pinned, to be deleted',
    method: 'DELETE',
    path: 'datapaths/dp-1',
    status: 400,
    error: 'DeleteRestrictionError',
    code: '113',
    message: /^dp-1 is the owner_datapath_uuid of if-pinned: delete them or change/,
    vnctl: ['datapaths del dp-1', /if-pinned.*--owner-datapath-uuid/],
  },
  ...['224.0.0.0', '127.0.0.0', '0.0.0.0'].map((address) => ({
    what: `the network ${address}`,
    path: 'networks',
    parameters: { ipv4_network: address },
    ...argument('ipv4_network', address, /which no guest can use/),
    vnctl: [`networks add --ipv4-network=${address}`, /which no guest can use/] as const,
  })),
  {
    what: 'the datapath id zero',
    path: 'datapaths',
    parameters: { dpid: '0x0' },
    ...argument('dpid', '0x0', /zero/),
    vnctl: ['datapaths add --dpid=0x0', /dpid.*zero/],
  },
  {
    what: 'more rows than one answer has',
    method: 'GET',
    path: 'interfaces',
    parameters: { limit: 1001 },
    ...argument('limit', 1001, /1000/),
    vnctl: ['interfaces show --limit=1001', /limit.*1000/],
  },
  {
    what: 'a service that there is none of',
    path: 'network_services',
    parameters: { interface_uuid: 'if-gw', type: 'fax' },
    ...argument('type', 'fax', /dhcp/),
  },
]

/** Runs `work` and checks that it has left no trace. */
const storesNothing = async <T>(t: Test, work: () => Promise<T>): Promise<T> => {
  const before = await machine.snapshot()
  const result = await work()
  t.same(await machine.snapshot(), before, 'nothing is stored')
  return result
}

const checkAnswer = (
  t: Test,
  answer: RestAnswer,
  { status, error, code, message }: Omit<Refusal, 'what' | 'path'>,
) => {
  t.equal(answer.status, status, answer.text)
  t.match(answer.body, { error, code, message })
  t.same(Object.keys(answer.body as object), ['error', 'message', 'code'])
  t.match(answer.headers['content-type'], 'application/json')
  t.equal(answer.headers['x-revision'], undefined)
}

for (const refusal of REFUSALS) {
  const { what, method = 'POST', path, parameters, vnctl } = refusal
  t.test(`${what}: refused`, async (t) => {
    await storesNothing(t, async () => {
      for (const encoding of parameters === undefined ? ENCODINGS.slice(0, 1) : ENCODINGS) {
        checkAnswer(t, await send(method, path, parameters ?? {}, encoding), refusal)
      }
      if (vnctl === undefined) return
      const [line, says] = vnctl
      const { stdout, stderr, code } = await machine.vnctl(...line.split(' '))
      t.ok(code >= 1 && code <= 4, `vnctl ends with ${code}`)
      t.equal(stdout, '')
      t.match(stderr, /^vnctl: [^\n]+\n$/, 'one line')
      t.match(stderr, says)
    })
  })
}

interface Malformed {
  readonly what: string
  readonly type?: string
  readonly body: string
  readonly status: number
  readonly error: string
  readonly code: string
  readonly message: string | RegExp
}

const MEBIBYTE = 2 ** 20
const INVALID = { status: 400, error: 'InvalidRequest', code: '400', message: /Invalid request body/ }
const TOO_LARGE = { status: 413, error: 'BodyTooLarge', code: '413', message: /1048576 bytes/ }
const FORM = 'application/x-www-form-urlencoded'

const MALFORMED: readonly Malformed[] = [
  { what: 'half of a JSON object', body: '{"uuid": "nw-x", "ipv4_netw', ...INVALID },
  { what: 'a JSON list', body: '[{"ipv4_network": "10.1.0.0"}]', ...INVALID },
  { what: 'a JSON text', body: '"10.1.0.0"', ...INVALID },
  { what: 'null', body: 'null', ...INVALID },
  { what: 'a form that is called JSON', body: 'ipv4_network=10.1.0.0', ...INVALID },
  {
    what: 'an object where a value should be',
    body: '{"ipv4_network": {"a": 1, "b": 2}, "uuid": "nw-x"}',
    status: 400,
    error: 'ArgumentError',
    code: '110',
    message: /ipv4_network/,
  },
  {
    what: 'a type that nobody reads',
    type: 'text/csv',
    body: 'ipv4_network,10.1.0.0',
    status: 415,
    error: 'UnsupportedMediaType',
    code: '415',
    message: 'text/csv',
  },
  {
    what: 'a form in another charset',
    type: `${FORM}; charset=latin1`,
    body: 'ipv4_network=10.1.0.0',
    status: 415,
    error: 'UnsupportedMediaType',
    code: '415',
    message: /latin1.*utf-8/,
  },
  {
    what: 'a parameter that is given twice',
    type: FORM,
    body: 'ipv4_network=10.1.0.0&ipv4_network=10.2.0.0',
    status: 400,
    error: 'ArgumentError',
    code: '110',
    message: /ipv4_network.*given more than once/,
  },
  {
    what: 'a JSON body of a mebibyte and some',
    body: JSON.stringify({ display_name: 'x'.repeat(MEBIBYTE) }),
    ...TOO_LARGE,
  },
  {
    what: 'a form of a mebibyte and some',
    type: FORM,
    body: `display_name=${'x'.repeat(MEBIBYTE)}`,
    ...TOO_LARGE,
  },
]

for (const { what, type = 'application/json', body, ...expected } of MALFORMED) {
  t.test(`${what}: refused`, async (t) => {
    await storesNothing(t, async () => {
      const answer = await rest.send({
        method: 'POST',
        path: '/api/networks',
        headers: { 'content-type': type, 'content-length': `${Buffer.byteLength(body)}` },
        body,
      })
      t.equal(answer.status, expected.status, answer.text)
      const { error, code, message } = answer.body as Record<string, unknown>
      t.match({ error, code }, { error: expected.error, code: expected.code })
      t.match(typeof message === 'string' ? message : JSON.stringify(message), expected.message)
    })
  })
}

for (const [what, headers] of [
  ['a page of another site', { origin: 'https://evil.example' }],
  ['a name that was made to mean this machine', { host: 'evil.example' }],
] as const) {
  t.test(`${what}: refused`, async (t) => {
    await storesNothing(t, async () => {
      const path = '/api/networks?ipv4_network=10.1.0.0'
      const answer = await rest.send({ method: 'POST', path, headers })
      t.match(answer, { status: 403, body: { error: 'CrossSiteRequest', code: '403' } })
    })
  })
}

t.test('the same MAC and IP address in another network are fine', async (t) => {
  const taken = { mac_address: MAC, ipv4_address: '10.0.0.1' }
  const over = await rest.post('interfaces', { uuid: 'if-2', network_uuid: 'nw-b', ...taken })
  t.match(over.body, { network_uuid: 'nw-b', ...taken })
  await rest.delete('interfaces/if-2')
  const words = `interfaces add if-2 --network=nw-b --mac-address=${MAC} --ipv4-address=10.0.0.1`
  const typed = await machine.vnctl(...words.split(' '))
  t.match(typed, { code: 0, stderr: '' })
})

/** As the first users sent them, with what has no meaning any more. */
const OF_2013: readonly (readonly [path: string, parameters: Parameters, answered: object])[] = [
  [
    'datapaths',
    {
      uuid: 'dp-br0',
      display_name: 'br0',
      dc_segment_id: 'seg1',
      dpid: '0x000002fdee8e0a44',
      ipv4_address: '192.168.122.207',
      node_id: 'vnet3',
      is_connected: false,
    },
    { dpid: '0x000002fdee8e0a44', node_id: 'vnet3' },
  ],
  [
    'networks',
    {
      uuid: 'nw-old',
      display_name: 'old',
      ipv4_network: '172.16.1.0',
      ipv4_prefix: 24,
      domain_name: 'dom1',
      network_mode: 'virtual',
      dc_network_uuid: 'dcn-1',
      editable: true,
    },
    { mode: 'virtual', domain_name: 'dom1' },
  ],
  ['datapaths/dp-br0/networks/nw-old', { broadcast_mac_address: '08:00:27:10:03:01' }, { uuid: undefined }],
  [
    'interfaces',
    {
      uuid: 'if-old',
      network_uuid: 'nw-old',
      mode: 'simulated',
      mac_address: '52:54:00:74:00:00',
      ipv4_address: '172.16.1.254',
    },
    { mac_address: '52:54:00:74:00:00' },
  ],
  ['route_links', { uuid: 'rl-old', mac_address: '52:54:00:60:11:11' }, { mac_address: '52:54:00:60:11:11' }],
  [
    'datapaths/dp-br0/route_links/rl-old',
    { route_link_uuid: 'rl-old', mac_address: '08:00:27:20:01:01' },
    {},
  ],
  [
    'network_services',
    { uuid: 'ns-old', interface_uuid: 'if-old', display_name: 'router' },
    { mode: 'router' },
  ],
  [
    'routes',
    { uuid: 'r-old', interface_uuid: 'if-old', route_link_uuid: 'rl-old', ipv4_address: '172.16.1.0' },
    { ipv4_network: '172.16.1.0', ipv4_prefix: 24, network_uuid: 'nw-old' },
  ],
]

for (const encoding of ENCODINGS) {
  t.test(`what the clients of 2013 sent is accepted: ${encoding.name}`, async (t) => {
    for (const [path, parameters, answered] of OF_2013) {
      const answer = await send('POST', path, parameters, encoding)
      t.equal(answer.status, 200, `${path}: ${answer.text}`)
      t.match(answer.body, answered)
      t.match(answer.headers['x-revision'], /^\d+$/)
    }
    for (const path of [
      'network_services/ns-old',
      'routes/r-old',
      'interfaces/if-old',
      'route_links/rl-old',
      'networks/nw-old',
      'datapaths/dp-br0',
    ])
      await rest.delete(path)
  })
}

t.test('none of it was an error of vnetd', async (t) => {
  t.same(
    vnetd.log().filter(({ level }) => level >= 40),
    [],
  )
  t.equal(await vnetd.stop(), 0)
})
