/** DNS for guests with real clients on real Open vSwitch: dig asks the services of simulated interfaces. */
import t from 'tap'
import { until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, walkthrough } from '../scenarios/walkthrough.ts'

const NEAR = '172.16.1.254'
const FAR = '172.16.2.254'

const world = await LabWorld.running(walkthrough)
t.teardown(() => world.close())
const { rest } = world.site

const write = async (method: string, path: string, body: unknown): Promise<void> => {
  const { headers } = await rest.call(method, path, body)
  await rest.call('GET', `wait?revision=${String(headers['x-revision'])}&timeout=20`)
}

for (const [path, body] of [
  ['network_services', { uuid: 'ns-dns1', mode: 'dns', interface_uuid: 'if-vnet1gw' }],
  ['dns_services', { uuid: 'dnss-1', network_service_uuid: 'ns-dns1' }],
  ['network_services', { uuid: 'ns-dns2', mode: 'dns', interface_uuid: 'if-vnet2gw' }],
] as const) {
  await write('POST', path, body)
}
const record = (name: string, value: string, type = 'A') =>
  write('POST', 'dns_services/dnss-1/dns_records', { name, type, value })

interface Dug {
  readonly status: string | undefined
  readonly flags: string
  readonly answers: readonly string[]
  readonly text: string
}

/** Answers are sorted, without TTL and class. */
const dig = async (guest: string, ...words: string[]): Promise<Dug> => {
  const { stdout, stderr } = await world
    .guest(guest)
    .namespace.attempt(['dig', '+time=3', '+tries=2', '+nocookie', ...words])
  const answers = /ANSWER SECTION:\n((?:[^;\n].*\n)*)/.exec(stdout)?.[1] ?? ''
  return {
    status: /status: (\w+)/.exec(stdout)?.[1],
    flags: /flags: ([^;]*)/.exec(stdout)?.[1] ?? '',
    answers: answers
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/\s+\d+\s+IN\s+/, ' ').replace(/\s+/g, ' '))
      .sort(),
    text: stdout + stderr,
  }
}

t.test('records, and names of guests, in any case', async (t) => {
  await record('www.corp.example', '10.0.0.1')
  await record('www.corp.example', '10.0.0.2')
  await record('www.corp.example', 'fd00::1', 'AAAA')
  await write('PUT', 'networks/nw-net1', { domain_name: 'one.example' })
  await write('PUT', 'interfaces/if-veth2', { hostname: 'db' })
  const found = await dig('ns1', `@${NEAR}`, 'WWW.Corp.EXAMPLE', 'A')
  t.match(found, { status: 'NOERROR', flags: /qr aa rd/ })
  t.strictSame(found.answers, ['WWW.Corp.EXAMPLE. A 10.0.0.1', 'WWW.Corp.EXAMPLE. A 10.0.0.2'])
  t.strictSame((await dig('ns1', `@${NEAR}`, 'www.corp.example', 'AAAA')).answers, [
    'www.corp.example. AAAA fd00::1',
  ])
  t.strictSame((await dig('ns1', `@${NEAR}`, 'db.one.example')).answers, ['db.one.example. A 172.16.1.2'])
  t.strictSame((await dig('ns3', `@${FAR}`, 'db.one.example')).answers, ['db.one.example. A 172.16.1.2'])
  t.strictSame((await dig('ns3', `@${NEAR}`, 'www.corp.example')).answers.length, 2, 'from another network')
  t.strictSame((await dig('ns1', `@${NEAR}`, '-x', '172.16.1.2')).answers, [
    '2.1.16.172.in-addr.arpa. PTR db.one.example.',
  ])
})

t.test('what is not there, and what is not ours', async (t) => {
  const gone = await dig('ns1', `@${NEAR}`, 'nobody.one.example')
  t.match(gone, { status: 'NXDOMAIN', text: /one\.example\.\s+5\s+IN\s+SOA/ })
  t.match(await dig('ns1', `@${NEAR}`, 'db.one.example', 'AAAA'), { status: 'NOERROR', text: /SOA/ })
  t.match(await dig('ns1', `@${NEAR}`, 'example.com'), { status: 'REFUSED' })
  t.match(await dig('ns1', `@${NEAR}`, 'www.corp.example', 'CH', 'TXT'), { status: 'REFUSED' })
  await write('PUT', 'interfaces/if-veth2', { hostname: null })
  t.match(await dig('ns1', `@${NEAR}`, 'db.one.example'), { status: 'NXDOMAIN' }, 'gone at once')
})

t.test('EDNS or not, and too much for a datagram', async (t) => {
  for (let n = 10; n < 60; n += 1)
    await rest.call('POST', 'dns_services/dnss-1/dns_records', {
      name: 'many.corp.example',
      value: `10.1.0.${n}`,
    })
  await record('many.corp.example', '10.1.0.60')
  const words = [`@${NEAR}`, 'many.corp.example', '+ignore']
  const plain = await dig('ns1', ...words, '+noedns')
  t.match(plain, { status: 'NOERROR', flags: /tc/ })
  t.notMatch(plain.text, /EDNS/)
  const small = await dig('ns1', ...words, '+bufsize=600')
  t.match(small, { status: 'NOERROR', flags: /tc/, text: /EDNS: version: 0/ })
  t.ok(small.answers.length > plain.answers.length && small.answers.length < 51)
  t.match(
    await dig('ns1', ...words),
    { flags: /^(?!.* tc)/, answers: { length: 51 } },
    'names are compressed',
  )
  t.match(await dig('ns1', `@${NEAR}`, 'vm3', '+edns=1', '+noednsneg'), { status: 'BADVERS' })
})

const NAME_SERVER = [
  ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', '--user=root', '--port=53'],
  ...['--listen-address=127.0.0.1', '--bind-interfaces', '--no-resolv', '--no-hosts', '--log-facility=-'],
  ...['--local=/elsewhere.example/', '--host-record=www.elsewhere.example,192.0.2.7,2001:db8::7'],
  `--txt-record=long.elsewhere.example,${Array.from({ length: 12 }, (_, n) => `${n}`.repeat(100)).join(',')}`,
]

t.test('over TCP: after a cut answer, alone, several in a connection, from another network', async (t) => {
  const whole = await dig('ns1', `@${NEAR}`, 'many.corp.example', '+bufsize=600')
  t.match(whole, { status: 'NOERROR', answers: { length: 51 }, text: /\(TCP\)/ })
  t.match(await dig('ns3', '+tcp', `@${NEAR}`, 'many.corp.example'), { answers: { length: 51 } })
  const kept = await dig(
    'ns1',
    '+tcp',
    '+keepopen',
    `@${NEAR}`,
    'www.corp.example',
    'nobody.one.example',
    'www.corp.example',
    'AAAA',
  )
  t.strictSame(
    kept.text.match(/status: \w+/g),
    ['status: NOERROR', 'status: NXDOMAIN', 'status: NOERROR'],
    kept.text,
  )
  const eight = await Promise.all(
    Array.from({ length: 8 }, () => dig('ns1', '+tcp', `@${NEAR}`, 'many.corp.example')),
  )
  t.ok(eight.every(({ answers }) => answers.length === 51))
  const perl = await world.guest('ns1').namespace.attempt([
    'perl',
    '-MIO::Socket::INET',
    '-e',
    `my $s = IO::Socket::INET->new(PeerAddr => "${NEAR}:53", Timeout => 5) or die "$!"; print $s "\\xff\\xff"; $s->flush;
     my $n = sysread $s, my $b, 1; print defined $n ? "end $n" : "$!"`,
  ])
  t.match(perl.stdout, /Connection reset by peer/, 'a length that no question has')
})

t.test('names of others come from others', async (t) => {
  const server = await world.site.host.start(NAME_SERVER, { ready: 'started' })
  t.teardown(() => server.stop())
  // Nobody is at the first one.
  await write('PUT', 'dns_services/dnss-1', { public_dns: '127.0.0.9,127.0.0.1' })
  const found = await dig('ns1', `@${NEAR}`, 'www.elsewhere.example', 'AAAA')
  t.match(found, { status: 'NOERROR', flags: /rd ra/ }, found.text)
  t.strictSame(found.answers, ['www.elsewhere.example. AAAA 2001:db8::7'])
  t.match(
    await dig('ns3', `@${NEAR}`, 'nobody.elsewhere.example'),
    { status: 'NXDOMAIN' },
    'from another network',
  )
  t.match(await dig('ns1', `@${NEAR}`, 'long.elsewhere.example', 'TXT', '+noedns', '+ignore'), {
    flags: /tc/,
  })
  const long = await dig('ns1', `@${NEAR}`, 'long.elsewhere.example', 'TXT', '+noedns')
  t.match(long, { flags: /^qr (aa )?rd ra$/, answers: { length: 1 }, text: /\(TCP\)/ })
  await record('out.corp.example', 'www.elsewhere.example', 'CNAME')
  t.strictSame((await dig('ns1', `@${NEAR}`, 'out.corp.example')).answers, [
    'out.corp.example. CNAME www.elsewhere.example.',
    'www.elsewhere.example. A 192.0.2.7',
  ])
  t.match(await dig('ns1', `@${NEAR}`, 'www.corp.example'), { flags: /aa rd ra/ }, 'ours stay ours')
  await write('PUT', 'dns_services/dnss-1', { public_dns: '127.0.0.9' })
  t.match(await dig('ns1', `@${NEAR}`, 'www.elsewhere.example'), { status: 'SERVFAIL' })
  await write('PUT', 'dns_services/dnss-1', { public_dns: null })
  t.match(await dig('ns1', `@${NEAR}`, 'www.elsewhere.example'), { status: 'REFUSED' })
})

t.test('a restart sends nothing, and answers are counted', async (t) => {
  const punts = async (): Promise<Record<string, number>> =>
    ((await world.site.datapath(BR0.dpid)) as unknown as { punts: Record<string, Record<string, number>> })
      .punts['dns'] ?? {}
  await until('the report', async () => ((await punts())['answered'] ?? 0) > 10)
  t.equal((await punts())['failed'], undefined, 'no program failed')
  await world.site.restart('SIGKILL')
  await world.site.converged(BR0.dpid)
  t.match(await world.site.datapath(BR0.dpid), { flow_mods_sent: 0, meter_mods_sent: 0, refused: 0 })
  t.equal((await dig('ns1', `@${NEAR}`, 'www.corp.example')).answers.length, 2)
})
