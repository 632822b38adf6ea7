/** An example file as a user applies it, on a real bridge: guests reach each other, also after export, nothing, and apply. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0 } from '../scenarios/walkthrough.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/router.yaml', import.meta.url))

const GUESTS = [
  {
    name: 'desk1',
    bridge: BR0.name,
    port: 'if-desk1',
    mac: '52:54:00:01:00:01',
    address: '10.1.0.10/24',
    gateway: '10.1.0.1',
    routes: ['10.2.0.0/24'],
  },
  {
    name: 'rig1',
    bridge: BR0.name,
    port: 'if-rig1',
    mac: '52:54:00:02:00:01',
    address: '10.2.0.10/24',
    gateway: '10.2.0.254',
    routes: ['10.1.0.0/24'],
  },
]

const PINGS = [
  { why: 'its gateway, the first address', from: 'desk1', to: '10.1.0.1', answered: true },
  { why: 'its gateway, as the file says', from: 'rig1', to: '10.2.0.254', answered: true },
  { why: 'by the router', from: 'desk1', to: '10.2.0.10', answered: true },
  { why: 'and back', from: 'rig1', to: '10.1.0.10', answered: true },
]
const NO_PINGS = PINGS.map((ping) => ({ ...ping, answered: false }))

t.test('examples/router.yaml joins two networks, and so does what is exported of it', async (t) => {
  const world = await LabWorld.create()
  t.teardown(() => world.close())
  const { site } = world
  await site.start()
  await world.addBridge(BR0)
  await world.addGuests(GUESTS)
  const vnctl = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await site.vnctl(...argv)
    t.equal(code, 0, `${argv.join(' ')}: ${stderr}`)
    return stdout
  }
  const apply = async (file: string, ...more: string[]): Promise<void> => {
    await vnctl('apply', '-f', file, '--yes', ...more)
    await site.converged(BR0.dpid)
  }
  t.match(await vnctl('plan', '-f', EXAMPLE), /7 to add, 0 unchanged\n$/)
  t.same(await world.checkPings(NO_PINGS), [], 'a plan changes nothing')
  await apply(EXAMPLE)
  t.same(await world.checkPings(PINGS), [])

  const directory = t.testdir({ 'nothing.yaml': 'networks:\ninterfaces:\nrouters:\ndatapaths:\n' })
  const exported = join(directory, 'exported.yaml')
  writeFileSync(exported, await vnctl('export'))
  await apply(join(directory, 'nothing.yaml'), '--prune')
  t.same(await world.checkPings(NO_PINGS), [], 'nothing is left')
  await apply(exported)
  t.same(await world.checkPings(PINGS), [])
  t.match(await vnctl('plan', '-f', exported), /^\d+ unchanged\n$/)
})
