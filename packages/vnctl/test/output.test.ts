/** What is printed, in every form, for answers as the API gives them. */
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { displayWidth, layOut } from '../src/output/table.ts'
import { runHere } from './program.ts'
import { startRecorder } from './recorder.ts'

const recorder = await startRecorder()
t.teardown(() => recorder.close())
const env = { VNCTL_SERVER: recorder.url }

const leg = {
  id: 7,
  uuid: 'if-vnet1gw',
  display_name: 'if-vnet1gw',
  mode: 'simulated',
  port_name: null,
  owner_datapath_id: null,
  owner_datapath_uuid: null,
  network_id: 3,
  network_uuid: 'nw-net1',
  enable_routing: true,
  enable_route_translation: false,
  enable_filtering: false,
  mac_address: '52:54:00:74:00:00',
  ipv4_address: '172.16.1.254',
  mac_leases: [],
  created_at: '2026-01-02 03:04:05 UTC',
  updated_at: '2026-01-02 03:04:05 UTC',
}
const guest = {
  ...leg,
  id: 8,
  uuid: 'if-veth1',
  display_name: '端末',
  mode: 'vif',
  enable_routing: false,
  mac_address: 0x5254000d8401,
  ipv4_address: '172.16.1.1',
}
const page = { total_count: 2, offset: 0, limit: 30, items: [leg, guest] }

const shown = async (answer: unknown, argv: string[], width?: number) => {
  recorder.answer(() => ({ body: answer }))
  const outcome = await runHere(argv, width === undefined ? { env } : { env, width })
  t.equal(outcome.code, 0, outcome.stderr)
  return outcome
}

t.test('a table shows references by uuid and leaves out what says nothing', async (t) => {
  const { stdout, stderr } = await shown(page, ['interface', 'show'])
  t.same(stdout.split('\n'), [
    'UUID        DISPLAY_NAME  MODE       NETWORK  ENABLE_ROUTING  MAC_ADDRESS        IPV4_ADDRESS',
    'if-vnet1gw  if-vnet1gw    simulated  nw-net1  true            52:54:00:74:00:00  172.16.1.254',
    'if-veth1    端末          vif        nw-net1  false           52:54:00:0d:84:01  172.16.1.1',
    '',
  ])
  t.equal(stderr, '')
})

t.test('a table fits the terminal: long cells are shortened, then columns go', async (t) => {
  for (const width of [20, 40, 60, 80, 95]) {
    const { stdout } = await shown(page, ['interface', 'show'], width)
    for (const line of stdout.split('\n')) t.ok(displayWidth(line) <= width, `${width}: ${line}`)
    t.match(stdout, /^UUID/)
    t.match(stdout, /if-vnet1gw/, 'the uuid is never shortened')
    t.equal(stdout.includes('52:54:00:74:00:00'), width >= 60, 'an address is shown in full or not at all')
    t.equal(stdout.includes('ENABLE_ROUTING'), width > 80, 'booleans go first')
  }
  const { stdout } = await shown(page, ['interface', 'show', '-o', 'wide'], 20)
  t.match(stdout, /ID +CREATED_AT +UPDATED_AT\n/, 'wide is as wide as it must be')
  t.match(stdout, /ENABLE_FILTERING/, 'and leaves nothing out')
})

t.test('json and yaml are what the API answered', async (t) => {
  t.same(JSON.parse((await shown(page, ['interface', 'show', '-o', 'json'])).stdout), page)
  t.same(parse((await shown(page, ['interface', 'show', '-oyaml'])).stdout), page)
  t.same(parse((await shown(page, ['interface', 'show', '-o', 'yml'])).stdout), page)
  const two = await shown(leg, ['interface', 'show', 'if-a', 'if-b', '-o', 'yaml'])
  t.same(
    parseAllDocuments(two.stdout).map((document) => document.toJS()),
    [leg, leg],
  )
  t.same(JSON.parse((await shown(['if-a'], ['interface', 'del', 'if-a', '-o', 'json'])).stdout), ['if-a'])
})

t.test('name is uuids, one per line', async (t) => {
  t.equal((await shown(page, ['interface', 'show', '-o', 'name'])).stdout, 'if-vnet1gw\nif-veth1\n')
  t.equal((await shown(['if-a'], ['interface', 'del', 'if-a', 'if-b', '-o', 'name'])).stdout, 'if-a\nif-b\n')
  const join = { id: 1, datapath_id: 1, network_id: 1, mac_address: '02:00:00:00:00:01' }
  t.equal((await shown(join, ['datapath', 'networks', 'add', 'dp-1', 'nw-1', '-o', 'name'])).stdout, 'nw-1\n')
  t.equal((await shown(['if-a'], ['interface', 'del', 'if-a'])).stdout, 'deleted if-a\n')
  const bare = await shown({ uuid: 'lp-a' }, ['lease-policy', 'interfaces', 'add', 'lp-a', 'if-a'])
  t.match(bare.stdout, /^LEASE_POLICY +INTERFACE\nlp-a +if-a\n$/)
})

t.test('an empty list and a part of a list are said on stderr', async (t) => {
  const none = await shown({ total_count: 0, offset: 0, limit: 30, items: [] }, ['network', 'show'])
  t.same([none.stdout, none.stderr], ['', 'there are no networks\n'])
  const part = await shown({ ...page, total_count: 40, offset: 10 }, ['interface', 'show', '--offset=10'])
  t.equal(part.stderr, '11 to 12 of 40 interfaces; --limit 40 shows all\n')
})

t.test('nothing in an answer can move the cursor', async (t) => {
  const evil = { ...leg, display_name: 'a\u001b[2Jb\nc' }
  const { stdout } = await shown(evil, ['interface', 'show', 'if-a'])
  t.match(stdout, 'a\\x1b[2Jb\\x0ac')
  t.equal(stdout.split('\n').length, 3)
})

const datapath = {
  dpid: '0x000002fdee8e0a44',
  uuid: 'dp-br0',
  connected: true,
  acknowledged_revision: 41,
  flows: 120,
  refused: 0,
  groups: 3,
  last_error: null,
  warnings: ['fail-mode is standalone', 'two'],
  since: '2026-01-02T03:04:05.000Z',
}
const status = {
  store: 's',
  revision: 42,
  controllers: [],
  datapaths: [
    datapath,
    { ...datapath, dpid: '0x01', uuid: null, connected: false, refused: 2, warnings: [] },
  ],
}

t.test('status is a table of bridges', async (t) => {
  const { stdout } = await shown(status, ['status'])
  t.same(stdout.split('\n'), [
    'DPID                UUID    CONNECTED  REVISION  ACKNOWLEDGED  FLOWS  REFUSED  LAST_ERROR  WARNINGS',
    '0x000002fdee8e0a44  dp-br0  yes        42        41            120    0                    fail-mode is standalone; two',
    '0x01                        no         42        41            120    2',
    '',
  ])
  const narrow = await shown(status, ['status'], 80)
  t.same(narrow.stdout.split('\n'), [
    'DPID                UUID    CONNECTED  REVISION  ACKNOWLEDGED  FLOWS  REFUSED',
    '0x000002fdee8e0a44  dp-br0  yes        42        41            120    0',
    '0x01                        no         42        41            120    2',
    'dp-br0: warning: fail-mode is standalone',
    'dp-br0: warning: two',
    '',
  ])
  t.equal((await shown(status, ['status', '-o', 'name'])).stdout, 'dp-br0\n0x01\n')
  t.match((await shown(status, ['status', '-o', 'wide'])).stdout, /GROUPS.*SINCE/)
  const waiting = { ...status, datapaths: [{ ...datapath, uuid: null, pending: true, warnings: [] }] }
  t.match(
    (await shown(waiting, ['status'])).stdout,
    /waits to be approved: vnctl datapath add --dpid 0x000002fdee8e0a44$/m,
  )
  t.same(JSON.parse((await shown(status, ['status', '-o', 'json'])).stdout), status)
  t.match(
    (await shown({ ...status, datapaths: [] }, ['status'])).stderr,
    /revision 42; no bridge has connected yet/,
  )
})

t.test('wait asks for the newest revision, or the one that is named', async (t) => {
  const applied = (revision: number) => ({ applied: true, revision, pending: [], reason: null })
  recorder.answer(({ path }) => ({ body: path.endsWith('/status') ? status : applied(42) }))
  t.match(await runHere(['wait', '--timeout=3'], { env }), { code: 0, stdout: 'revision 42 is applied\n' })
  t.match(recorder.requests.at(-1), { path: '/api/1.0/wait', query: { revision: '42', timeout: '3' } })
  await runHere(['wait', '--revision', '7'], { env })
  t.match(recorder.requests.at(-1), { query: { revision: '7', timeout: '10' } })

  const pending = [{ ...datapath, last_error: 'table full' }]
  recorder.answer(() => ({ body: { applied: false, revision: 42, pending, reason: 'x' } }))
  const late = await runHere(['wait', '--revision=42', '-o', 'json'], { env })
  t.equal(late.code, 5)
  t.match(
    late.stderr,
    /not applied within 10 s: dp-br0 \(0x000002fdee8e0a44\) has acknowledged 41: table full/,
  )
  t.match(JSON.parse(late.stdout), { applied: false })
})

t.test('changes lists operations, and says when they are gone or when there are more', async (t) => {
  const put = { resource: 'network', id: 1, row: { id: 1, uuid: 'nw-1', mode: 'virtual', domain_name: null } }
  const changes = [
    { revision: 41, operations: [put] },
    { revision: 42, operations: [{ resource: 'network', id: 1, row: null }] },
  ]
  const answer = { kind: 'changes', store: 's', revision: 42, changes }
  const { stdout, stderr } = await shown(answer, ['changes', '--since=40'])
  t.equal(recorder.requests.at(-1)?.query['since'], '40')
  t.same(stdout.split('\n'), [
    'REVISION  CHANGE  RESOURCE  NAME  ROW',
    '41        put     network   nw-1  mode=virtual',
    '42        delete  network   #1',
    '',
  ])
  t.equal(stderr, '')
  t.match(
    (await shown({ ...answer, revision: 50 }, ['changes'])).stderr,
    /up to revision 42 of 50; --since 42 shows more/,
  )
  t.match(
    (await shown({ ...answer, changes: [] }, ['changes'])).stderr,
    /nothing was written after revision 0/,
  )
  recorder.answer(() => ({ body: { kind: 'gone', store: 's', revision: 50 } }))
  t.match(await runHere(['changes'], { env }), {
    code: 3,
    stderr: /no longer kept; the newest revision is 50/,
  })
})

t.test('what is stored without effect is a remark', async (t) => {
  const entry = (index: number) => ({
    resource: 'interface',
    uuid: `if-${index}`,
    what: 'mode: host: stored',
  })
  const some = { ...status, not_enforced: [entry(1)], not_enforced_total: 1 }
  t.equal((await shown(some, ['status'])).stderr, 'not enforced yet: if-1 (mode: host: stored)\n')
  t.equal((await shown({ ...status, not_enforced: [], not_enforced_total: 0 }, ['status'])).stderr, '')
  const many = { ...status, not_enforced: [1, 2, 3, 4].map(entry), not_enforced_total: 200 }
  t.match((await shown(many, ['status'])).stderr, /if-1 .*if-3 \(mode: host: stored\) and 197 more; -o json/)

  const headers = { 'x-revision': '42', 'x-not-enforced': 'enable_filtering: stored, nothing is filtered' }
  recorder.answer(() => ({ body: leg, headers }))
  for (const wait of [[], ['--wait=2']]) {
    const line = ['interface', 'modify', 'if-a', '--enable-filtering=true', ...wait]
    t.match(await runHere(line, { env }), {
      code: 0,
      stdout: /if-vnet1gw/,
      stderr: 'not enforced yet: enable_filtering: stored, nothing is filtered\n',
    })
  }
})

t.test('a write that is not applied in time is shown, explained, and ends with 5', async (t) => {
  const headers = { 'x-revision': '42', 'x-applied': 'false', 'x-pending': 'dp-br0, dp-br1' }
  recorder.answer(() => ({ body: leg, headers }))
  const { code, stdout, stderr } = await runHere(
    ['interface', 'modify', 'if-a', '--display-name=x', '--wait=2'],
    { env },
  )
  t.equal(code, 5)
  t.match(stdout, /if-vnet1gw/)
  t.match(
    stderr,
    /revision 42 is stored but was not applied within 2 s: dp-br0, dp-br1; `vnctl status` shows more/,
  )
})

t.test('widths count what a terminal shows', async (t) => {
  t.equal(displayWidth('端末'), 4)
  t.equal(displayWidth('e\u0301'), 1)
  t.equal(layOut([{ header: 'A' }, { header: 'B' }], [['x', 'y']], null), 'A  B\nx  y')
  const columns = [{ header: 'NAME' }, { header: 'LONG', elastic: true }]
  t.equal(layOut(columns, [['nw-1', '0123456789abcdef']], 16), 'NAME  LONG\nnw-1  012345678…')
})
