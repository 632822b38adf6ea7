/** Names on the wire: the example of RFC 3397, limits, and pointers that lead nowhere. */
import fc from 'fast-check'
import t from 'tap'
import * as packet from './index.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const compressed = { compressed: true }

t.test('the search list of RFC 3397 §2 both ways', async (t) => {
  const names = ['eng.apple.com', 'marketing.apple.com']
  const golden = bytes('03 656e67 05 6170706c65 03 636f6d 00 09 6d61726b6574696e67 c004')
  t.same(packet.compressDomainNames(names), golden)
  t.same(packet.decodeDomainNames(golden, compressed), names)
  t.equal(packet.decodeDomainNames(golden), undefined, 'where pointers are not allowed')
})

t.test('limits of names', async (t) => {
  const long = 'a'.repeat(63)
  t.ok(packet.isDomainName(long))
  t.ok(packet.isDomainName('_sip._tcp.example.org.'), 'with the dot of the root')
  t.notOk(packet.isDomainName(`a${long}`))
  t.ok(packet.isDomainName(`${long}.${long}.${long}.${'b'.repeat(61)}`))
  t.notOk(packet.isDomainName(`${long}.${long}.${long}.${'b'.repeat(62)}`))
  for (const name of ['', '.', 'a..b', '.a', 'a b', 'ä']) t.notOk(packet.isDomainName(name), `'${name}'`)
  t.throws(() => packet.encodeDomainNames(['a..b']), { message: "not a domain name: 'a..b'" })
})

t.test('pointers only lead back', async (t) => {
  const malformed = {
    self: 'c000',
    ahead: '0161 c004 0000',
    cut: '0161 c0',
    loop: '0161 0162 c002',
    reserved: '40',
  }
  for (const [name, hex] of Object.entries(malformed))
    t.equal(packet.decodeDomainNames(bytes(hex), compressed), undefined, name)
  const chain = packet.concat(
    bytes('0161 00'),
    ...Array.from({ length: 200 }, (_, index) => packet.u16s(0xc000 | (index === 0 ? 0 : 1 + index * 2))),
  )
  t.equal(packet.decodeDomainNames(chain, compressed), undefined, 'a long chain')
  t.same(packet.decodeDomainNames(bytes('0161 00 00 0000')), undefined, 'padding where none is')
  t.same(packet.decodeDomainNames(bytes('0161 00 00 0000'), { padded: true }), ['a'])
})

t.test('names survive; whatever arrives is names or nothing', async () => {
  const label = fc.stringMatching(/^[a-z0-9_-]{1,63}$/)
  const name = fc
    .array(label, { minLength: 1, maxLength: 5 })
    .map((labels) => labels.join('.'))
    .filter(packet.isDomainName)
  const names = fc.array(name, { maxLength: 8 })
  fc.assert(
    fc.property(names, (list) => {
      const short = packet.decodeDomainNames(packet.compressDomainNames(list), compressed)
      const plain = packet.decodeDomainNames(packet.encodeDomainNames(list))
      return short?.join() === list.join() && plain?.join() === list.join()
    }),
  )
  const pointed = fc.array(fc.constantFrom(0, 1, 2, 0x61, 0xc0), { maxLength: 64 })
  fc.assert(
    fc.property(pointed, (list) => void packet.decodeDomainNames(Uint8Array.from(list), compressed)),
    { numRuns: 5000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (data) => void packet.decodeDomainNames(data, compressed)),
  )
})
