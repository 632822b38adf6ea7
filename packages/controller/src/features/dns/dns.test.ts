/** Names and their answers from rows, questions as packets, and the flows that bring them. */
import type { ResourceName, Row } from '@openvnet/schema'
import t from 'tap'
import { compile, interfaceRow, linesOf } from '../../../test/flow_lines.ts'
import type { PacketAnswer, PuntedPacket } from '../../engine/packet.ts'
import { PlainView } from '../../engine/plain_view.ts'
import type { View } from '../../engine/view.ts'
import { Model } from '../../model/model.ts'
import * as dns from '../../packet/dns/index.ts'
import * as packet from '../../packet/index.ts'
import { dnsHandler } from './handler.ts'

const model = new Model()
const view: View = new PlainView({
  model,
  ports: {},
  peers: {},
  crowd: 9,
} as unknown as ConstructorParameters<typeof PlainView>[0])
const set = <N extends ResourceName>(resource: N, row: Partial<Row<N>> & { readonly id: number }): void =>
  model.apply({ resource, id: row.id, row } as never, () => undefined)
const remove = (resource: ResourceName, id: number): void =>
  model.apply({ resource, id, row: null } as never, () => undefined)

const network = (id: number, domain_name: string, more: Partial<Row<'network'>> = {}): void =>
  set('network', {
    ...{ id, uuid: `nw-${id}`, domain_name, mode: 'virtual', segment_id: null },
    ...{ ipv4_network: `172.16.${id}.0`, ipv4_prefix: 24, ipv6_network: `fd00:${id}::`, ipv6_prefix: 64 },
    ...more,
  })
const guest = (id: number, hostname: string | null, addresses: Readonly<Record<number, string[]>>): void => {
  set('interface', interfaceRow({ id, mac: null, addresses: {}, hostname }))
  for (const [network_id, some] of Object.entries(addresses))
    for (const [index, address] of some.entries())
      set('ip_lease', {
        ...{ id: id * 100 + Number(network_id) * 10 + index, uuid: `il-${id}${network_id}${index}` },
        ...{ network_id: Number(network_id), mac_lease_id: id, interface_id: id, address },
      })
}
const record = (
  id: number,
  name: string,
  type: Row<'dns_record'>['type'],
  value: string,
  ttl: number | null = null,
) => set('dns_record', { id, uuid: `dnsr-${id}`, dns_service_id: 1, name, type, value, ttl })

network(1, 'One.example')
network(2, 'two.example', { ipv4_prefix: 20 })
network(3, 'three.example')
network(4, 'one.example')
for (const [id, network_id] of [
  [1, 1],
  [2, 2],
] as const)
  set('route', { id, uuid: `r-${id}`, route_link_id: 1, network_id, interface_id: 8 })
for (const [id, mac_address] of [
  [1, '52:54:00:00:00:01'],
  [3, '52:54:00:00:00:01'],
  [99, '52:54:00:00:00:01'],
] as const)
  set('mac_lease', { id, uuid: `ml-${id}`, interface_id: id, mac_address })
guest(1, 'web', { 1: ['172.16.1.1', 'fd00:1::1'] })
guest(2, 'db', { 1: ['172.16.1.2'], 2: ['172.16.2.2'] })
guest(3, 'secret', { 3: ['172.16.3.3'], 4: ['172.16.4.4'] })
guest(8, null, { 1: ['172.16.1.254', 'fd00:1::fe'] })
set('network_service', { id: 1, uuid: 'ns-1', mode: 'dns', interface_id: 8 })
set('dns_service', { id: 1, uuid: 'dnss-1', network_service_id: 1, public_dns: null })
record(1, 'www.corp.example', 'A', '10.0.0.1')
record(2, 'WWW.corp.example.', 'A', '10.0.0.2', 60)
record(3, 'alias.corp.example', 'CNAME', 'web.one.example')
record(4, '_sip._tcp.corp.example', 'SRV', '0 5 5060 www.corp.example')
record(5, 'www.corp.example', 'TXT', 'hello')
record(6, 'loop.corp.example', 'CNAME', 'pool.corp.example')
record(7, 'pool.corp.example', 'CNAME', 'loop.corp.example')
record(8, 'out.corp.example', 'CNAME', 'www.elsewhere.example')
record(9, 'vm3', 'A', '10.0.0.3')
record(10, '1.2.0.192.in-addr.arpa', 'PTR', 'www.corp.example')

const state = dnsHandler.createState()
const MACS = { guest: 0x525400000001, leg: 0x525400740000 }
const V4 = { src: packet.toIpv4('172.16.1.1'), dst: packet.toIpv4('172.16.1.254') }
const V6 = { src: (0xfd00_0001n << 96n) | 1n, dst: (0xfd00_0001n << 96n) | 0xfen }

const frameOf = (payload: Uint8Array, family: 4 | 6 = 4): Uint8Array => {
  const at = { src: MACS.guest, dst: MACS.leg }
  if (family === 4) {
    const udp = packet.buildUdp({ src: 4000, dst: 53, payload }, V4)
    const whole = packet.buildIpv4({ ...V4, protocol: 17, payload: udp })
    return packet.buildEthernet({ ...at, eth_type: 0x0800, payload: whole })
  }
  const udp = packet.buildUdp({ src: 4000, dst: 53, payload }, V6)
  const header = { traffic_class: 0, flow_label: 0, hop_limit: 64, next_header: 17 }
  return packet.buildEthernet({
    ...at,
    eth_type: 0x86dd,
    payload: packet.buildIpv6({ ...header, ...V6, payload: udp }),
  })
}

const handle = (frame: Uint8Array, more: Partial<PuntedPacket> = {}): PacketAnswer => {
  const met = {
    dpid: '0x1',
    reason: 'dns_query',
    ingress_interface: 1,
    domain: 1,
    leg: 8,
    router: 0,
    ingress_domain: more.domain ?? 1,
  } as const
  return dnsHandler.handle({ ...met, frame, ...more }, { view, state, now: 0 })
}

const FLAGS = { authoritative: false, truncated: false, recursion_available: false, authentic_data: false }
const query = (name: string, type: string, more: Partial<dns.DnsMessage> = {}): dns.DnsMessage => ({
  ...{
    id: 0x1234,
    response: false,
    opcode: 0,
    rcode: 0,
    ...FLAGS,
    recursion_desired: true,
    checking_disabled: false,
  },
  questions: [{ name, type, class: 'IN' } as dns.DnsMessage['questions'][number]],
  ...{ answers: [], authorities: [], additionals: [] },
  ...more,
})

const payloadIn = (answer: PacketAnswer, family: 4 | 6 = 4): Uint8Array => {
  if (!('send' in answer)) throw new Error(JSON.stringify(answer))
  const [sent] = answer.send
  const ip = packet.parseEthernet(sent!.frame)!.payload
  if (family === 6) {
    const whole = packet.parseIpv6(ip)!
    return packet.parseUdp(whole.payload, whole)!.payload
  }
  const whole = packet.parseIpv4(ip)!
  return packet.parseUdp(whole.payload, whole)!.payload
}
const decoded = (bytes: Uint8Array): dns.DnsMessage => {
  const message = dns.decodeDns(bytes)
  if (packet.isMalformed(message)) throw new Error(message.malformed)
  return message
}
const ask = (name: string, type: string, more: Partial<PuntedPacket> = {}): dns.DnsMessage =>
  decoded(payloadIn(handle(frameOf(dns.encodeDns(query(name, type), 512)), more)))
const textOf = (one: dns.DnsRecord): string =>
  `${one.name} ${'ttl' in one ? one.ttl : ''} ${one.type} ${JSON.stringify('data' in one ? one.data : '')}`
const answers = (...of: Parameters<typeof ask>): string[] => ask(...of).answers.map(textOf)

t.test('the answer goes back as the question came, to the octet', async (t) => {
  const answer = handle(frameOf(dns.encodeDns(query('WeB.One.example', 'A'), 512)))
  t.match(answer, { send: [{ at: 'bridging', slices: { domain: 1 } }] })
  if (!('send' in answer)) return
  const hex = Buffer.from(answer.send[0]!.frame).toString('hex')
  t.equal(hex.slice(0, 28), '525400000001' + '525400740000' + '0800')
  t.equal(hex.slice(52, 68), 'ac1001fe' + 'ac100101', 'addresses')
  t.equal(hex.slice(68, 76), '0035' + '0fa0', 'ports')
  const NAME = '03576542034f6e65076578616d706c6500'
  t.equal(hex.slice(84), `1234${'8500'}0001000100000000${NAME}00010001${'c00c'}000100010000001e0004ac100101`)
  const over6 = handle(frameOf(dns.encodeDns(query('web.one.example', 'AAAA'), 512), 6))
  t.match(decoded(payloadIn(over6, 6)).answers, [{ type: 'AAAA', data: 'fd00:1::1' }])
})

t.test('to who is behind another router the answer is routed', async (t) => {
  const routed = Uint8Array.from(frameOf(dns.encodeDns(query('vm3', 'A'), 512)))
  routed[8] = 0x77
  t.match(handle(routed, { router: 7 }), { send: [{ at: 'route', slices: { router: 7 } }] })
  t.match(handle(routed), { dropped: 'the way back is not known' })
})

t.test('names of rows: several, in any case, of every type', async (t) => {
  t.strictSame(answers('WWW.Corp.example', 'A'), [
    'WWW.Corp.example 300 A "10.0.0.1"',
    'WWW.Corp.example 60 A "10.0.0.2"',
  ])
  t.strictSame(answers('vm3', 'A'), ['vm3 300 A "10.0.0.3"'])
  t.strictSame(answers('_sip._tcp.corp.example', 'SRV'), [
    '_sip._tcp.corp.example 300 SRV {"priority":0,"weight":5,"port":5060,"target":"www.corp.example"}',
  ])
  t.strictSame(
    ask('_sip._tcp.corp.example', 'SRV').additionals.map(textOf),
    ['www.corp.example 300 A "10.0.0.1"', 'www.corp.example 60 A "10.0.0.2"'],
    'with the addresses of the target (RFC 2782)',
  )
  t.match(ask('www.corp.example', 'TXT').answers, [{ type: 'TXT', data: [Buffer.from('hello')] }])
  t.strictSame(answers('alias.corp.example', 'AAAA'), [
    'alias.corp.example 300 CNAME "web.one.example"',
    'web.one.example 30 AAAA "fd00:1::1"',
  ])
  t.strictSame(answers('alias.corp.example', 'CNAME'), ['alias.corp.example 300 CNAME "web.one.example"'])
  t.equal(ask('loop.corp.example', 'A').rcode, dns.DNS_RCODE.server_failure)
  t.strictSame(answers('out.corp.example', 'A'), ['out.corp.example 300 CNAME "www.elsewhere.example"'])
  t.strictSame(answers('1.2.0.192.in-addr.arpa', 'PTR'), [
    '1.2.0.192.in-addr.arpa 300 PTR "www.corp.example"',
  ])
  t.strictSame(answers('www.corp.example', 'ANY').length, 2, 'of one type (RFC 8482)')
})

t.test('no such name, nothing of the type, and what others may know', async (t) => {
  const { no_error, name_error, refused } = dns.DNS_RCODE
  const gone = ask('nobody.one.example', 'A')
  t.match(gone, { rcode: name_error, authoritative: true, answers: [] })
  t.match(gone.authorities, [{ type: 'SOA', name: 'one.example', ttl: 5, data: { minimum: 5 } }])
  t.match(ask('db.one.example', 'AAAA'), {
    rcode: no_error,
    authoritative: true,
    authorities: [{ type: 'SOA' }],
  })
  t.match(ask('www.corp.example', 'AAAA'), { rcode: no_error, authorities: [{ name: 'www.corp.example' }] })
  t.match(ask('_tcp.corp.example', 'A'), { rcode: no_error }, 'names are below it')
  t.match(ask('one.example', 'SOA'), { rcode: no_error, answers: [{ type: 'SOA', name: 'one.example' }] })
  t.match(ask('example.com', 'A'), { rcode: refused, authoritative: false, authorities: [] })
})

t.test('names of guests and back, and none of networks that cannot be reached', async (t) => {
  t.strictSame(answers('db.one.example', 'A'), ['db.one.example 30 A "172.16.1.2"'])
  t.strictSame(answers('db.two.example', 'A'), ['db.two.example 30 A "172.16.2.2"'], 'routed')
  t.strictSame(answers('2.2.16.172.in-addr.arpa', 'PTR'), ['2.2.16.172.in-addr.arpa 30 PTR "db.two.example"'])
  t.match(ask('secret.three.example', 'A').rcode, dns.DNS_RCODE.refused, 'as if there were no such network')
  t.match(ask('secret.one.example', 'A').rcode, dns.DNS_RCODE.name_error, 'another network of the same name')
  t.match(
    ask('3.3.16.172.in-addr.arpa', 'PTR').rcode,
    dns.DNS_RCODE.name_error,
    'in 172.16.0.0/20 of network 2',
  )
  t.match(
    ask('3.3.16.172.in-addr.arpa', 'PTR', { domain: 9, ingress_interface: 99 }).rcode,
    dns.DNS_RCODE.refused,
  )
  t.strictSame(answers('secret.three.example', 'A', { domain: 3, ingress_interface: 3 }).length, 1)
  const nibbles = `1.${'0.'.repeat(23)}1.0.0.0.0.0.d.f.ip6.arpa`
  t.strictSame(answers(nibbles, 'PTR'), [`${nibbles} 30 PTR "web.One.example"`.replace('One', 'one')])
  t.match(ask('1.16.172.in-addr.arpa', 'PTR'), {
    rcode: 0,
    authorities: [{ type: 'SOA', name: '1.16.172.in-addr.arpa' }],
  })
  t.match(ask('9.1.16.172.in-addr.arpa', 'PTR').authorities, [{ name: '1.16.172.in-addr.arpa' }])
})

t.test('changes of rows take effect at once', async (t) => {
  guest(5, 'new', { 1: ['172.16.1.5'] })
  t.strictSame(answers('new.one.example', 'A'), ['new.one.example 30 A "172.16.1.5"'])
  set('interface', interfaceRow({ id: 5, mac: null, addresses: {}, hostname: 'newer' }))
  t.equal(ask('new.one.example', 'A').rcode, dns.DNS_RCODE.name_error)
  t.strictSame(answers('5.1.16.172.in-addr.arpa', 'PTR'), [
    '5.1.16.172.in-addr.arpa 30 PTR "newer.one.example"',
  ])
  remove('ip_lease', 510)
  t.equal(ask('newer.one.example', 'A').rcode, dns.DNS_RCODE.name_error)
  record(9, 'vm3', 'A', '10.0.0.4')
  t.strictSame(answers('vm3', 'A'), ['vm3 300 A "10.0.0.4"'])
})

t.test('what is no question for us gets what the RFCs say', async (t) => {
  const send = (message: dns.DnsMessage) => decoded(payloadIn(handle(frameOf(dns.encodeDns(message, 512)))))
  const { not_implemented, refused, format_error, bad_version } = dns.DNS_RCODE
  const edns = { udp_size: 4096, version: 1, dnssec_ok: true, options: [] }
  t.match(send(query('a', 'A', { opcode: 5 })), { id: 0x1234, rcode: not_implemented, response: true })
  t.match(send(query('a', 'A', { questions: [] })), { rcode: format_error })
  t.match(send(query('a', 'AXFR')), { rcode: refused })
  t.match(send(query('a', 'A', { questions: [{ name: 'a', type: 'A', class: 'CH' }] })), { rcode: refused })
  t.match(send(query('vm3', 'A', { edns })), { rcode: bad_version, edns: { version: 0, udp_size: 1232 } })
  t.match(send(query('vm3', 'A', { edns: { ...edns, version: 0 } })), { rcode: 0, edns: { dnssec_ok: true } })
  t.notOk(send(query('vm3', 'A')).edns)
  t.match(handle(frameOf(dns.encodeDns(query('a', 'A', { response: true }), 512))), { dropped: /^an answer/ })
  const cut = dns.encodeDns(query('vm3', 'A'), 512).subarray(0, 15)
  t.equal(Buffer.from(payloadIn(handle(frameOf(cut)))).toString('hex'), '123481010000000000000000')
})

t.test('what is not ours is asked outside, and what comes goes on', async (t) => {
  const asks = (name: string, type = 'A', more: Partial<dns.DnsMessage> = {}) => {
    const answer = handle(frameOf(dns.encodeDns(query(name, type, more), 512)))
    if (!('ask' in answer)) throw new Error(JSON.stringify(answer))
    return answer.ask[0]!
  }
  set('dns_service', { id: 1, uuid: 'dnss-1', network_service_id: 1, public_dns: '192.0.2.1,2001:db8::1' })
  const errand = asks('Some.example', 'AAAA')
  t.match(errand, { guest: 1, servers: ['192.0.2.1', '2001:db8::1'], stream: false })
  t.match(decoded(errand.query), {
    questions: [{ name: 'Some.example', type: 'AAAA' }],
    recursion_desired: true,
  })
  t.notOk(decoded(errand.query).edns)
  const edns = { udp_size: 4096, version: 0, dnssec_ok: true, options: [] }
  t.match(decoded(asks('some.example', 'A', { edns }).query).edns, { udp_size: 1232, dnssec_ok: true })
  t.match(decoded(payloadIn(errand.resume(undefined))), { id: 0x1234, rcode: dns.DNS_RCODE.server_failure })
  const answer = { ...decoded(errand.query), response: true, recursion_available: true, authentic_data: true }
  const record = { type: 'A', name: 'some.example', ttl: 5, data: '192.0.2.7' } as const
  const came = dns.encodeDns({ ...answer, answers: [record] }, 512)
  const relayed = payloadIn(errand.resume(came))
  t.match(decoded(relayed), {
    id: 0x1234,
    answers: [record],
    authentic_data: false,
    recursion_available: true,
  })
  t.same(relayed.subarray(4), came.subarray(4), 'as it came')
  const many = Array.from({ length: 60 }, () => record)
  const cut = decoded(payloadIn(errand.resume(dns.encodeDns({ ...answer, answers: many }, 9000))))
  t.match(cut, { truncated: true, answers: [] })
  const alias = asks('out.corp.example')
  t.match(decoded(alias.query).questions, [{ name: 'www.elsewhere.example' }])
  const followed = decoded(payloadIn(alias.resume(dns.encodeDns({ ...answer, answers: [record] }, 512))))
  t.match(followed.answers, [{ type: 'CNAME', data: 'www.elsewhere.example' }, record])
  t.equal(decoded(payloadIn(alias.resume(Uint8Array.of(1)))).rcode, dns.DNS_RCODE.server_failure)
  const parent = asks('_tcp.corp.example')
  const denied = dns.encodeDns({ ...decoded(parent.query), response: true, rcode: 3 }, 512)
  t.equal(decoded(payloadIn(parent.resume(denied))).rcode, 0, 'names of ours are below it')
  t.match(handle(frameOf(dns.encodeDns(query('some.example', 'A', { recursion_desired: false }), 512))), {
    send: { length: 1 },
  })
  t.match(ask('web.one.example', 'A'), { recursion_available: true, answers: { length: 1 } })
  set('dns_service', { id: 1, uuid: 'dnss-1', network_service_id: 1, public_dns: null })
})

t.test('a long answer is cut to what the asker takes', async (t) => {
  for (let id = 100; id < 200; id += 1) record(id, 'many.corp.example', 'A', `10.1.0.${id}`)
  const plain = payloadIn(handle(frameOf(dns.encodeDns(query('many.corp.example', 'A'), 512))))
  t.ok(plain.length <= 512 && decoded(plain).truncated)
  const edns = { udp_size: 4096, version: 0, dnssec_ok: false, options: [] }
  const large = payloadIn(handle(frameOf(dns.encodeDns(query('many.corp.example', 'A', { edns }), 512))))
  t.ok(large.length > 512 && large.length <= 1232 && decoded(large).truncated)
})

t.test('questions to the service go to the program, by leg and by router', async (t) => {
  const interfaces = [
    { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' } },
    { id: 2, mac: '52:54:00:00:00:02', addresses: { 2: '172.16.2.2' } },
    {
      id: 8,
      mode: 'simulated' as const,
      mac: '52:54:00:74:00:00',
      addresses: { 1: ['172.16.1.254', 'fd00:1::fe'] },
    },
    { id: 9, mode: 'simulated' as const, mac: '52:54:00:74:00:09', addresses: { 3: '172.16.3.254' } },
    { id: 3, mac: '52:54:00:00:00:03', addresses: { 3: '172.16.3.3' } },
  ]
  const routes = [{ interface_id: 8, network_id: 1, destination: '172.16.1.0', prefix: 24 }]
  const services = [{ interface_id: 8, mode: 'dns' as const }]
  const networks = { 1: '172.16.1.0', 2: '172.16.2.0', 3: '172.16.3.0' }
  const tables = await compile({ networks, interfaces, routes, services }, 3)
  const lines = linesOf(tables, 'dns')
  const PUNT =
    'actions=load:0x8->NXM_NX_REG2[],load:0x4->NXM_NX_REG5[0..7],load:0x10->NXM_NX_REG5[8..15],goto_table:punt'
  const reached = ['reg2=0x8,metadata=0x1/0xffffffff', 'reg3=0x1']
  const expected = ['', '6'].flatMap((v) =>
    ['udp', 'tcp'].flatMap((proto) =>
      reached.map((by) => {
        const address = v === '' ? 'nw_dst=172.16.1.254' : 'ipv6_dst=fd00:1::fe'
        return `table=router_address, priority=300,${proto}${v},${by},${address},tp_dst=53 ${PUNT}`
      }),
    ),
  )
  t.strictSame(lines.filter((line) => line.startsWith('table=router_address')).sort(), expected.sort())
  t.strictSame(
    lines.filter((line) => line.startsWith('table=punt')),
    ['table=punt, priority=200,reg0=0x1,reg5=0x4/0xff actions=meter:1140850689,controller(userdata=04)'],
  )
})
