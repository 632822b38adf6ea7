/**
 * The matrix of failures: what may happen to a site, how it is healed, and who may notice. `matrix.test.ts` runs it;
 * `docs/reliability.md` says what it means to a user.
 */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { dropPackets } from '../lab/dropping.ts'
import { OPENFLOW_PORT } from '../lab/vnetd.ts'
import { sleep, until } from '../lab/wait.ts'
import { guestOptionsOf } from '../scenarios/lab_guest.ts'
import type { BridgeSpec } from '../scenarios/scenario.ts'
import { BR0, walkthrough } from '../scenarios/walkthrough.ts'
import { type Failure, isDisconnected, type Scene, SPARE, VICTIM, WHOLE } from './failure.ts'
import { EVERYBODY, IN_BOTH } from './ongoing.ts'
import { SPLIT } from './parts.ts'
import { disagreement } from './store_tables.ts'
import { TABLE_FAILURES } from './table_failures.ts'

/** Flows that name the port of this number. */
const flowsOfPort = async ({ world }: Scene, ofport: number): Promise<string[]> => {
  const texts = (await world.site.host.flows('br0')).map(({ text }) => text)
  return texts.filter((text) => new RegExp(`(in_port=|output:)${ofport}(?!\\d)`).test(text))
}
const ofportOf = async ({ world }: Scene, port: string): Promise<number> =>
  Number(await world.site.host.vsctl('get', 'Interface', port, 'ofport'))

const renumberedPort = (): Failure => {
  let former: number
  return {
    what: 'a port is deleted and added again with the same name and another number',
    runs: WHOLE,
    fail: async (scene) => {
      former = await ofportOf(scene, VICTIM.port)
      await scene.world.site.host.removePort('br0', VICTIM.port)
    },
    heal: async ({ world }) => {
      const request = ['--', 'set', 'Interface', VICTIM.port, `ofport_request=${former + 100}`]
      await world.site.host.vsctl('add-port', 'br0', VICTIM.port, ...request)
    },
    loses: VICTIM.name,
    afterwards: async (scene) => {
      scene.t.equal(await ofportOf(scene, VICTIM.port), former + 100)
      scene.t.same(await flowsOfPort(scene, former), [], 'no flow names the former number')
    },
  }
}

const UNOPENED_PORT: Failure = {
  what: 'a port cannot be opened (ofport -1), and then it can',
  runs: WHOLE,
  fail: async ({ world }) => {
    const { host } = world.site
    await host.removePort('br0', VICTIM.port)
    await host.namespace.ip(`link del ${VICTIM.port}`)
    await host.addPort('br0', VICTIM.port)
  },
  meanwhile: async (scene) => {
    await until('it has no number', async () => (await ofportOf(scene, VICTIM.port)) === -1)
    scene.t.same(await disagreement(scene.world, BR0), [], 'nothing is left of it')
    await sleep(500)
  },
  heal: async ({ world }) => {
    const { name, port } = VICTIM
    const guest = world.guest(name)
    await world.site.host.namespace.ip(
      `link add ${port} type veth peer name eth0 netns ${guest.namespace.name}`,
      `link set ${port} up`,
    )
    await guest.configure(guestOptionsOf(IN_BOTH.guests.filter((spec) => spec.name === name)))
    await guest.probed()
  },
  loses: VICTIM.name,
}

const STRANGE: BridgeSpec = { name: 'br-strange', dpid: '0x0000000000000bad' }
const STRANGE_FLOWS = ['cookie=0x1234,table=0,priority=9,in_port=77,actions=drop', 'cookie=0,actions=NORMAL']

/** Flows and groups that are not ours. */
const strangeContent = async ({ world }: Scene): Promise<string[]> => {
  const flows = await world.site.host.flows(STRANGE.name)
  const groups = await world.site.host.ofctl('dump-groups', STRANGE.name)
  const own = groups.split('\n').filter((line) => line.includes('group_id=7,'))
  return [...flows.filter(({ cookie }) => cookie < 0x1_0000n).map(({ text }) => text), ...own].sort()
}

const UNKNOWN_BRIDGE: Failure = {
  what: 'an unknown bridge connects, which has flows and groups of its own',
  runs: WHOLE,
  fail: async ({ world }) => {
    const { host } = world.site
    // Open vSwitch empties a bridge itself when it gets its first controller: this one has had another.
    await host.bridge({ ...STRANGE, controllers: ['tcp:127.0.0.1:1'] })
    for (const flow of STRANGE_FLOWS) await host.ofctl('add-flow', STRANGE.name, flow)
    await host.ofctl('add-group', STRANGE.name, 'group_id=7,type=all,bucket=actions=output:1')
  },
  meanwhile: async (scene) => {
    const { world, t } = scene
    const before = await strangeContent(scene)
    t.equal(before.length, STRANGE_FLOWS.length + 1)
    await world.site.host.setController(STRANGE.name, `tcp:127.0.0.1:${OPENFLOW_PORT}`)
    const { uuid, warnings } = await world.site.converged(STRANGE.dpid, 20_000)
    t.same({ uuid, warnings }, { uuid: null, warnings: [] }, 'it is adopted without a row')
    t.same(await disagreement(world, STRANGE), [], 'it has the tables')
    t.same(await strangeContent(scene), before, 'what was there before is untouched')
  },
  heal: ({ world }) => world.site.host.vsctl('del-br', STRANGE.name),
}

const lostPackets = (): Failure => {
  let heal: (() => Promise<void>) | undefined
  return {
    what: 'all packets between the bridge and vnetd are lost',
    runs: WHOLE,
    fail: async ({ world }) => {
      heal = await dropPackets(world.site.host.namespace, OPENFLOW_PORT)
    },
    meanwhile: isDisconnected,
    heal: async () => heal?.(),
  }
}

const pathOfStore = ({ world }: Scene): string => join(world.site.host.directory, 'openvnet.db')

const STORE_MOVED: Failure = {
  what: 'the file of the store is moved away and put back',
  runs: WHOLE,
  fail: (scene) => rename(pathOfStore(scene), `${pathOfStore(scene)}.away`),
  meanwhile: async ({ world, t }) => {
    const { rest } = world.site
    const before = (await world.site.status()).revision
    const request = { method: 'POST', path: '/api/1.0/interfaces', body: JSON.stringify(SPARE) }
    const answer = await rest.send({ ...request, headers: { 'content-type': 'application/json' } })
    t.equal(answer.status, 503)
    t.match(answer.body, { error: 'StoreUnavailable', message: /was deleted, moved or replaced/ })
    t.equal((await rest.call('GET', 'networks/nw-net1')).status, 200, 'reading goes on')
    t.equal((await world.site.status()).revision, before, 'nothing is half written')
    await sleep(500)
  },
  heal: async (scene) => {
    await rename(`${pathOfStore(scene)}.away`, pathOfStore(scene))
    const ready = () => scene.world.site.rest.send({ method: 'GET', path: '/readyz' })
    await until('it is written again', async () => (await ready()).status === 200)
  },
}

export const FAILURES: readonly Failure[] = [
  {
    what: 'vnetd is killed',
    runs: WHOLE,
    fail: ({ parts }) => parts.kill('vnetd'),
    heal: ({ parts }) => parts.start('vnetd'),
  },
  {
    what: 'ovs-vswitchd is killed',
    runs: WHOLE,
    fail: ({ world }) => world.site.host.ovs.stopSwitch('SIGKILL'),
    meanwhile: isDisconnected,
    heal: ({ world }) => world.site.host.ovs.startSwitch(),
    loses: EVERYBODY,
  },
  {
    what: 'the bridge is deleted and made again',
    runs: WHOLE,
    fail: ({ world }) => world.site.host.vsctl('del-br', 'br0'),
    meanwhile: isDisconnected,
    heal: async ({ world }) => {
      await world.addBridge(BR0)
      await world.site.host.addPort('br0', ...walkthrough.guests.map(({ port }) => port))
    },
    loses: EVERYBODY,
  },
  renumberedPort(),
  UNOPENED_PORT,
  UNKNOWN_BRIDGE,
  lostPackets(),
  ...TABLE_FAILURES,
  STORE_MOVED,
  {
    what: 'the API is killed, where it is a process of its own',
    runs: SPLIT,
    fail: ({ parts }) => parts.kill('api'),
    heal: ({ parts }) => parts.start('api'),
  },
  {
    what: 'the controller is killed, where it is a process of its own',
    runs: SPLIT,
    fail: ({ parts }) => parts.kill('controller'),
    heal: ({ parts }) => parts.start('controller'),
  },
  {
    what: 'Redis is killed: writes are applied all the same',
    runs: SPLIT,
    fail: ({ parts }) => parts.kill('redis'),
    meanwhile: async ({ world, t }) => {
      await world.site.rest.post('interfaces', SPARE)
      t.same(await disagreement(world, BR0), [])
      await world.site.rest.delete(`interfaces/${SPARE.uuid}`)
    },
    heal: ({ parts }) => parts.start('redis'),
  },
]
