/** API and controller as processes of their own, with a real Redis between them that comes and goes like they do. */
import { writeFileSync } from 'node:fs'
import t from 'tap'
import type { Guest } from '../lab/guest.ts'
import { sleep, until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'
import { Parts, SPLIT } from './parts.ts'
import { storeAndSwitch } from './store_tables.ts'
import { difference } from './tables.ts'

const world = await LabWorld.create()
t.teardown(() => world.close())
const { site } = world
const parts = new Parts(site)

/** Rows are written and deleted all the time; what was answered is what must be there. */
class Writers {
  readonly expected = new Map<string, boolean>()
  #writing = true
  readonly #lanes: readonly Promise<void>[]

  constructor(name: string) {
    this.#lanes = [1, 2].map((lane) => this.#write(`${name}${lane}`, lane))
  }

  async stop(): Promise<void> {
    this.#writing = false
    await Promise.all(this.#lanes)
  }

  async #write(name: string, lane: number): Promise<void> {
    for (let n = 1; this.#writing && n < 250; n += 1) {
      const uuid = `if-${name}x${n}`
      const mac_address = `52:54:02:0${lane}:00:${n.toString(16).padStart(2, '0')}`
      const created = await this.#answered(() =>
        site.rest.post('interfaces', { uuid, network_uuid: 'nw-net1', mac_address }),
      )
      if (created) this.expected.set(uuid, true)
      const removed = created && (await this.#answered(() => site.rest.delete(`interfaces/${uuid}`)))
      if (removed) this.expected.set(uuid, false)
      // What was asked and not answered may or may not have been done.
      else if (created) this.expected.delete(uuid)
      await sleep(10)
    }
  }

  async #answered(ask: () => Promise<unknown>): Promise<boolean> {
    try {
      await ask()
      return true
    } catch {
      return false
    }
  }
}

const agrees = async (): Promise<string[]> => {
  await site.converged(BR0.dpid, 20_000)
  const { store, bridge } = await storeAndSwitch(world, BR0)
  return difference(store, bridge)
}

t.test('the walkthrough is the same', async (t) => {
  await parts.start(...SPLIT)
  await world.build(walkthrough)
  t.same(await agrees(), [])
  t.same(await world.check({ pings: PINGS.slice(0, 8), sends: walkthrough.sends.slice(0, 6) }), [])
  t.equal((await site.datapath(BR0.dpid))!.packet_ins, 0)
})

t.test('a write is applied at once, and while Redis is away it is applied all the same', async (t) => {
  const row = { uuid: 'if-quick', network_uuid: 'nw-net1', mac_address: '52:54:02:09:00:01' }
  await site.rest.post('interfaces?wait=2', row)
  t.equal((await site.datapath(BR0.dpid))!.acknowledged_revision, (await site.status()).revision)
  await parts.kill('redis')
  await site.rest.delete('interfaces/if-quick')
  await sleep(200)
  await parts.start('redis')
  t.same(await agrees(), [])
})

/** What an event of udhcpc says, else what it prints. */
const askByDhcp = async ({ namespace }: Guest): Promise<string> => {
  const script = `${site.host.directory}/told`
  writeFileSync(script, '#!/bin/sh\n[ "$1" = bound ] && echo "given $ip"\nexit 0\n', { mode: 0o755 })
  const words = ['-i', 'eth0', '-f', '-n', '-q', '-t', '4', '-T', '1', '-s', script]
  const { stdout, stderr } = await namespace.attempt(['udhcpc', ...words])
  return /given [\d.]+/.exec(stdout)?.[0] ?? stdout + stderr
}

t.test(
  'guest services answer from the replica; what only the API can give comes when it is back',
  async (t) => {
    const late = '52:54:02:0a:00:01'
    for (const [path, body] of [
      ['network_services', { uuid: 'ns-dhcp', mode: 'dhcp', interface_uuid: 'if-vnet1gw' }],
      ['network_services', { uuid: 'ns-dns', mode: 'dns', interface_uuid: 'if-vnet1gw' }],
      ['dns_services', { uuid: 'dnss-1', network_service_uuid: 'ns-dns' }],
      ['dns_services/dnss-1/dns_records', { name: 'www.example', value: '10.0.0.1' }],
      ['ip_range_groups', { uuid: 'iprg-1' }],
      [
        'ip_range_groups/iprg-1/ip_ranges',
        { begin_ipv4_address: '172.16.1.77', end_ipv4_address: '172.16.1.79' },
      ],
      ['lease_policies', { uuid: 'lp-1', timing: 'dhcp' }],
      ['lease_policies/lp-1/networks/nw-net1', { ip_range_group_uuid: 'iprg-1' }],
      ['interfaces', { uuid: 'if-late', port_name: 'late', mac_address: late }],
      ['lease_policies/lp-1/interfaces/if-late', {}],
    ] as const)
      await site.rest.post(path, body)
    const guest = await site.host.guest({ port: 'late', mac: late, bridge: 'br0' })
    await site.converged(BR0.dpid)
    await parts.stop('api')
    t.equal(await askByDhcp(world.guest('ns1')), 'given 172.16.1.1', 'who has a lease is told')
    const dug = await world.guest('ns2').namespace.run(['dig', '+short', '@172.16.1.254', 'www.example'])
    t.equal(dug, '10.0.0.1\n')
    t.match(await askByDhcp(guest), /no lease/, 'nobody gives one now')
    await parts.start('api')
    t.equal(await askByDhcp(guest), 'given 172.16.1.77', 'asked for over HTTP')
    t.equal(await askByDhcp(guest), 'given 172.16.1.77', 'once')
    t.same(await agrees(), [])
  },
)

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item) =>
        permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
      )

for (const [index, order] of permutations(SPLIT).entries()) {
  const signal = index % 2 === 0 ? 'SIGKILL' : 'SIGTERM'
  t.test(
    `${order.join(', ')}: stopped and started in this order (${signal}) while writes go on`,
    async (t) => {
      const ping = world.guest('ns1').pingStart('172.16.2.3', { interval: 0.02 })
      const writers = new Writers(`w${index}`)
      // Of each of the two lanes one row may be forgotten again: it is not answered.
      await until('something is written', () => writers.expected.size > 2)
      for (const part of order) {
        await parts.stop(part, signal)
        await sleep(50)
      }
      for (const part of order) {
        await parts.start(part)
        await sleep(50)
      }
      await sleep(300)
      await writers.stop()
      t.same(await agrees(), [])
      const { rows } = await site.rest.get<{ rows: { interface: { uuid: string }[] } }>('snapshot')
      const stored = new Set(rows.interface.map(({ uuid }) => uuid))
      const wrong = [...writers.expected].filter(([uuid, there]) => stored.has(uuid) !== there)
      t.ok(writers.expected.size > 0, `${writers.expected.size} rows written`)
      t.same(wrong, [], 'what was answered is so')
      t.same((await ping.stop()).lost, [], 'no ping is lost')
    },
  )
}

for (const part of SPLIT) {
  t.test(`${part} alone restarted while writes go on`, async (t) => {
    const writers = new Writers(`a${SPLIT.indexOf(part)}`)
    await sleep(100)
    await parts.kill(part)
    await sleep(300)
    await parts.start(part)
    await sleep(300)
    await writers.stop()
    t.same(await agrees(), [])
  })
}
