/** The kinds and the arithmetic of addresses: what is legal, how it is spelt, and what is refused. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import {
  boolean,
  cidrContains,
  dnsName,
  dpid,
  formatCidr,
  fromIpAddress,
  integer,
  ipv4,
  ipv6,
  mac,
  nearest,
  portName,
  RESOURCES,
  type ResourceSpec,
  securityRules,
  text,
  toCidr,
  toIpAddress,
  uuid,
} from './index.ts'

const accepts = (t: Test, kind: { parse: (input: unknown) => unknown }, cases: Record<string, unknown>) => {
  for (const [input, value] of Object.entries(cases))
    t.strictSame(kind.parse(input), { ok: true, value }, input)
}
const refuses = (
  t: Test,
  kind: { parse: (input: unknown) => { ok: boolean } },
  inputs: readonly unknown[],
) => {
  for (const input of inputs) t.equal(kind.parse(input).ok, false, JSON.stringify(input)?.slice(0, 60))
}

t.test('addresses have one spelling', async (t) => {
  accepts(t, mac, { '52-54-00-0D-84-01': '52:54:00:0d:84:01', '02:00:00:00:00:01': '02:00:00:00:00:01' })
  refuses(t, mac, [
    '01:00:5e:00:00:01',
    'ff:ff:ff:ff:ff:ff',
    '00:00:00:00:00:00',
    '52:54:00:0d:84',
    '52:54-00:0d:84:01',
    5,
    null,
  ])
  accepts(t, ipv4, { '172.16.1.1': '172.16.1.1', '0.0.0.0': '0.0.0.0' })
  refuses(t, ipv4, ['010.1.1.1', '172.16.1', '172.16.1.256', '1.2.3.4/24', ' 1.2.3.4', 'fd00::1', 16])
  accepts(t, ipv6, { 'FD00:0::1': 'fd00::1', '::': '::' })
  refuses(t, ipv6, ['fd00::1::2', 'fe80::1%eth0', '1.2.3.4'])
  accepts(t, dpid, { '2fdee8e0a44': '0x000002fdee8e0a44', '0x000002FDEE8E0A44': '0x000002fdee8e0a44' })
  refuses(t, dpid, ['', '0x', '0', '0x0000000000000000', '0x10000000000000000', 'br0'])
})

t.test('numbers, booleans and names say what they are', async (t) => {
  const port = integer(0, 65535)
  accepts(t, port, { '0': 0, '65535': 65535 })
  refuses(t, port, ['65536', '-1', '1.5', '1e3', '', ' 1', true, Number.NaN])
  accepts(t, boolean, { yes: true, T: true, '0': false, No: false })
  refuses(t, boolean, ['', '2', 'on', null])
  refuses(t, portName, ['', 'a b', 'a/b', 'sixteen-chars-xx'])
  refuses(t, text, ['a\u0000', '\ud800', 'caf\ufffd', 'x'.repeat(256), true, null])
  refuses(t, portName, ['\ud800', '\ufffd'])
  accepts(t, text, { 'größe 💥': 'größe 💥', '': '' })
  accepts(t, securityRules, {
    '# all\ntcp:22:0.0.0.0/0, udp:53:sg-dns': '# all\ntcp:22:0.0.0.0/0, udp:53:sg-dns',
    '': '',
  })
  refuses(t, securityRules, [
    'tcp:22',
    'tcp:0:0.0.0.0/0',
    'tcp:65536:0.0.0.0/0',
    'icmp:8:0.0.0.0/0',
    'arp:1:0.0.0.0/0',
    'tcp:22:10.0.0.1/8',
    'tcp:22:nw-1',
    'tcp:22:sg-a:b',
    'a\u0000',
  ])
  accepts(t, dnsName, { www: 'www', 'a_b.example.com.': 'a_b.example.com.' })
  refuses(t, dnsName, ['', '.', 'a..b', 'a b', 'ä', `${'a'.repeat(64)}.b`, 'a.'.repeat(128)])
  refuses(t, uuid('nw'), ['nw-', 'nw-ABC', 'nw-12345678901234567', 'dp-1', 'xnw-1'])
})

t.test('an address is the same number in both directions', async () => {
  fc.assert(fc.property(fc.ipV4(), (text) => fromIpAddress(toIpAddress(text)) === text))
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
      (value) => toIpAddress(fromIpAddress({ family: 6, value })).value === value,
    ),
  )
})

t.test('a subnet contains its addresses and no others', async (t) => {
  t.equal(formatCidr(toCidr('172.16.1.7', 24)), '172.16.1.0/24')
  t.ok(cidrContains(toCidr('172.16.1.0', 24), toIpAddress('172.16.1.255')))
  t.notOk(cidrContains(toCidr('172.16.1.0', 24), toIpAddress('172.16.2.0')))
  t.ok(cidrContains(toCidr('0.0.0.0', 0), toIpAddress('255.255.255.255')))
  t.notOk(cidrContains(toCidr('0.0.0.0', 0), toIpAddress('::1')), 'another family')
  t.ok(cidrContains(toCidr('fd00::', 8), toIpAddress('fdff::1')))
})

t.test('a misspelt name finds the one that was meant', async (t) => {
  t.equal(nearest('ipv4_adress', ['ipv4_address', 'mac_address']), 'ipv4_address')
  t.equal(nearest('Display-Name', ['display_name']), 'display_name')
  t.equal(nearest('netwrok', ['network', 'route']), 'network')
  t.equal(nearest('ab', ['c']), undefined)
  t.equal(nearest('xyz', ['networks', 'routes']), undefined)
  t.equal(nearest('colour', ['mode', 'uuid']), undefined)
  t.equal(nearest('x'.repeat(1000), ['x']), undefined)
})

t.test('every reference points to a resource, and every word has help', async (t) => {
  for (const [name, resource] of Object.entries(RESOURCES) as [string, ResourceSpec][]) {
    t.equal(resource.name, name)
    t.ok(resource.help.endsWith('.'))
    for (const [fieldName, field] of Object.entries(resource.fields)) {
      t.ok(field.help.endsWith('.'), `${name}.${fieldName}`)
      if (field.type === 'reference') t.ok(field.to in RESOURCES, `${name}.${fieldName}`)
    }
  }
})
