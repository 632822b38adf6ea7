/** What files say, what is planned for them, and that applying makes it so: the real program against the real API. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { serve } from './server.ts'

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url))
const examples = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'))

/** All rows, without the times and the numbers of rows that differ from store to store. */
const export_ = async (
  t: Test,
  here: (line: string, stdin?: string) => Promise<{ code: number | null; stdout: string; stderr: string }>,
) => {
  const { code, stdout, stderr } = await here('export')
  t.equal(code, 0, stderr)
  return stdout
}

for (const name of examples) {
  t.test(`the example ${name} is applied, and applying it again changes nothing`, async (t) => {
    const { here, api } = await serve(t)
    const first = await here(`apply -f ${EXAMPLES}${name}`)
    t.same([first.code, first.stderr.replace(/^not enforced yet.*\n/, '')], [0, ''])
    t.match(first.stdout, /\d+ added, 0 unchanged\n$/)
    t.equal(api.store.revision(), 1, 'one batch')
    const again = await here(`apply -f ${EXAMPLES}${name}`)
    t.match(again, { code: 0, stdout: /^\d+ unchanged\n$/ })
    t.equal(api.store.revision(), 1, 'nothing was sent')
  })

  t.test(`what ${name} makes is exported, and makes the same in an empty store`, async (t) => {
    const [one, other] = [await serve(t), await serve(t)]
    await one.here(`apply -f ${EXAMPLES}${name}`)
    const exported = await export_(t, one.here)
    const applied = await other.here('apply -f -', exported)
    t.equal(applied.code, 0, applied.stderr)
    t.equal(await export_(t, other.here), exported)
    t.match(await one.here('apply -f -', exported), { code: 0, stdout: /^\d+ unchanged\n$/ })
    t.match(await one.here('plan -f -', await export_(t, other.here)), { stdout: /^\d+ unchanged\n$/ })
  })
}

const NET = `networks:
  nw-a: {ipv4_network: 10.0.0.0/24}
interfaces:
  if-a: {network: nw-a, mac_address: '52:54:00:00:00:01', ipv4_address: 10.0.0.1}
  if-leg: {network: nw-a, mode: simulated, ipv4_address: 10.0.0.254}
route_links: {rl-a: }
routes:
  r-a: {interface: if-leg, route_link: rl-a}
`

t.test('a change is shown as a difference and made without touching the rest', async (t) => {
  const { here, json } = await serve(t)
  await here('apply -f -', NET)
  const before = await json('interfaces show')
  const changed = NET.replace(
    '{ipv4_network: 10.0.0.0/24}',
    '{ipv4_network: 10.0.0.0/24, display_name: office}',
  )
  const plan = await here('plan -f -', changed)
  t.equal(plan.stdout, '~ network nw-a\n    display_name: nw-a → office\n1 to change, 4 unchanged\n')
  t.match(await json('networks show nw-a'), { display_name: 'nw-a' }, 'a plan changes nothing')
  t.match(await here('apply --dry-run -f -', changed), { code: 0, stdout: plan.stdout })
  t.match(await json('networks show nw-a'), { display_name: 'nw-a' })
  t.match(await here('apply -f -', changed), { code: 0 })
  t.match(await json('networks show nw-a'), { display_name: 'office' })
  t.same(await json('interfaces show'), before)
})

t.test('what cannot be changed is replaced, and what hangs on it comes back as it was', async (t) => {
  const { here, json } = await serve(t)
  await here('apply -f -', NET)
  const exported = await export_(t, here)
  const changed = NET.replace('ipv4_address: 10.0.0.254', 'ipv4_address: 10.0.0.253')
  const plan = await here('plan -f -', changed)
  t.match(
    plan.stdout,
    /^± ip lease il-\w+ \(cannot be changed: deleted and added again\)\n {4}ipv4_address: 10\.0\.0\.254 → 10\.0\.0\.253\n1 to replace, 5 unchanged\n$/,
  )
  const applied = await here('apply -f -', changed)
  t.equal(applied.code, 0, applied.stderr)
  t.match(await json('interfaces show if-leg'), { ipv4_address: '10.0.0.253' })
  t.match(await here('apply -f -', changed), { stdout: /^5 unchanged\n$/ })
  const back = await here('apply -f -', NET)
  t.equal(back.code, 0, back.stderr)
  t.match(await here('plan -f -', NET), { stdout: /^5 unchanged\n$/ })
  t.match(await export_(t, here), /r-a:\n {4}interface_uuid: if-leg/)

  const wider = exported
    .replace('ipv4_prefix', 'ipv4_prefix')
    .replace(/ipv4_network: 10\.0\.0\.0\n/, 'ipv4_network: 10.0.0.0\n    ipv4_prefix: 25\n')
  const first = wider.replaceAll('10.0.0.254', '10.0.0.100')
  const grown = await here('apply -f -', first)
  t.equal(grown.code, 0, grown.stderr)
  t.match(await json('networks show nw-a'), { ipv4_prefix: 25 })
  t.equal((await here('plan -f -', first)).stdout.replace(/^\d+ /, ''), 'unchanged\n')
})

t.test('all of it or nothing: a refusal names the line', async (t) => {
  const { here, json, api } = await serve(t)
  const file = join(t.testdir(), 'net.yaml')
  writeFileSync(file, `${NET.replace('10.0.0.1}', '10.9.0.1}')}`)
  const { code, stderr } = await here(`apply -f ${file}`)
  t.equal(code, 4)
  t.match(
    stderr,
    /^vnctl: apply: .*net\.yaml:4: if-a: ipv4_address '10\.9\.0\.1': .*10\.0\.0\.0\/24.*; nothing was changed\n$/,
  )
  t.equal(api.store.revision(), 0)
  t.match(await json('networks show'), { total_count: 0 })
})

t.test('what a file cannot say is refused with its line and what was probably meant', async (t) => {
  const { here } = await serve(t)
  const cases: [string, RegExp][] = [
    ['networks:\n  nw-a: {ipv4_network: 10.0.0.0\n', /stdin:\d+: /],
    [
      'networks:\n  nw-a:\n    ipv4_netwrok: 10.0.0.0\n',
      /stdin:3: networks: unknown parameter ipv4_netwrok; did you mean ipv4_network\?/,
    ],
    ['netwroks: {}\n', /stdin:1: unknown netwroks; did you mean networks\?/],
    [
      'networks:\n  nw-a:\n    ipv4_network: 10.0.0\n',
      /stdin:3: ipv4_network '10\.0\.0': not an IPv4 address like/,
    ],
    ['networks:\n  nw-a:\n    ipv4_network: 10.0.0.0/40\n', /stdin:3: ipv4_prefix '40': outside of 1\.\.32/],
    ['networks:\n\n  nw-a: {}\n', /stdin:3: nw-a: ipv4_network is missing/],
    ['networks:\n  a: {ipv4_network: 10.0.0.0}\n', /stdin:2: uuid 'a': .*did you mean nw-a\?/],
    ['networks:\n  - {ipv4_network: 10.0.0.0}\n', /stdin:2: networks: a row without uuid/],
    [
      'networks:\n  - {uuid: nw-a, ipv4_network: 10.0.0.0}\n  - {uuid: nw-a, ipv4_network: 10.0.0.0}\n',
      /stdin:3: network nw-a is said at stdin:2 already/,
    ],
    [
      'networks:\n  nw-abc: {ipv4_network: 10.0.0.0}\ninterfaces:\n  if-a:\n    network: nw-abd\n',
      /stdin:5: network_uuid 'nw-abd': there is no such network; did you mean nw-abc\?/,
    ],
    ['networks: 5\n', /stdin:1: networks: not a list of maps/],
    ['- 5\n', /stdin:1: not a map of collections to rows/],
    ['interfaces:\n  if-a: {enable_routing: perhaps}\n', /stdin:2: enable_routing 'perhaps': (not|neither) /],
    ['interfaces:\n  if-a: {network: [nw-a]}\n', /stdin:2: network_uuid is not one value/],
  ]
  for (const [content, expected] of cases) {
    const { code, stdout, stderr } = await here('plan -f -', content)
    t.same([code, stdout], [4, ''], stderr)
    t.match(stderr, /^vnctl: plan: [^\n]+\n$/)
    t.match(stderr, expected)
  }
  t.match(await here('plan -f /nowhere.yaml'), { code: 1, stderr: /cannot read \/nowhere\.yaml/ })
  t.match(await here('plan'), { code: 2, stderr: /--filename is missing/ })
})

t.test('a router comes back with the network that is replaced, and goes as one thing', async (t) => {
  const { here, json, vnctl } = await serve(t)
  const file = readFileSync(join(EXAMPLES, 'router.yaml'), 'utf8')
  await here('apply -f -', file)
  const moved = file.replaceAll('10.2.0.0/24', '10.2.0.0/16')
  const applied = await here('apply -f -', moved)
  t.equal(applied.code, 0, applied.stderr)
  t.match(applied.stdout, /± network nw-lab [\s\S]*± router network rt-main and nw-lab /)
  t.match(await json('networks show nw-lab'), { ipv4_prefix: 16 })
  t.match(await json('routers networks show rt-main'), { total_count: 2 })
  t.match(await json('interfaces show if-rig1'), { ipv4_address: '10.2.0.10' })
  t.match(await here('plan -f -', moved), { stdout: /^\d+ unchanged\n$/ })
  const gateway = await here('apply -f -', moved.replace('nw-lab=10.2.0.254', 'nw-lab=10.2.0.253'))
  t.equal(gateway.code, 0, gateway.stderr)
  t.match(await json('routers networks show rt-main'), { items: [{}, { ipv4_address: '10.2.0.253' }] })
  t.match(await vnctl('routers del rt-main'), { code: 0, stdout: 'deleted rt-main\n' })
  t.match(await json('routes show'), { total_count: 0 })
})

t.test('IPv6 comes to a network that is there, with its router and its guests', async (t) => {
  const { here, json } = await serve(t)
  const file = (subnet: string, address: string) => `networks:
  nw-a: {ipv4_network: 10.0.0.0/24${subnet}}
interfaces:
  if-a: {network: nw-a, mac_address: '52:54:00:00:00:01', ipv4_address: 10.0.0.9${address}}
routers:
  rt-1: {networks: nw-a}
`
  await here('apply -f -', file('', ''))
  const both = file(", ipv6_network: 'fd00:a::/64'", ', ipv6_address: auto')
  const applied = await here('apply -f -', both)
  t.equal(applied.code, 0, applied.stderr)
  t.notMatch(applied.stdout, /±/, 'nothing is replaced')
  t.match(await json('interfaces show if-a'), {
    ipv4_address: '10.0.0.9',
    ipv6_address: 'fd00:a::5054:ff:fe00:1',
  })
  t.match(await here('plan -f -', both), { stdout: /^\d+ unchanged\n$/ })
  t.match((await here('routers show --columns=uuid,networks')).stdout, /rt-1 +nw-a=10\.0\.0\.1=fd00:a::1\n/)
  const route = '--router-uuid rt-1 --ipv4-network 0.0.0.0 --ipv4-prefix 0 --via 10.0.0.254'
  t.equal((await here(`route add r-out ${route}`)).code, 0)
  t.match(await json('routes show r-out'), { via: '10.0.0.254', ipv4_prefix: 0, network_uuid: 'nw-a' })
  const six = await here('route add --router rt-1 --ipv6-network ::/0 --via 10.0.0.254')
  t.match(six, { code: 4, stderr: /the destination :: is of IPv6, and so must be the next hop/ })
})

t.test('--prune removes what the file does not name, of the collections that it has', async (t) => {
  const { here, json, api } = await serve(t)
  await here('apply -f -', NET)
  await here(
    'batch',
    'networks add nw-other --ipv4-network=10.7.0.0\ndatapaths add dp-a --dpid=0xa\nroute-links add rl-b',
  )
  const less = NET.replace(/ {2}if-a: .*\n/, '')
  const revision = api.store.revision()
  const plan = await here('plan --prune -f -', less)
  t.match(plan.stdout, /- network nw-other\n/)
  t.match(plan.stdout, /- interface if-a\n/)
  t.match(plan.stdout, /- ip lease il-\w+ \(goes along\)\n/)
  t.match(plan.stdout, /- route link rl-b\n/)
  t.notMatch(plan.stdout, /dp-a|if-leg|nw-a\b/, 'neither what is named nor other collections')
  t.match(await here('apply --prune -f -', less), {
    code: 2,
    stderr: /would be deleted and nobody can be asked; say --yes/,
  })
  t.equal(api.store.revision(), revision)
  const applied = await here('apply --prune --yes -f -', less)
  t.equal(applied.code, 0, applied.stderr)
  t.match(await json('interfaces show'), {
    items: [{ uuid: 'if-leg', ipv4_address: '10.0.0.254' }],
    total_count: 1,
  })
  t.match(await json('datapaths show'), { total_count: 1 })
  t.match(await here('apply --prune -f -', less), { code: 0, stdout: /^\d+ unchanged\n$/ })
})

t.test('several files are one; relations are rows of their own', async (t) => {
  const { here, json } = await serve(t)
  const directory = t.testdir({
    'a.yaml': NET,
    'b.yaml':
      "datapaths:\n  dp-a: {dpid: '0xa'}\ndatapath_networks:\n  - {datapath: dp-a, network: nw-a, mac_address: '02:00:00:00:00:77'}\n",
  })
  const line = `apply -f ${directory}/a.yaml -f ${directory}/b.yaml`
  const applied = await here(line)
  t.equal(applied.code, 0, applied.stderr)
  t.match(await json('datapaths networks show dp-a'), { items: [{ uuid: 'nw-a' }] })
  t.match(await here(line), { stdout: /^7 unchanged\n$/ })
  const other = await here(
    'plan -f -',
    "datapath_networks:\n  - {datapath: dp-a, network: nw-a, mac_address: '02:00:00:00:00:78'}\n",
  )
  t.match(
    other.stdout,
    /± datapath network dp-a and nw-a .*\n {4}mac_address: 02:00:00:00:00:77 → 02:00:00:00:00:78\n/,
  )
})

t.test('labels are applied, and -l prunes what has them and nothing else', async (t) => {
  const { here, json } = await serve(t)
  await here(
    'batch',
    'networks add nw-mine --ipv4-network=10.7.0.0 --label team=a\nroute-links add rl-b --label team=b',
  )
  const made = await here('apply --label team=a --label env=test -f -', NET)
  t.equal(made.code, 0, made.stderr)
  t.match(await json('networks show nw-a'), { labels: { team: 'a', env: 'test' } })
  t.match(await json('interfaces show if-a'), { labels: { team: 'a', env: 'test' } })
  t.match(await here('apply --label team=a --label env=test -f -', NET), { stdout: /^5 unchanged\n$/ })
  t.equal((await here('networks show -l env=test -o name')).stdout, 'nw-a\n')
  const said = NET.replace('{ipv4_network: 10.0.0.0/24}', '{ipv4_network: 10.0.0.0/24, labels: {team: c}}')
  t.match((await here('plan -f -', said)).stdout, /labels: env=test,team=a → team=c\n/)

  const less = NET.replace(/ {2}if-a: .*\n/, '')
  const plan = await here('plan --prune -l team=a --label team=a --label env=test -f -', less)
  t.match(plan.stdout, /- network nw-mine\n/, 'of every collection')
  t.match(plan.stdout, /- interface if-a\n/)
  t.notMatch(plan.stdout, /rl-b/, 'without the label it stays')
  t.match(await here('apply --prune --yes --label team=a --label env=test -f -', less), { code: 0 })
  t.match(await json('networks show'), { total_count: 2 }, 'what is set is what is pruned by')
  t.match(await here('apply --prune --yes -l team=a --label team=a -f -', less), { code: 0 })
  t.same((await here('networks show -o name')).stdout, 'nw-a\n')
  t.match(await json('route_links show'), { total_count: 2 })
  t.match(await here('plan -l team=a -f -', less), {
    code: 2,
    stderr: /--selector chooses what --prune removes/,
  })
})

t.test(
  'what a file does not say of a row is as add would make it, but nothing is replaced for that',
  async (t) => {
    const { here, json } = await serve(t)
    await here('apply -f -', NET)
    await here(
      'interfaces modify if-a --port-name eth7 --enable-filtering --display-name mine --label by=hand',
    )
    const plan = await here('plan -f -', NET)
    t.equal(
      plan.stdout,
      '~ interface if-a\n    display_name: mine → if-a\n    port_name: eth7 → (none)\n' +
        '    enable_filtering: true → false\n    labels: by=hand → (none)\n1 to change, 4 unchanged\n',
    )
    await here('apply -f -', NET)
    t.match(await json('interfaces show if-a'), { port_name: null, display_name: 'if-a', labels: {} })
    await here('networks add nw-wide --ipv4-network=10.8.0.0/16')
    const silent = 'networks:\n  nw-wide: {ipv4_network: 10.8.0.0}\n'
    t.match(await here('plan -f -', silent), { stdout: '1 unchanged\n' }, 'the prefix cannot be changed')
  },
)

t.test('a plan tells by its exit code, and what the server would refuse', async (t) => {
  const { here, api } = await serve(t)
  t.match(await here('plan --exit-code -f -', NET), { code: 6, stderr: '', stdout: /^\+ network nw-a\n/ })
  await here('apply -f -', NET)
  t.match(await here('plan --exit-code -f -', NET), { code: 0 })
  const refused = NET.replace('10.0.0.1}', '10.9.0.1}').replaceAll('if-a', 'if-z').replace('00:01', '00:09')
  for (const command of ['plan', 'plan --exit-code', 'apply --dry-run', 'apply']) {
    const { code, stdout, stderr } = await here(`${command} -f -`, refused)
    t.match(
      { code, stderr },
      { code: 4, stderr: /stdin:4: if-z: ipv4_address '10\.9\.0\.1': .*; nothing was changed/ },
    )
    if (command !== 'apply') t.equal(stdout, '', 'no plan that would not be taken')
  }
  t.equal(api.store.revision(), 1)
})

t.test('a directory is its files, a file may have several documents', async (t) => {
  const { here, json } = await serve(t)
  const [networks = '', rest = ''] = NET.split(/(?=interfaces:)/)
  const directory = t.testdir({
    'b.yaml': rest,
    'a.yml': `---\n${networks}---\nnetworks:\n  nw-b: {ipv4_network: 10.1.0.0}\n`,
    'c.json': '{"networks": {"nw-c": {"ipv4_network": "10.2.0.0", "labels": {"app": "web"}}}}',
    'notes.txt': 'none of ours',
    empty: {},
  })
  const { code, stderr } = await here(`apply -f ${directory}`)
  t.equal(code, 0, stderr)
  t.match(await json('networks show'), { total_count: 3 })
  t.match(await here(`plan -f ${directory}`), { stdout: /^7 unchanged\n$/ })
  t.match(await here(`plan -f ${directory}/empty`), {
    code: 1,
    stderr: /there is no \.yaml, \.yml or \.json in /,
  })
  t.match(await here('plan -f -', 'networks: {}\n---\nnetwroks: {}\n'), {
    code: 4,
    stderr: /stdin:3: unknown netwroks/,
  })
})

t.test('rules, associations and what hangs on the leg of a router are rows like others', async (t) => {
  const { here, json } = await serve(t)
  const lines = `networks add nw-a --ipv4-network=10.0.0.0
networks add nw-b --ipv4-network=10.1.0.0
routers add rt-a --network nw-a --network nw-b
interfaces add if-a --network=nw-a --mac-address=52:54:00:00:00:01 --ipv4-address=10.0.0.9
interfaces networks modify if-a nw-b --static
filters add fil-a --interface if-a --mode static
filters static add fil-a --protocol tcp --dst-port 80 --action pass
filters static add fil-a --protocol tcp --dst-port 443 --action pass
`
  t.match(await here('batch', lines), { code: 0 })
  const { items } = (await json('routers networks show rt-a')) as { items: { interface_uuid: string }[] }
  const leg = items[0]?.interface_uuid
  const late = `filters add fil-leg --interface ${leg} --mode static\nfilters static add fil-leg --protocol icmp --action drop\n`
  t.match(await here('batch', late), { code: 0 })
  const exported = await export_(t, here)
  const other = await serve(t)
  const applied = await other.here('apply -f -', exported)
  t.equal(applied.code, 0, applied.stderr)
  t.equal(await export_(t, other.here), exported)
  t.match(await other.json('filters static show fil-leg'), { items: [{ protocol: 'icmp' }] })
  t.match(await other.json('interfaces networks show if-a'), { total_count: 2 })
  const changed = exported.replace('dst_port: 443', 'dst_port: 8443')
  const plan = await other.here('apply --prune --yes -f -', changed)
  t.match(plan.stdout, /\+ filter static fil-a .* 8443\n[\s\S]*- filter static fil-a .* 443\n/)
  t.equal(plan.code, 0, plan.stderr)
  t.match(await other.here('plan --prune --exit-code -f -', changed), { code: 0 })
})

t.test('the bridge of an underlay is changed where it is, and is never away', async (t) => {
  const { here, json } = await serve(t)
  const lines = `datapaths add dp-1 --dpid 1
networks add nw-p --mode physical --ipv4-network 192.0.2.0
interfaces add if-h1 --mode host --owner-datapath dp-1 --network nw-p --mac-address 52:54:00:00:00:01 --ipv4-address 192.0.2.1
interfaces add if-h2 --mode host --owner-datapath dp-1 --network nw-p --mac-address 52:54:00:00:00:02 --ipv4-address 192.0.2.2
topologies add topo-u --mode simple_underlay
topologies datapaths add topo-u dp-1 --interface if-h1
`
  t.match(await here('batch', lines), { code: 0 })
  const exported = await export_(t, here)
  const member = /(topology_datapaths:[\s\S]*interface_uuid: )if-h1\n *ip_lease_uuid: \S+/
  const changed = exported.replace(member, '$1if-h2')
  const { stdout, code, stderr } = await here('apply -f -', changed)
  t.equal(code, 0, stderr)
  t.match(stdout, /~ topology datapath topo-u and dp-1/)
  const done = (await here('changes --since 0')).stdout
  t.notMatch(done, /delete +topology_datapath/)
  t.match(await json('topologies datapaths show topo-u'), { items: [{ interface_uuid: 'if-h2' }] })
})

t.test('every example is mentioned by a name that exists', async (t) => {
  for (const name of examples) t.ok(readFileSync(join(EXAMPLES, name), 'utf8').startsWith('# '), name)
})
