/**
 * One network over three hosts that are containers, with api, controller and Redis in others: who reaches whom, what
 * crosses between the hosts and how often, and what happens when a container stops. `npm run test:docker` runs it.
 */
import t from 'tap'
import { HOSTS, MEMBERS, Site } from './site.ts'

t.setTimeout(900_000)
const site = await Site.create()
const addressOf = (name: string): string => MEMBERS[name]!.address

const WAYS: readonly (readonly [why: string, from: string, to: string])[] = [
  ['on the same host', 'if-red1', 'if-red2'],
  ['on another host', 'if-red1', 'if-red3'],
  ['on the third host', 'if-red3', 'if-red4'],
  ['in the other network with the same addresses', 'if-blue1', 'if-blue3'],
  ['in the other network, on the third host', 'if-blue3', 'if-blue4'],
]

t.test('guests of a network reach each other, wherever they are', async (t) => {
  await site.makeGuests()
  await site.describe()
  t.equal((await site.converged()).length, HOSTS.length, 'all hosts have acknowledged it')
  await site.acquaint()
  for (const [why, from, to] of WAYS) {
    const { duplicates, ttl } = await site.reaches(from, addressOf(to))
    t.strictSame([duplicates, ttl], [0, 64], `${from} → ${to} ${why}`)
  }
  const { ttl } = await site.reaches('if-red1', addressOf('if-green9'))
  t.equal(ttl, 63, 'a router leads from one host to a network on another')
  const stranger = await site.ping('if-blue1', addressOf('if-red2'))
  t.equal(stranger.received, 0, 'an address that only the other network has does not answer')
})

t.test('a frame crosses between hosts once to each that needs it, with the key of its network', async (t) => {
  const one = await site.tunnelledDuring(() => site.ping('if-red1', addressOf('if-red3'), { count: 1 }))
  t.match(one.host1, [{ frame: /172\.16\.0\.1 > 172\.16\.0\.3: ICMP echo request/ }])
  t.match(one.host2, [{ frame: /172\.16\.0\.3 > 172\.16\.0\.1: ICMP echo reply/ }])
  t.strictSame(
    [one.host1.length, one.host2.length, one.host3.length],
    [1, 1, 0],
    'and nothing to the third host',
  )
  const other = await site.tunnelledDuring(() => site.ping('if-blue1', addressOf('if-blue3'), { count: 1 }))
  t.strictSame([other.host1.length, other.host2.length, other.host3.length], [1, 1, 0])
  t.not(other.host1[0]!.key, one.host1[0]!.key, 'the same addresses in the other network have another key')
  const broadcast = ['ip', 'netns', 'exec', 'if-red3', 'ping', '-b', '-c1', '-W1', '172.16.0.255']
  const all = await site.tunnelledDuring(() => site.containers.attempt('host2', broadcast))
  t.strictSame(
    [all.host1.length, all.host2.length, all.host3.length],
    [0, 2, 0],
    'a broadcast once to each other host',
  )
  const keys = all.host2.map(({ key }) => key)
  t.strictSame(keys, [one.host1[0]!.key, one.host1[0]!.key], 'with the key of its network')
})

/** Something is done while a guest pings another host; nothing of it is lost. */
const losesNothing = async (doIt: () => Promise<unknown>) => {
  const { sent, lost, duplicates } = await site.pingsDuring('if-red1', addressOf('if-red3'), doIt)
  return { some: sent > 0, lost, duplicates }
}
const NOTHING = { some: true, lost: [], duplicates: 0 }

t.test('the controller stops and starts', async (t) => {
  const result = await losesNothing(async () => {
    await site.stop('controller')
    await site.start('controller')
    await site.converged()
  })
  t.strictSame(result, NOTHING)
})

t.test('the API stops and starts', async (t) => {
  const result = await losesNothing(async () => {
    await site.stop('api')
    await site.start('api')
    await site.converged()
  })
  t.strictSame(result, NOTHING)
  t.match(await site.vnctl('interfaces', 'show', 'if-red1'), 'if-red1', 'its rows are those from before')
})

t.test('Redis restarts', async (t) => {
  t.strictSame(await losesNothing(() => site.restart('redis')), NOTHING)
  await site.vnctl('interfaces', 'del', 'if-red2', '--wait=60', '--yes')
  t.equal(
    (await site.ping('if-red1', addressOf('if-red2'))).received,
    0,
    'what is written then reaches the hosts',
  )
})

t.test('a host restarts', async (t) => {
  t.strictSame(await losesNothing(() => site.restart('host3')), NOTHING, 'guests of others notice nothing')
  await site.converged()
  const { duplicates } = await site.reaches('if-red1', addressOf('if-red4'))
  t.equal(duplicates, 0, 'its guests are back, and reachable')
})

t.test('docker compose down leaves nothing', async (t) => {
  t.not((await site.containers.rest()).length, 0)
  await site.containers.down()
  t.strictSame(await site.containers.rest(), [])
})
