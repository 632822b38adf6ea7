/** `npm run demo`: all as it should be, and nothing is left, however it ends. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { attempt } from '../lab/command.ts'
import { Daemon } from '../lab/daemon.ts'
import { directoryOf } from '../lab/identity.ts'
import { deadRuns } from '../lab/removal.ts'

const DEMO = [
  process.execPath,
  '--conditions=vnet-source',
  fileURLToPath(new URL('../demo/main.ts', import.meta.url)),
]

/** Not the one that somebody may have kept to play with. */
const KEPT = `vnlab-kept-by-test-${process.pid}`
const env = { ...process.env, VNET_KEPT_RUN: KEPT }

const namespaces = (): string[] =>
  spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '')

/** What the demo of a process has made. */
const madeBy = (pid: number): string[] => namespaces().filter((name) => name.startsWith(`vnlab-${pid}-`))

t.test('the walkthrough: every line as it should be, nothing is left', async (t) => {
  const demo = new Daemon({ command: DEMO })
  const { pid } = demo
  const code = await demo.ended
  t.equal(code, 0)
  t.match(demo.output, /All as it should be/)
  t.notOk(demo.output.includes('✗'))
  t.notOk(demo.output.includes('\x1b'), 'no colour in a pipe')
  t.same(madeBy(pid), [])
})

for (const [signal, text] of [
  ['SIGINT', '$ vnctl interfaces add'],
  ['SIGTERM', '$ ovs-vsctl set-controller'],
] as const) {
  t.test(`${signal} in the middle: nothing is left`, async (t) => {
    const demo = new Daemon({ command: DEMO })
    const { pid } = demo
    await demo.says(text)
    t.not(madeBy(pid).length, 0)
    t.not(await demo.stop(signal), 0)
    t.same(madeBy(pid), [])
  })
}

t.test('kill -9 in the middle: the next lab removes what is left', async (t) => {
  const demo = new Daemon({ command: DEMO })
  const { pid } = demo
  await demo.says('ns3  if-veth3')
  await demo.stop('SIGKILL')
  t.not(madeBy(pid).length, 0)
  t.ok(deadRuns().some((run) => run.startsWith(`vnlab-${pid}-`)))
  const sweep = fileURLToPath(new URL('../lab/sweep.ts', import.meta.url))
  const { stdout } = await attempt([process.execPath, sweep])
  t.match(stdout, `removed vnlab-${pid}-`)
  t.same(madeBy(pid), [])
  t.notOk(deadRuns().some((run) => run.startsWith(`vnlab-${pid}-`)))
})

t.test('--keep leaves it to play with, --clean removes it', async (t) => {
  t.teardown(() => attempt([...DEMO, '--clean'], { env }))
  const kept = await attempt([...DEMO, '--keep'], { timeout: 60_000, env })
  t.equal(kept.code, 0, kept.stderr)
  for (const command of kept.stdout.split('\n').filter((line) => line.startsWith('  ip netns exec'))) {
    const once = command.trim().replace(' ping ', ' ping -c 1 ')
    const { code, stdout, stderr } = await attempt(once.split(' '))
    t.equal(code, 0, `${once}: ${stderr}`)
    t.not(stdout, '')
  }
  const cleaned = await attempt([...DEMO, '--clean'], { env })
  t.equal(cleaned.code, 0)
  t.match(cleaned.stdout, 'is removed')
  t.same(
    namespaces().filter((name) => name.startsWith(KEPT)),
    [],
  )
  t.notOk(existsSync(directoryOf(KEPT)))
})

t.test('--keep that is interrupted leaves nothing', async (t) => {
  const demo = new Daemon({ command: [...DEMO, '--keep'], env })
  await demo.says('$ vnctl interfaces add')
  t.not(await demo.stop('SIGINT'), 0)
  t.match(demo.output, 'everything is removed')
  t.same(
    namespaces().filter((name) => name.startsWith(KEPT)),
    [],
  )
})

t.test('an option that does not exist is refused', async (t) => {
  const { code, stderr } = await attempt([...DEMO, '--forever'])
  t.equal(code, 2)
  t.match(stderr, /usage/)
})
