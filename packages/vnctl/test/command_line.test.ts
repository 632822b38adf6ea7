/** How a command line is read and which request it becomes, against a server that records. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runHere } from './program.ts'
import { startRecorder } from './recorder.ts'

const recorder = await startRecorder()
t.teardown(() => recorder.close())
const env = { VNCTL_SERVER: recorder.url }

/** The one request that a command line makes. */
const requestOf = async (...argv: string[]) => {
  const before = recorder.requests.length
  const outcome = await runHere(argv, { env })
  if (outcome.code !== 0) throw new Error(outcome.stderr)
  return recorder.requests.slice(before)
}

/** What a refused command line says; it must not reach the server. */
const refusalOf = async (t: Test, ...argv: string[]) => {
  const before = recorder.requests.length
  const { code, stdout, stderr } = await runHere(argv, { env })
  t.equal(stdout, '')
  t.equal(recorder.requests.length, before, `nothing was asked: ${argv.join(' ')}`)
  t.match(stderr, /^vnctl: [^\n]+\n$/, 'one line')
  return { code, message: stderr.trim().replace('vnctl: ', '') }
}

t.test('namespaces in plural and singular, with - and _, are the same', async (t) => {
  for (const name of [
    'network-services',
    'network_services',
    'network-service',
    'network_service',
    'Network_Service',
  ]) {
    t.match(await requestOf(name, 'show'), [{ method: 'GET', path: '/api/1.0/network_services' }], name)
  }
  for (const name of ['route_links', 'route-links', 'route_link', 'route-link']) {
    t.match(await requestOf('datapath', name, 'show', 'dp-1'), [
      { path: '/api/1.0/datapaths/dp-1/route_links' },
    ])
  }
})

t.test('the commands of 2013 become the right requests', async (t) => {
  const line =
    'datapath add --uuid dp-br0 --display-name=br0 --dc-segment-id=seg1 --dpid=0x000002fdee8e0a44 --ipv4-address=192.168.122.207 --node-id=vnet3'
  t.same(await requestOf(...line.split(' ')), [
    {
      method: 'POST',
      path: '/api/1.0/datapaths',
      query: {},
      contentType: 'application/json',
      authorization: undefined,
      body: {
        uuid: 'dp-br0',
        display_name: 'br0',
        dc_segment_id: 'seg1',
        dpid: '0x000002fdee8e0a44',
        ipv4_address: '192.168.122.207',
        node_id: 'vnet3',
      },
    },
  ])
  const relation =
    'datapath networks add dp-br0 nw-net1 --broadcast-mac-address=08:00:27:10:03:01 --interface-uuid if-1'
  t.match(await requestOf(...relation.split(' ')), [
    {
      method: 'POST',
      path: '/api/1.0/datapaths/dp-br0/networks/nw-net1',
      body: { mac_address: '08:00:27:10:03:01', interface_uuid: 'if-1' },
    },
  ])
  const route =
    'route add --uuid=r-1 --interface-uuid=if-1 --route-link-uuid=rl-1 --ipv4-address=172.16.1.0 --ipv4-prefix=24'
  t.match(await requestOf(...route.split(' ')), [
    {
      path: '/api/1.0/routes',
      body: { ipv4_network: '172.16.1.0', ipv4_prefix: 24, route_link_uuid: 'rl-1' },
    },
  ])
})

t.test('options are read in every spelling and order', async (t) => {
  const wanted = { uuid: 'if-1', network_uuid: 'nw-1', display_name: 'a b', enable_routing: true }
  const lines = [
    ['interface', 'add', 'if-1', '--network', 'nw-1', '--display_name', 'a b', '--enable-routing'],
    [
      'interface',
      '-o',
      'json',
      'add',
      '--enable_routing=true',
      '--network_uuid=nw-1',
      '--display-name=a b',
      'if-1',
    ],
    [
      'interface',
      'add',
      '--enable-routing',
      'yes',
      '--uuid',
      'if-1',
      '--network-uuid=nw-1',
      '--display_name=a b',
    ],
    [
      '-ojson',
      'interfaces',
      'create',
      '--enable-routing',
      '--network=nw-1',
      '--display-name',
      'a b',
      '--',
      'if-1',
    ],
  ]
  for (const line of lines) t.match(await requestOf(...line), [{ body: wanted }], line.join(' '))
  for (const off of [['--no-ingress'], ['--no_ingress'], ['--ingress=false'], ['--ingress', 'false']]) {
    const [request] = await requestOf('route', 'add', '--interface=if-1', '--route-link=rl-1', ...off)
    t.match(request?.body, { ingress: false }, off.join(' '))
  }
  t.match(await requestOf('interface', 'modify', 'if-1', '--port-name='), [{ body: { port_name: null } }])
  t.match(await requestOf('interface', 'modify', 'if-1', '--display-name', '-x-'), [
    { body: { display_name: '-x-' } },
  ])
})

t.test('obsolete flags may come with and without a value', async (t) => {
  for (const flag of [
    ['--is_connected'],
    ['--is-connected=true'],
    ['--is-connected', 'true'],
    ['--no-is-connected'],
  ]) {
    const [request] = await requestOf('datapath', 'add', 'dp-1', ...flag, '--dpid=0x1')
    t.match(request, { body: { uuid: 'dp-1', dpid: '0x0000000000000001' } }, flag.join(' '))
  }
})

t.test('show and del ask once per uuid; lists take limit and offset', async (t) => {
  t.match(await requestOf('network', 'show', 'nw-1', 'nw-2'), [
    { method: 'GET', path: '/api/1.0/networks/nw-1' },
    { method: 'GET', path: '/api/1.0/networks/nw-2' },
  ])
  t.match(await requestOf('network', 'show', '--limit=5', '--offset', '10'), [
    { query: { limit: '5', offset: '10' } },
  ])
  for (const verb of ['del', 'delete', 'rm', 'de']) {
    t.match(await requestOf('network', verb, 'nw-1', 'nw-2'), [
      { method: 'DELETE', path: '/api/1.0/networks/nw-1' },
      { method: 'DELETE', path: '/api/1.0/networks/nw-2' },
    ])
  }
  t.match(await requestOf('datapath', 'networks', 'del', 'dp-1', 'nw-1', 'nw-2'), [
    { method: 'DELETE', path: '/api/1.0/datapaths/dp-1/networks/nw-1' },
    { method: 'DELETE', path: '/api/1.0/datapaths/dp-1/networks/nw-2' },
  ])
})

t.test('every write takes --wait, with and without seconds', async (t) => {
  const add = ['network', 'add', '--ipv4-network=10.0.0.0']
  t.match((await requestOf(...add, '--wait'))[0], {
    query: { wait: '10' },
    body: { ipv4_network: '10.0.0.0' },
  })
  t.match((await requestOf(...add, '--wait=3'))[0], { query: { wait: '3' } })
  t.match((await requestOf('network', 'del', '--wait', '4', 'nw-1'))[0], { query: { wait: '4' } })
  t.match((await requestOf('network', 'modify', 'nw-1', '--display-name=x', '--wait=0'))[0], {
    query: { wait: '0' },
  })
  t.match((await requestOf('datapath', 'networks', 'add', 'dp-1', 'nw-1', '--wait=5'))[0], {
    query: { wait: '5' },
  })
})

t.test('what is misspelt is refused with what was probably meant', async (t) => {
  const cases: [string[], RegExp][] = [
    [['netwrok', 'show'], /^unknown command netwrok; did you mean network\?$/],
    [['network', 'shwo'], /^networks: unknown command shwo; did you mean show\?$/],
    [['network', 'add', '--dsplay-name=x'], /unknown option --dsplay-name; did you mean --display-name\?$/],
    [['datapath', 'netwroks', 'show'], /did you mean networks?\?$/],
    [['qqqqqq'], /^unknown command qqqqqq; see `vnctl --help`$/],
    [['netw', 'show'], /^netw may be each of networks, network-services$/],
    [['network'], /^networks: name a command: add, modify, show, del, dhcp-ranges$/],
    [['datapath', 'add'], /^datapaths add: --dpid is missing: a datapath id/],
    [['network', 'add', '--ipv4-network'], /--ipv4-network needs a value/],
    [['network', 'add', 'nw-1', 'nw-2', '--ipv4-network=10.0.0.0'], /unexpected 'nw-2'/],
    [
      ['network', 'add', 'nw-1', '--uuid=nw-2', '--ipv4-network=10.0.0.0'],
      /two uuids are given: nw-1 and nw-2/,
    ],
    [
      ['network', 'add', '--mode=virtual', '--network-mode=internal'],
      /--mode is given twice: 'virtual' and 'internal'/,
    ],
    [
      ['network', 'add', '--ipv4-network=10.0.0.0/24', '--ipv4-prefix=16'],
      /--ipv4-prefix is given twice: '24' and '16'/,
    ],
    [['network', 'del'], /^networks del: UUID is missing/],
    [['network', 'modify', 'nw-1'], /nothing to change in nw-1; give one of --display-name, --domain-name/],
    [
      ['network', 'modify', 'nw-1', '--ipv4-prefix=25'],
      /--ipv4-prefix: cannot be changed; delete the network/,
    ],
    [['network', 'show', 'nw-1', '--limit=3'], /--limit, --offset and --label are for the list/],
    [['network', 'show', '-q'], /unknown option -q/],
  ]
  for (const [argv, expected] of cases) {
    const { code, message } = await refusalOf(t, ...argv)
    t.equal(code, 2, message)
    t.match(message, expected)
  }
})

t.test('values that cannot be legal are refused before anything is asked', async (t) => {
  const cases: [string[], string][] = [
    [['network', 'add', '--ipv4-network=1.2.3'], "networks add: --ipv4-network '1.2.3': not an IPv4 address"],
    [
      ['network', 'add', '--ipv4-network=1.2.3.0', '--ipv4-prefix=33'],
      "--ipv4-prefix '33': outside of 1..32",
    ],
    [['datapath', 'add', '--dpid=0xzz'], "--dpid '0xzz': not a datapath id"],
    [['interface', 'add', '--network=if-1'], "--network 'if-1': not nw- and 1 to 16 characters"],
    [['network', 'show', '../status'], "UUID '../status': not nw-"],
    [['network', 'del', ''], "UUID '': not nw-"],
    [['network', 'show', '-o', 'xml'], "-o 'xml': not one of table, wide, json, yaml, name"],
    [['network', 'del', 'nw-1', '--wait=soon'], "--wait 'soon': not a whole number"],
  ]
  for (const [argv, expected] of cases) {
    const { code, message } = await refusalOf(t, ...argv)
    t.equal(code, 4, message)
    t.ok(message.includes(expected), message)
  }
})

t.test('the server is found by flag, environment, configuration file, in this order', async (t) => {
  const { port } = recorder
  const home = t.testdir()
  const reached = async (argv: string[], surroundings: Record<string, string>) => {
    const before = recorder.requests.length
    const { code, stderr } = await runHere(['network', 'show', ...argv], { env: surroundings })
    t.equal(code, 0, stderr)
    return recorder.requests.slice(before)
  }
  const dead = 'http://127.0.0.1:1'
  t.equal((await reached(['--server', recorder.url], { VNCTL_SERVER: dead })).length, 1)
  t.equal((await reached(['--server', `127.0.0.1:${port}/`], { VNCTL_SERVER: dead })).length, 1)
  t.equal((await reached([], { VNCTL_SERVER: recorder.url, VNET_WEBAPI: '127.0.0.1:1' })).length, 1)
  writeFileSync(join(home, '.vnctlrc'), '# mine\nwebapi_port 1\n')
  t.equal((await reached([], { VNET_WEBAPI: `127.0.0.1:${port}`, HOME: home })).length, 1)
  const lines = [
    `webapi_uri '127.0.0.1'`,
    `webapi_port "${port}" # ours`,
    `webapi_version '2.0'`,
    `output_format 'yml'`,
  ]
  writeFileSync(join(home, '.vnctlrc'), `${lines.join('\n')}\n`)
  t.match(await reached([], { HOME: home }), [{ path: '/api/2.0/networks' }])
  const { stdout } = await runHere(['network', 'show'], { env: { HOME: home } })
  t.match(stdout, /^total_count: 0\n/, 'its output_format counts')

  writeFileSync(join(home, '.vnctlrc'), 'webapi_uri\n')
  const broken = await runHere(['network', 'show'], { env: { HOME: home } })
  t.equal(broken.code, 2)
  t.match(broken.stderr, /\.vnctlrc:1: 'webapi_uri' is not of the form key 'value'/)
  const unreadable = join(home, 'other')
  mkdirSync(join(unreadable, '.vnctlrc'), { recursive: true })
  t.match(await runHere(['network', 'show'], { env: { HOME: unreadable } }), {
    code: 1,
    stderr: /cannot read the configuration file .*\.vnctlrc/,
  })
  t.match(await runHere(['network', 'show', '--server', 'ftp://x'], { env }), {
    code: 2,
    stderr: /'ftp:\/\/x' is not a URL/,
  })
})

t.test('a server that is not there, not an API, or breaks off is named', async (t) => {
  const gone = await runHere(['network', 'show', '--server=127.0.0.1:59999'])
  t.equal(gone.code, 1)
  t.match(
    gone.stderr,
    /^vnctl: networks show: cannot reach http:\/\/127\.0\.0\.1:59999: connection refused; is vnetd running\? .*npm start.*\n$/,
  )

  recorder.answer(() => ({ body: '<html>hello</html>' }))
  const page = await runHere(['network', 'show'], { env })
  t.match(page, { code: 1, stderr: /answered something that is not JSON: is it an OpenVNet API\?/ })
  recorder.answer(() => ({ status: 502, body: 'Bad Gateway' }))
  t.match(await runHere(['network', 'show'], { env }), { code: 1, stderr: /answered 502 without a reason/ })

  const rude = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
  t.teardown(() => rude.close())
  const { port } = rude.address() as { port: number }
  t.match(await runHere(['network', 'show', `--server=127.0.0.1:${port}`]), {
    code: 1,
    stderr: /cannot reach/,
  })
})

t.test('refusals of the API become sentences and exit codes', async (t) => {
  const cases: [number, string, unknown, string, number, RegExp][] = [
    [
      404,
      'UnknownUUIDResource',
      'Network#uuid: nw-x',
      '100',
      3,
      /there is no network nw-x; `vnctl networks show` lists/,
    ],
    [
      404,
      'UnknownUUIDResource',
      'DatapathNetwork#network_uuid: nw-x',
      '100',
      3,
      /there is no datapath network for nw-x/,
    ],
    [404, 'UnknownResource', 'rule tcp', '114', 3, /rule tcp/],
    [400, 'InvalidUUID', 'uuid: "x" is not nw-', '101', 4, /uuid: "x" is not nw-/],
    [400, 'DuplicateUUID', 'nw-x', '102', 4, /nw-x exists already; choose another uuid/],
    [
      400,
      'ArgumentError',
      {
        error: 'parameter validation failed',
        parameter: 'ipv4_address',
        value: '1.1.1.1',
        reason: 'not in subnet 2.0.0.0/8',
      },
      '110',
      4,
      /--ipv4-address '1\.1\.1\.1': not in subnet 2\.0\.0\.0\/8$/,
    ],
    [
      400,
      'ArgumentError',
      'IP Address 1.1.1.1 not in subnet',
      '110',
      4,
      /IP Address 1\.1\.1\.1 not in subnet$/,
    ],
    [
      400,
      'MissingArgument',
      'mac_address',
      '111',
      4,
      /--mac-address is missing: that of the guest; or --mac-range-group-uuid/,
    ],
    [400, 'RelationAlreadyExists', 'dp-1 nw-1', '112', 4, /dp-1 and nw-1 are related already/],
    [
      400,
      'DeleteRestrictionError',
      'dp-1 is the owner_datapath_uuid of if-1: delete them or change their owner_datapath_uuid first',
      '113',
      4,
      /of if-1: delete them or change their --owner-datapath-uuid with `vnctl interfaces modify` first$/,
    ],
    [
      404,
      'UnknownPath',
      'GET /api/1.0/networks',
      '404',
      1,
      /this server does not know GET \/api\/1\.0\/networks/,
    ],
    [413, 'BodyTooLarge', 'the body is longer than 10 bytes', '413', 4, /longer than 10 bytes/],
    [
      500,
      'InternalServerError',
      'see the log for request 7',
      '500',
      1,
      /the server failed \(500, InternalServerError\): see the log/,
    ],
    [400, 'ArgumentError', 'two\nlines \u001b[31mred', '110', 4, /two lines {1,2}\[31mred$/],
  ]
  for (const [status, error, message, code, exit, expected] of cases) {
    recorder.answer(() => ({ status, body: { error, message, code } }))
    const { code: got, stdout, stderr } = await runHere(['network', 'show'], { env })
    t.equal(got, exit, stderr)
    t.equal(stdout, '')
    t.match(stderr, /^vnctl: networks show: [^\n\p{Cc}]+\n$/u, 'one clean line')
    t.match(stderr.trim(), expected)
  }
})

t.test('help is given at every level, without a server', async (t) => {
  const nowhere = { env: { VNCTL_SERVER: 'http://127.0.0.1:1' } }
  const same = async (...lines: string[][]) => {
    const texts = await Promise.all(lines.map((line) => runHere(line, nowhere)))
    for (const { code, stdout } of texts) t.same([code, stdout], [0, texts[0]?.stdout])
    return texts[0]?.stdout ?? ''
  }
  t.match(await same([], ['help'], ['--help'], ['-h']), /network-services[\s\S]*--server/)
  t.match(
    await same(['datapaths', '--help'], ['help', 'datapath'], ['datapath', 'help']),
    /Relations:\n {2}networks/,
  )
  const add = await same(['network', 'add', '-h'], ['help', 'network', 'add'], ['network', 'help', 'add'])
  t.match(add, /Usage: vnctl networks add \[UUID\] \[OPTIONS\]/)
  t.match(add, /--mode virtual\|physical\|internal .*default virtual; also --network-mode/)
  t.notMatch(add, /editable/, 'obsolete options are not advertised')
})

t.test('batch runs lines with quotes, skips comments, stops at the first error with its line', async (t) => {
  recorder.answer(({ body, path }) =>
    path.endsWith('/nw-gone')
      ? { status: 404, body: { error: 'UnknownUUIDResource', message: 'Network#uuid: nw-gone', code: '100' } }
      : { body: body ?? ['nw-1'] },
  )
  const script = [
    '# a comment',
    '',
    `network add --uuid nw-1 --ipv4-network=10.0.0.0 --display-name 'a "b" c'`,
    String.raw`vnctl network add --uuid nw-2 --ipv4-network=10.0.0.0 --display-name="d \"e\""\ f`,
    '  network del nw-gone',
    'network del nw-1',
  ].join('\n')
  const before = recorder.requests.length
  const { code, stdout, stderr } = await runHere(['batch', '-o', 'name'], { env, stdin: script })
  t.equal(code, 3)
  t.equal(stdout, 'nw-1\nnw-2\n', 'global options hold for every line')
  t.match(stderr, /^vnctl: batch: stdin:5: networks del: there is no network nw-gone/)
  t.match(stderr, /\(stopped: 1 command after it not run; 2 commands before it stood\)\n$/)
  const last = await runHere(['batch'], { env, stdin: 'network del nw-gone' })
  t.match(last.stderr, /\(it was the last; nothing before it was run\)\n$/)
  t.match(
    recorder.requests
      .slice(before)
      .map(({ body }) => (body as Record<string, unknown> | undefined)?.['display_name']),
    ['a "b" c', 'd "e" f', undefined],
  )

  const file = join(t.testdir({ 'net.vnctl': 'network add --ipv4-network="10.0.0.0\n' }), 'net.vnctl')
  t.match(await runHere(['batch', file], { env }), {
    code: 2,
    stderr: /net\.vnctl:1: the " at column \d+ is not closed/,
  })
  t.match(await runHere(['batch', '/nowhere'], { env }), { code: 1, stderr: /cannot read \/nowhere/ })
  t.match(await runHere(['batch'], { env, stdin: 'batch x' }), {
    code: 2,
    stderr: /stdin:1: a batch cannot run a batch/,
  })
})

t.test('batch --file sends operations as one request', async (t) => {
  const operations = [
    { method: 'POST', path: 'networks', body: { uuid: 'nw-1', ipv4_network: '10.0.0.0' } },
    { method: 'DELETE', path: 'networks/nw-1' },
  ]
  const answers = [{ uuid: 'nw-1' }, ['nw-1']]
  recorder.answer(() => ({ body: { answers } }))
  const yaml = [
    'operations:',
    '  - method: POST',
    '    path: networks',
    '    body: { uuid: nw-1, ipv4_network: 10.0.0.0 }',
    '  - method: DELETE',
    '    path: networks/nw-1',
  ].join('\n')
  const dir = t.testdir({ 'net.json': JSON.stringify(operations), 'net.yaml': yaml })
  for (const [argv, stdin, stdout] of [
    [['-f', join(dir, 'net.json')], '', '2 operations done\n'],
    [['--file', join(dir, 'net.yaml'), '-o', 'name'], '', 'nw-1\nnw-1\n'],
    [['-f', '-', '-o', 'json'], JSON.stringify({ operations }), `${JSON.stringify({ answers }, null, 2)}\n`],
  ] as const) {
    t.match(await runHere(['batch', ...argv], { env, stdin }), { code: 0, stdout, stderr: '' })
    t.match(recorder.requests.at(-1), { method: 'POST', path: '/api/1.0/batch', body: { operations } })
  }
  await runHere(['batch', '-f', '-', '--wait', '3'], { env, stdin: '[]' })
  t.match(recorder.requests.at(-1), { query: { wait: '3' }, body: { operations: [] } })
  const sent = recorder.requests.length
  for (const [argv, stdin, stderr] of [
    [['-f', '-'], '{"a"', /stdin is neither JSON nor YAML: .*line 1/],
    [['-f', '-'], '{"networks": []}', /stdin holds no list of operations/],
    [['-f', '/nowhere'], '', /cannot read \/nowhere/],
    [['lines', '-f', '-'], '[]', /two files are given: commands in lines, operations in -/],
  ] as const) {
    const outcome = await runHere(['batch', ...argv], { env, stdin })
    t.not(outcome.code, 0)
    t.match(outcome.stderr, stderr)
    t.match(outcome.stderr, /^vnctl: batch: [^\n]+\n$/)
  }
  t.equal(recorder.requests.length, sent)
})
