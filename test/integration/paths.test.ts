/** Several routers on a path, on real Open vSwitch: pings, traceroute, routes to nowhere, and a loop that ends by its TTL. */
import t from 'tap'
import { LabWorld } from '../scenarios/on_lab.ts'
import { legAddress, PATHS } from '../scenarios/paths.ts'
import { BR0 } from '../scenarios/walkthrough.ts'

const world = await LabWorld.running(PATHS)
t.teardown(() => world.close())
const west = world.guest('west')

t.test('pings end to end, to each address of each router from both ends, and into nothing', async (t) => {
  t.strictSame(await world.check(PATHS), [])
})

const HOP = /^ *(\d+) {2}(.*)$/
const traceroute = async (to: string, ...words: string[]): Promise<string[]> => {
  const text = await west.namespace.run(['traceroute', '-n', '-w', '2', '-N', '1', ...words, to])
  return text.split('\n').flatMap((line) => {
    const [, hop, rest] = HOP.exec(line) ?? []
    return hop === undefined ? [] : [`${hop} ${rest!.replaceAll(/ *[\d.]+ ms/g, ' ms')}`]
  })
}

const PATH = [legAddress(1, 'west'), legAddress(2, 't1'), legAddress(3, 't2'), '10.3.3.1']
for (const [how, ...words] of [['UDP'], ['ICMP', '-I'], ['TCP', '-T', '-p', '80']] as const) {
  t.test(`traceroute by ${how} shows each hop once`, async (t) => {
    const wanted = PATH.map((address, index) => `${index + 1} ${address} ms ms ms`)
    t.strictSame(await traceroute('10.3.3.1', '-m', '6', ...words), wanted)
  })
}

t.test('what routes to nowhere say', async (t) => {
  const ends = async (to: string) => (await traceroute(to, '-I', '-m', '3', '-q', '1')).at(-1)
  t.match(await ends('10.67.1.1'), new RegExp(`^3 ${legAddress(2, 't1')} ms !H`))
  t.match(await ends('10.68.1.1'), new RegExp(`^3 ${legAddress(2, 't1')} ms !X`))
  t.equal(await ends('10.66.1.1'), '3 *')
})

t.test('a loop ends by the TTL, whatever that was', async (t) => {
  for (const ttl of [64, 255]) {
    const { received, text } = await west.ping('10.9.9.9', { ttl, count: 1 })
    t.equal(received, 0)
    t.match(text, /Time to live exceeded/, `TTL ${ttl}`)
  }
  const last = await traceroute('10.9.9.9', '-I', '-f', '7', '-m', '8', '-q', '1')
  t.strictSame(last, [`7 ${legAddress(1, 't1')} ms`, `8 ${legAddress(2, 't1')} ms`], 'each hop of it is one')
})

t.test('nothing is refused, and nothing to be done once it is done', async (t) => {
  await world.site.restart('SIGKILL')
  await world.site.converged(BR0.dpid)
  t.match(await world.site.datapath(BR0.dpid), { flow_mods_sent: 0, refused: 0, last_error: null })
})
