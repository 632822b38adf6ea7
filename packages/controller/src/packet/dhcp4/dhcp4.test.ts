/** DHCPv4: messages of udhcpc, dhclient and dnsmasq both ways, options as text, where options flow when there is no room. */
import { DHCP_OPTIONS, dhcpOption, parseDhcpValue } from '@openvnet/schema'
import fc from 'fast-check'
import t from 'tap'
import * as packet from '../index.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const ip = packet.toIpv4
const { DHCP4_OPTION: OPTION, DHCP4_TYPE: TYPE } = packet

/** A captured message: what stands before the client's padding, the options, zeros up to its length. */
const captured = (header: string, options: string, length: number): Uint8Array => {
  const whole = new Uint8Array(length)
  whole.set(bytes(header))
  whole.set(bytes(`63825363 ${options}`), 236)
  return whole
}
const CLIENT = `01010600 56f31f11 0000 0000 00000000 00000000 00000000 00000000 020000000102`
const SERVER = `02010600 56f31f11 0000 0000 00000000 0a00016c 0a000101 00000000 020000000102`
const UDHCPC_DISCOVER = captured(
  CLIENT,
  `350101 39020240 3709 0103060c0f1c2a7779 0c05 6775657374 3c0c 756468637020312e33352e30
  3d07 01020000000102 ff`,
  300,
)
const DNSMASQ_OFFER = captured(
  SERVER,
  `350102 3604 0a000101 3304 00000e10 3a04 00000708 3b04 00000c4e 0104 ffffff00 1c04 0a0001ff 0304 0a000101
  0604 0a000101 0f0b 6578616d706c652e6f7267 790c 00 0a000101 10 0a09 0a000107
  771f 03656e67 07 6578616d706c65 036f7267 00 09 6d61726b6574696e67 c004 c004 ff`,
  352,
)
const DHCLIENT_REQUEST = captured(CLIENT, '350103 3604 0a000101 3204 0a00016c 3707 011c02030f060c ff', 300)

const decoded = (message: Uint8Array): packet.Dhcp4 => {
  const found = packet.decodeDhcp4(message)
  if (packet.isMalformed(found)) throw new Error(found.malformed)
  return found
}
const listOf = (options: packet.OptionMap) => [...options].map(([code, data]) => ({ code, data }))

t.test('captured messages decode, and encode to the same bytes', async (t) => {
  for (const message of [UDHCPC_DISCOVER, DNSMASQ_OFFER, DHCLIENT_REQUEST]) {
    const found = decoded(message)
    t.same(packet.encodeDhcp4(found, listOf(found.options)), { bytes: message, omitted: [] })
  }
  const discover = decoded(UDHCPC_DISCOVER)
  t.match(discover, { type: TYPE.discover, op: 1, xid: 0x56f31f11, chaddr: 0x020000000102, broadcast: false })
  t.same(packet.dhcp4Wishes(discover), {
    requested_address: undefined,
    server_id: undefined,
    lease_time: undefined,
    host_name: 'guest',
    parameters: [1, 3, 6, 12, 15, 28, 42, 119, 121],
    rapid_commit: false,
    max_size: 576,
  })
  t.match(decoded(DNSMASQ_OFFER), { type: TYPE.offer, yiaddr: ip('10.0.1.108'), siaddr: ip('10.0.1.1') })
  const request = decoded(DHCLIENT_REQUEST)
  t.match(packet.dhcp4Wishes(request), { requested_address: ip('10.0.1.108'), server_id: ip('10.0.1.1') })
})

t.test('an offer of dnsmasq explained', async (t) => {
  t.same(listOf(decoded(DNSMASQ_OFFER).options).map(packet.explainDhcp4Option), [
    'message-type=2',
    'server-id=10.0.1.1',
    'lease-time=3600',
    'renewal-time=1800',
    'rebinding-time=3150',
    'subnet-mask=255.255.255.0',
    'broadcast=10.0.1.255',
    'router=10.0.1.1',
    'dns-servers=10.0.1.1',
    'domain-name=example.org',
    'static-routes=0.0.0.0/0 via 10.0.1.1,10.9.0.0/16 via 10.0.1.7',
    'domain-search=eng.example.org,marketing.example.org,example.org',
  ])
  t.equal(
    packet.explainDhcp4Option({ code: 3, data: bytes('0a0001') }),
    'router=0x0a0001',
    'of a wrong length',
  )
  t.equal(packet.explainDhcp4Option({ code: 55, data: bytes('0103') }), 'parameter-list=1,3')
  t.equal(packet.explainDhcp4Option({ code: 222, data: bytes('41 42') }), '222=0x4142')
})

t.test('what is malformed says why', async (t) => {
  const reason = (message: Uint8Array) => {
    const found = packet.decodeDhcp4(message)
    return packet.isMalformed(found) ? found.malformed : 'nothing'
  }
  const changed = (at: number, hex: string): Uint8Array => {
    const message = Uint8Array.from(UDHCPC_DISCOVER)
    message.set(bytes(hex), at)
    return message
  }
  const options = (hex: string) => reason(captured(CLIENT, hex, 300))
  t.equal(reason(UDHCPC_DISCOVER), 'nothing')
  t.equal(reason(UDHCPC_DISCOVER.subarray(0, 239)), 'cut: shorter than a BOOTP message with its cookie')
  t.equal(reason(changed(0, '03')), 'an unknown operation')
  t.equal(reason(changed(1, '06')), 'not for Ethernet')
  t.equal(reason(changed(236, '00')), 'BOOTP: no DHCP cookie')
  t.equal(options('ff'), 'BOOTP: no message type')
  t.equal(options('350109ff'), 'an unknown message type')
  t.equal(options('3502 0101 ff'), 'a message type that is not 1 octet')
  t.equal(options('350101 3203 0a0001 ff'), 'a requested address that is not 4 octets')
  t.equal(options('350101 3605 0a00010101 ff'), 'a server identifier that is not 4 octets')
  t.equal(options('350101 3d01 01 ff'), 'a client identifier of less than 2 octets')
  t.equal(options('350101 0cff 6775'), 'an option exceeds its field')
  t.equal(options('350101 340104 ff'), 'an option exceeds its field', 'option 52 of 4')
  t.equal(reason(captured(CLIENT, '350101', 243)), 'nothing', 'a missing end is forgiven')
})

t.test('options overload the other fields, and parts of one belong together', async (t) => {
  const message = captured(CLIENT, '350101 3402 0103 ff', 300)
  message.set(bytes('350101 340103 0c02 6162 ff'), 240)
  message.set(bytes('0c02 6364 3204 0a00016c ff'), 108)
  message.set(bytes('0c01 65 3604 0a000101 ff'), 44)
  const found = decoded(message)
  t.match(packet.dhcp4Wishes(found), {
    host_name: 'abcde',
    requested_address: ip('10.0.1.108'),
    server_id: ip('10.0.1.1'),
  })
  t.match(found, { file: '', sname: '' })
})

const header: packet.Dhcp4Header = { ...decoded(DNSMASQ_OFFER), sname: '', file: '' }
const filled = (code: number, length: number) => ({ code, data: new Uint8Array(length).fill(code) })

t.test('what does not fit into the options field flows into file and server name', async (t) => {
  const first = { code: OPTION.message_type, data: Uint8Array.of(2) }
  const list = [first, filled(43, 290), filled(12, 100), filled(15, 50), filled(66, 70)]
  const small = packet.encodeDhcp4(header, list, 300)
  t.same(small.omitted, [66])
  t.equal(small.bytes.length <= 548, true, 'a size below 576 counts as 576')
  t.same(
    listOf(decoded(small.bytes).options).filter(({ code }) => code !== OPTION.overload),
    list.slice(0, 4),
  )
  t.same(decoded(small.bytes).options.get(OPTION.overload), Uint8Array.of(3))
  const large = packet.encodeDhcp4(header, list, 1500)
  t.same(large.omitted, [])
  t.same(listOf(decoded(large.bytes).options), list, 'RFC 3396: 290 octets in two parts')
  const named = packet.encodeDhcp4({ ...header, file: 'boot.img', sname: 'boot' }, list, 576)
  t.same(
    named.omitted,
    [12, 15, 66].filter((code) => !decoded(named.bytes).options.has(code)),
  )
  t.match(decoded(named.bytes), { file: 'boot.img', sname: 'boot' })
  t.notOk(decoded(named.bytes).options.has(OPTION.overload))
  t.equal(packet.encodeDhcp4(header, [first]).bytes.length, 300, 'BOOTP asks for 300 octets')
})

t.test('an answer holds what is asked for, in the order of asking', async (t) => {
  const codes = [1, 3, 6, 15, 42, 51, 53, 54, 61, 82, 121]
  const available = new Map(codes.map((code) => [code, Uint8Array.of(code)]))
  const order = (parameters?: number[], unasked?: number[]) =>
    packet.answerOptions(available, parameters, unasked).map(({ code }) => code)
  t.same(order([121, 1, 3, 6, 99]), [53, 54, 51, 61, 121, 1, 3, 6, 82])
  t.same(order([3, 6, 1]), [53, 54, 51, 61, 1, 3, 6, 82], 'the mask before the routers: RFC 2132 §3.3')
  t.same(order([3, 53], [42]), [53, 54, 51, 61, 3, 42, 82])
  t.same(order(), [53, 54, 51, 61, 1, 3, 6, 15, 42, 121, 82])
})

t.test('values of options as octets', async (t) => {
  const data = (word: string, text: string, family: 4 | 6 = 4) => {
    const { form } = dhcpOption(family, word)!
    const canonical = parseDhcpValue(family, form, text)
    if (!canonical.ok) return canonical.reason
    const octets = packet.encodeDhcpValue(family, form, canonical.value)
    t.equal(packet.formatDhcpValue(family, form, octets), canonical.value, `${word} and back`)
    return Buffer.from(octets).toString('hex')
  }
  t.equal(data('router', '10.0.0.1, 10.0.0.2'), '0a0000010a000002')
  t.equal(data('subnet-mask', '255.255.255.0'), 'ffffff00')
  t.equal(data('mtu', '1400'), '0578')
  t.equal(data('time-offset', '-3600'), 'fffff1f0')
  t.equal(data('renewal-time', '4294967295'), 'ffffffff')
  t.equal(data('default-ttl', '64'), '40')
  t.equal(data('ip-forwarding', 'true'), '01')
  t.equal(data('domain-name', 'example.org'), '6578616d706c652e6f7267')
  t.equal(data('boot-file', 'pxe.0'), '7078652e30')
  t.equal(
    data('domain-search', 'eng.apple.com,marketing.apple.com'),
    '03656e67056170706c6503636f6d00096d61726b6574696e67c004',
  )
  // The examples of RFC 3442.
  const routes =
    '0.0.0.0/0 via 10.0.0.1,10.0.0.0/8 via 10.0.0.1,10.17.0.0/16 via 10.0.0.1,10.27.129.0/24 via 10.0.0.1'
  t.equal(data('static-routes', routes), '000a000001080a0a000001100a110a000001180a1b810a000001')
  t.equal(data('static-routes', '10.229.0.128/25 via 0.0.0.0'), '190ae5008000000000')
  t.equal(data('222', '"abc"'), '616263')
  t.equal(data('222', '0x0102ff'), '0102ff')
  t.equal(data('dns-servers', 'fd00::1,fe80::1', 6), `fd00${'0'.repeat(27)}1fe80${'0'.repeat(27)}1`)
  t.equal(data('nis-domain', 'a.org', 6), '0161036f726700')
  t.equal(
    data('domain-search', 'a.org,b.org', 6),
    '0161036f7267000162036f726700',
    'uncompressed: RFC 8415 §10',
  )
})

t.test('what a form says it takes again', async () => {
  const option = fc.constantFrom(
    ...([4, 6] as const).flatMap((family) => DHCP_OPTIONS[family].map((of) => ({ family, ...of }))),
  )
  fc.assert(
    fc.property(option, fc.uint8Array({ maxLength: 40 }), ({ family, form }, data) => {
      const text = packet.formatDhcpValue(family, form, data)
      const canonical = parseDhcpValue(family, form, text)
      if (!canonical.ok || canonical.value !== text) return true
      return packet.formatDhcpValue(family, form, packet.encodeDhcpValue(family, form, text)) === text
    }),
    { numRuns: 3000 },
  )
})

t.test('options survive the way there and back', async () => {
  const code = fc
    .integer({ min: 1, max: 254 })
    .filter((value) => value !== OPTION.overload && value !== OPTION.message_type)
  const lengths = [
    OPTION.requested_address,
    OPTION.lease_time,
    OPTION.server_id,
    OPTION.max_message_size,
    OPTION.client_id,
  ] as readonly number[]
  const one = fc.record({
    code: code.filter((value) => !lengths.includes(value)),
    data: fc.uint8Array({ maxLength: 400 }),
  })
  const list = fc.uniqueArray(one, { maxLength: 8, selector: (option) => option.code })
  fc.assert(
    fc.property(list, fc.integer({ min: 0, max: 1500 }), (options, size) => {
      const all = [{ code: 53, data: Uint8Array.of(5) }, ...options]
      const { bytes: message, omitted } = packet.encodeDhcp4(header, all, size)
      const found = decoded(message)
      const kept = all.every(({ code, data }) => {
        const got = found.options.get(code)
        return got === undefined ? omitted.includes(code) : Buffer.compare(got, data) === 0
      })
      return kept && message.length >= 300 && message.length <= Math.max(size, 576) - 28
    }),
    { numRuns: 500 },
  )
})

t.test('whatever arrives is a message or a reason', async () => {
  const flips = fc.array(fc.tuple(fc.nat(351), fc.nat(255)), { minLength: 1, maxLength: 12 })
  const base = fc.constantFrom(UDHCPC_DISCOVER, DNSMASQ_OFFER, DHCLIENT_REQUEST)
  const consume = (message: Uint8Array): void => {
    const found = packet.decodeDhcp4(message)
    if (packet.isMalformed(found)) return
    packet.dhcp4Wishes(found)
    for (const option of listOf(found.options)) packet.explainDhcp4Option(option)
  }
  fc.assert(
    fc.property(base, flips, fc.nat(352), (message, changes, length) => {
      const broken = Uint8Array.from(message)
      for (const [at, value] of changes) broken[at] = value
      consume(broken)
      consume(message.subarray(0, length))
    }),
    { numRuns: 4000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (options) =>
      consume(packet.concat(UDHCPC_DISCOVER.subarray(0, 240), bytes('350101'), options)),
    ),
    { numRuns: 2000 },
  )
})
