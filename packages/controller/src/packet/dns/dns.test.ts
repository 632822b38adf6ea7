/** DNS: messages of dig and dnsmasq both ways, truncation, streams, and what hostile messages cost. */
import { deepEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import * as packet from '../index.ts'
import * as dns from './index.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const { DNS_TCP_SIZE, DNS_UDP_SIZE } = dns
const HOST = '04 686f7374 07 6578616d706c65 03 6f7267 00'
const QUERY = bytes(`9eda 0120 0001 0000 0000 0001 ${HOST} 0001 0001
  00 0029 04d0 00 00 0000 000c 000a 0008 0f0469ae75ba23ff`)
const ANSWER = bytes(`9eda 8580 0001 0001 0000 0001 ${HOST} 0001 0001
  c00c 0001 0001 00000000 0004 0a010203  00 0029 04d0 00 00 0000 0000`)

const decoded = (message: Uint8Array): dns.DnsMessage => {
  const found = dns.decodeDns(message)
  if (packet.isMalformed(found)) throw new Error(found.malformed)
  return found
}
const reason = (message: Uint8Array): string => {
  const found = dns.decodeDns(message)
  return packet.isMalformed(found) ? found.malformed : 'nothing'
}
const question = { name: 'host.example.org', type: 'A', class: 'IN' } as const
const answerTo = (query: dns.DnsMessage, answers: readonly dns.DnsRecord[]): dns.DnsMessage => ({
  ...query,
  response: true,
  recursion_available: true,
  answers,
})
const addresses = (count: number): dns.DnsRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'A',
    name: question.name,
    ttl: 60,
    data: `10.0.0.${index}`,
  }))

t.test('captured messages decode, and encode to the same bytes', async (t) => {
  const query = decoded(QUERY)
  t.match(query, { id: 0x9eda, response: false, opcode: 0, recursion_desired: true, authentic_data: true })
  t.same(query.questions, [question])
  t.match(query.edns, { udp_size: 1232, version: 0, dnssec_ok: false, options: [{ code: 10 }] })
  t.same(dns.encodeDns(query, DNS_UDP_SIZE), QUERY)
  const answer = decoded(ANSWER)
  t.match(answer, { response: true, authoritative: true, recursion_available: true, rcode: 0 })
  t.match(answer.answers, [{ name: 'host.example.org', type: 'A', ttl: 0, data: '10.1.2.3' }])
  t.same(dns.encodeDns(answer, DNS_UDP_SIZE), ANSWER)
})

t.test('what is malformed says why', async (t) => {
  t.equal(reason(QUERY.subarray(0, 11)), 'cut: shorter than its header')
  t.equal(reason(new Uint8Array(dns.DNS_MAX_DECODED + 1)), 'longer than a message to be read may be')
  t.equal(reason(bytes('0000 0100 ffff ffff ffff ffff')), 'fewer records than its header says')
  t.equal(reason(QUERY.subarray(0, 27)), 'fewer records than its header says')
  t.equal(reason(QUERY.subarray(0, 40)), 'a malformed name or record')
  t.equal(reason(QUERY.subarray(0, 50)), 'a record exceeds the message')
  t.equal(
    reason(bytes('0000 0100 0001 0000 0000 0000 c00c 0001 0001')),
    'a malformed name or record',
    'itself',
  )
  t.equal(
    reason(bytes('0000 0100 0001 0000 0000 0000 03 612e62 00 0001 0001')),
    'a name or class that cannot be answered exactly',
    'a dot in a label',
  )
  t.equal(
    reason(bytes('0000 0100 0001 0000 0000 0000 01 ff 00 0001 0001')),
    'a name or class that cannot be answered exactly',
    'no text',
  )
  const opt = '00 0029 04d0 00 00 0000 0000'
  t.equal(
    reason(bytes(`0000 0100 0000 0000 0000 0002 ${opt} ${opt}`)),
    'an OPT record too many, or out of place',
  )
  const text = `0000 0100 0000 0001 0000 0000 00 0010 0001 00000000 0005`
  t.equal(reason(bytes(text)), 'a record exceeds the message', 'a text past the end')
  t.equal(reason(bytes(`${text} 01`)), 'a record exceeds the message')
  const https = decoded(bytes('0000 0100 0001 0000 0000 0000 00 0041 0001'))
  t.match(https.questions, [{ name: '.', type: 'UNKNOWN_65' }], 'a type that the library does not know')
  t.same(dns.encodeDns(https, 512), bytes('0000 0100 0001 0000 0000 0000 00 0041 0001'))
})

t.test('a query that cannot be read gets a format error', async (t) => {
  t.same(dns.dnsFormatError(QUERY.subarray(0, 20)), bytes('9eda 8101 0000 0000 0000 0000'))
  t.equal(dns.dnsFormatError(ANSWER), undefined, 'an answer gets none')
  t.equal(dns.dnsFormatError(QUERY.subarray(0, 11)), undefined)
})

t.test('an answer keeps to what the asker takes', async (t) => {
  const withEdns = decoded(QUERY)
  const { edns, ...without } = withEdns
  t.equal(dns.dnsUdpSize(withEdns), 1232)
  t.equal(dns.dnsUdpSize({ ...without, edns: { ...edns!, udp_size: 100 } }), 512)
  t.equal(dns.dnsUdpSize({ ...without, edns: { ...edns!, udp_size: 65535 } }), 1232)
  t.equal(dns.dnsUdpSize(without), 512)
  const long = answerTo(without, addresses(40))
  const cut = dns.encodeDns(long, DNS_UDP_SIZE)
  t.ok(cut.length <= DNS_UDP_SIZE && cut.length > DNS_UDP_SIZE - 16, `${cut.length} octets`)
  t.match(decoded(cut), { truncated: true, answers: long.answers.slice(0, 29) })
  t.same(decoded(cut).questions, [question])
  const whole = decoded(dns.encodeDns(long, DNS_TCP_SIZE))
  t.equal(whole.truncated, false)
  t.equal(whole.answers.length, 40)
  const generous = { ...answerTo(withEdns, addresses(10)), additionals: addresses(30) }
  const trimmed = decoded(dns.encodeDns(generous, DNS_UDP_SIZE))
  t.match(
    trimmed,
    { truncated: false, answers: { length: 10 }, additionals: [] },
    'additional ones go unnoticed',
  )
  t.ok(trimmed.edns, 'OPT stays')
  const referral = { ...answerTo(without, []), authorities: addresses(40) }
  t.match(decoded(dns.encodeDns(referral, DNS_UDP_SIZE)), { truncated: true, authorities: [] })
})

t.test('every kind of record that guests ask for', async (t) => {
  const soa = {
    mname: 'ns.example.org',
    rname: 'admin.example.org',
    serial: 1,
    refresh: 2,
    retry: 3,
    expire: 4,
    minimum: 5,
  }
  const texts = Object.freeze(['v=1', 'x'.repeat(255)]) as string[]
  const records: dns.DnsRecord[] = [
    { type: 'AAAA', name: 'a.example.org', ttl: 1, data: 'fd00::1' },
    { type: 'CNAME', name: 'b.example.org', ttl: 2, data: 'a.example.org' },
    { type: 'PTR', name: '1.0.0.10.in-addr.arpa', ttl: 3, data: 'a.example.org' },
    {
      type: 'SRV',
      name: '_sip._tcp.example.org',
      ttl: 4,
      data: { priority: 1, weight: 2, port: 5060, target: 'a.example.org' },
    },
    { type: 'TXT', name: 'c.example.org', ttl: 5, data: texts },
    { type: 'SOA', name: 'example.org', ttl: 6, data: soa },
    { type: 'MX', name: 'example.org', ttl: 7, data: { preference: 10, exchange: 'a.example.org' } },
  ]
  const found = decoded(dns.encodeDns(answerTo(decoded(QUERY), records), DNS_TCP_SIZE))
  const read = texts.map((text) => Buffer.from(text))
  t.match(
    found.answers,
    records.map((record) => (record.type === 'TXT' ? { ...record, data: read } : record)),
  )
  const bad = answerTo(decoded(QUERY), [{ type: 'CNAME', name: 'a', data: `${'x'.repeat(64)}.org` }])
  t.throws(() => dns.encodeDns(bad, 512), { message: `not a domain name: '${'x'.repeat(64)}.org'` })
  const long = answerTo(decoded(QUERY), [{ type: 'TXT', name: 'a', data: 'x'.repeat(256) }])
  t.throws(() => dns.encodeDns(long, 512), { message: "a text of 'a' is longer than 255 octets" })
})

t.test('names are written once, each in its own case, in data where resolvers expect it', async (t) => {
  const query = decoded(bytes(`0001 0100 0001 0000 0000 0000 ${HOST} 0001 0001`))
  const records: dns.DnsRecord[] = [
    { type: 'CNAME', name: 'host.example.org', ttl: 1, data: 'www.example.org' },
    { type: 'A', name: 'www.example.org', ttl: 1, data: '10.0.0.1' },
    { type: 'A', name: 'WWW.example.org', ttl: 1, data: '10.0.0.2' },
    {
      ...{ type: 'SRV', name: 'www.example.org', ttl: 1 },
      data: { priority: 0, weight: 0, port: 1, target: 'www.example.org' },
    },
  ]
  const ttl = '0001 00000001'
  t.equal(
    Buffer.from(dns.encodeDns(answerTo(query, records), 512)).toString('hex'),
    Buffer.from(
      bytes(`0001 8180 0001 0004 0000 0000 ${HOST} 0001 0001
      c00c 0005 ${ttl} 0006 03 777777 c011
      c02e 0001 ${ttl} 0004 0a000001
      03 575757 c011 0001 ${ttl} 0004 0a000002
      c02e 0021 ${ttl} 0017 0000 0000 0001 03 777777 07 6578616d706c65 03 6f7267 00`),
    ).toString('hex'),
  )
})

/** Without what the library adds when it reads. */
const plain = (records: readonly dns.DnsRecord[]): readonly object[] =>
  records.map((record) => {
    const {
      class: _class,
      flush: _flush,
      ...rest
    } = record as dns.DnsRecord & { class?: string; flush?: boolean }
    return rest
  })

t.test('what is compressed reads as what is not, wherever it is cut', async () => {
  const label = fc.constantFrom('a', 'b', 'A', 'org', 'x'.repeat(63))
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'))
  const record: fc.Arbitrary<dns.DnsRecord> = fc.oneof(
    name.map((of) => ({ type: 'A' as const, name: of, ttl: 1, data: '10.0.0.1' })),
    fc.tuple(name, name).map(([of, data]) => ({ type: 'CNAME' as const, name: of, ttl: 1, data })),
    fc.tuple(name, name).map(([of, exchange]) => ({
      ...{ type: 'MX' as const, name: of, ttl: 1, data: { preference: 1, exchange } },
    })),
    fc.tuple(name, name, name).map(([of, mname, rname]) => ({
      ...{ type: 'SOA' as const, name: of, ttl: 1 },
      data: { mname, rname, serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1 },
    })),
  )
  const records = fc.array(record, { maxLength: 30 })
  const query = decoded(QUERY)
  fc.assert(
    fc.property(records, records, fc.integer({ min: 512, max: 4000 }), (answers, authorities, size) => {
      const message = { ...answerTo(query, answers), authorities }
      const written = dns.encodeDns(message, size)
      const found = decoded(written)
      deepEqual(plain(found.answers), answers.slice(0, found.answers.length))
      deepEqual(plain(found.authorities), found.authorities.length === 0 ? [] : authorities)
      deepEqual(found.edns, query.edns)
      deepEqual(
        found.truncated,
        found.answers.length < answers.length ||
          (answers.length === 0 && found.authorities.length < authorities.length),
      )
      return written.length <= size
    }),
    { numRuns: 1000 },
  )
})

t.test('what rows say becomes records', async (t) => {
  const long = 'ä'.repeat(300)
  const rows = [
    ['A', '10.0.0.1', '10.0.0.1'],
    ['AAAA', 'fd00::1', 'fd00::1'],
    ['PTR', 'a.example.org.', 'a.example.org'],
    ['CNAME', 'a.example.org', 'a.example.org'],
    ['SRV', '0 5 5060 .', { priority: 0, weight: 5, port: 5060, target: '.' }],
    ['TXT', long, { length: 3 }],
  ] as const
  const records = rows.map(([type, value]) => dns.dnsRecordOf('x.example.org.', type, value, 60))
  const found = decoded(dns.encodeDns(answerTo(decoded(QUERY), records), DNS_TCP_SIZE))
  t.match(
    found.answers,
    rows.map(([type, , data]) => ({ name: 'x.example.org', type, ttl: 60, data })),
  )
  const text = found.answers.at(-1)
  t.equal(text?.type === 'TXT' && Buffer.concat(text.data as Buffer[]).toString('utf8'), long)
})

t.test('EDNS says what the header has no room for', async (t) => {
  const query = decoded(QUERY)
  const edns = { udp_size: 1232, version: 0, dnssec_ok: true, options: [{ code: 15, data: bytes('000e') }] }
  const refused = { ...answerTo(query, []), rcode: dns.DNS_RCODE.bad_version, edns }
  const found = decoded(dns.encodeDns(refused, DNS_UDP_SIZE))
  t.match(found, {
    rcode: 16,
    edns: { version: 0, dnssec_ok: true, options: [{ code: 15, data: Buffer.from('000e', 'hex') }] },
  })
})

t.test('messages of a stream, however it is cut', async (t) => {
  const stream = new dns.DnsStream(1000)
  t.same(stream.push(bytes('00')), [])
  t.same(stream.push(bytes('02 abcd 00')), [bytes('abcd')])
  t.same(stream.push(bytes('00 0001')), [bytes('')])
  t.same(stream.push(bytes('07')), [bytes('07')])
  t.equal(stream.push(bytes('03e9')), undefined, 'longer than the limit')
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 })
  const messages = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 })
  fc.assert(
    fc.property(messages, cuts, (sent, sizes) => {
      const octets = packet.concat(...sent.map(dns.frameDns))
      const receiver = new dns.DnsStream(100)
      const got: Uint8Array[] = []
      for (let at = 0, turn = 0; at < octets.length; turn += 1) {
        const size = sizes[turn % sizes.length]!
        got.push(...(receiver.push(octets.subarray(at, at + size)) ?? []))
        at += size
      }
      deepEqual(got, sent)
    }),
  )
})

t.test('whatever arrives is a message or a reason, and what was read can be answered', async () => {
  const consume = (message: Uint8Array): void => {
    const found = dns.decodeDns(message)
    if (packet.isMalformed(found)) return void dns.dnsFormatError(message)
    dns.encodeDns(
      { ...answerTo(found, addresses(2)), authorities: [], additionals: [] },
      dns.dnsUdpSize(found),
    )
  }
  const base = fc.constantFrom(QUERY, ANSWER)
  const flips = fc.array(fc.tuple(fc.nat(70), fc.nat(255)), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(base, flips, fc.nat(75), (message, changes, length) => {
      const broken = Uint8Array.from(message)
      for (const [at, value] of changes) broken[at] = value
      consume(broken)
      consume(message.subarray(0, length))
    }),
    { numRuns: 4000 },
  )
  // Types whose data the library reads, with data of any kind.
  const types = fc.constantFrom(
    1,
    2,
    5,
    6,
    12,
    13,
    15,
    16,
    17,
    28,
    33,
    35,
    41,
    43,
    44,
    46,
    47,
    48,
    50,
    52,
    257,
    999,
  )
  fc.assert(
    fc.property(types, fc.nat(80), fc.uint8Array({ maxLength: 80 }), (type, length, data) => {
      const header = bytes('0000 0100 0001 0001 0000 0000 0161 00 0001 0001 c00c')
      const record = bytes(
        `${type.toString(16).padStart(4, '0')} 0001 00000000 ${length.toString(16).padStart(4, '0')}`,
      )
      consume(packet.concat(header, record, data))
    }),
    { numRuns: 4000 },
  )
})

t.test('the worst message that is read costs little', async (t) => {
  // A chain of pointers, each to the one before, and records whose names all begin at its end.
  const size = dns.DNS_MAX_DECODED
  const message = new Uint8Array(size)
  const records = Math.floor(size / 2 / 12)
  const chain = Math.floor((size - 12 - records * 12) / 2) - 10
  message.set(bytes('0000 8000 0000'))
  packet.writeU16(message, 6, records + 1)
  // The chain is the data of a first record of an unknown type.
  message.set(bytes('00 03e7 0001 00000000'), 12)
  packet.writeU16(message, 21, chain * 2)
  for (let index = 1; index < chain; index += 1)
    packet.writeU16(message, 23 + index * 2, 0xc000 | (23 + index * 2 - 2))
  const end = 23 + chain * 2
  for (let index = 0; index < records; index += 1) {
    packet.writeU16(message, end + index * 12, 0xc000 | (end - 2))
    message.set(bytes('03e7 0001 00000000 0000'), end + index * 12 + 2)
  }
  const before = process.cpuUsage()
  const found = decoded(message.subarray(0, end + records * 12))
  const { user } = process.cpuUsage(before)
  t.equal(found.answers.length, records + 1)
  t.comment(`${chain} pointers, ${records} names: ${user / 1000} ms of processor time`)
})
