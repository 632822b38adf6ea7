/**
 * Several routers on a path, on real Open vSwitch and in both families: pings, traceroute, routes to nowhere, and a loop
 * that ends by its TTL.
 */
import t from 'tap'
import { addressIn6, inIpv6 } from '../scenarios/in_ipv6.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { legAddress, PATHS } from '../scenarios/paths.ts'
import { BR0 } from '../scenarios/walkthrough.ts'

const HOP = /^ *(\d+) {2}(.*)$/
const METHODS = { UDP: [], ICMP: ['-I'], TCP: ['-T', '-p', '80'] } as const
/** What traceroute says of unreachable and prohibited. */
const MARKS = { 4: ['!H', '!X'], 6: ['!H', '!X'] } as const

for (const family of [4, 6] as const) {
  const scenario = family === 4 ? PATHS : inIpv6(PATHS)
  const own = family === 4 ? (address: string) => address : addressIn6

  t.test(scenario.name, async (t) => {
    const world = await LabWorld.running(scenario)
    t.teardown(() => world.close())
    const west = world.guest('west')

    const traceroute = async (to: string, ...words: readonly string[]): Promise<string[]> => {
      const text = await west.namespace.run(['traceroute', '-n', '-w', '2', '-N', '1', ...words, own(to)])
      return text.split('\n').flatMap((line) => {
        const [, hop, rest] = HOP.exec(line) ?? []
        return hop === undefined ? [] : [`${hop} ${rest!.replaceAll(/ *[\d.]+ ms/g, ' ms')}`]
      })
    }

    await t.test(
      'pings end to end, to each address of each router from both ends, and into nothing',
      async (t) => {
        t.strictSame(await world.check(scenario), [])
      },
    )

    const path = [legAddress(1, 'west'), legAddress(2, 't1'), legAddress(3, 't2'), '10.3.3.1']
    for (const [how, words] of Object.entries(METHODS)) {
      await t.test(`traceroute by ${how} shows each hop once`, async (t) => {
        const wanted = path.map((address, index) => `${index + 1} ${own(address)} ms ms ms`)
        t.strictSame(await traceroute('10.3.3.1', '-m', '6', ...words), wanted)
      })
    }

    await t.test('what routes to nowhere say', async (t) => {
      const last = async (to: string) => (await traceroute(to, '-I', '-m', '3', '-q', '1')).at(-1)
      const [unreachable, prohibited] = MARKS[family]
      const from = own(legAddress(2, 't1'))
      t.equal(await last('10.67.1.1'), `3 ${from} ms ${unreachable}`)
      t.equal(await last('10.68.1.1'), `3 ${from} ms ${prohibited}`)
      t.equal(await last('10.66.1.1'), '3 *')
    })

    await t.test('a loop ends by the TTL, whatever that was', async (t) => {
      for (const ttl of [64, 255]) {
        const { received, text } = await west.ping(own('10.9.9.9'), { ttl, count: 1 })
        t.equal(received, 0)
        t.match(text, /Time (to live )?exceeded/, `TTL ${ttl}`)
      }
      t.strictSame(
        await traceroute('10.9.9.9', '-I', '-f', '7', '-m', '8', '-q', '1'),
        [`7 ${own(legAddress(1, 't1'))} ms`, `8 ${own(legAddress(2, 't1'))} ms`],
        'each hop of it is one',
      )
    })

    await t.test('nothing is refused, and nothing to be done once it is done', async (t) => {
      await world.site.restart('SIGKILL')
      await world.site.converged(BR0.dpid)
      t.match(await world.site.datapath(BR0.dpid), { flow_mods_sent: 0, refused: 0, last_error: null })
    })
  })
}
