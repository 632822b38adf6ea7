/** vnetd as its user meets it: a process that is started, asked, interrupted and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import t, { type Test } from 'tap'
import { createRedisServer } from '../../feed/test/redis-server.ts'
import { until } from '../../feed/test/sample-store.ts'
import { formatLine } from '../src/log.ts'

const MAIN = new URL('../src/main.ts', import.meta.url).pathname

interface Vnetd {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Status with which it ended. */
  readonly ended: Promise<number | null>
  /** Where its API is, once it is up. */
  url(): Promise<string>
}

/** Starts it on ports that the system chooses; options given later are stronger. */
function run(t: Test, ...options: string[]): Vnetd {
  return runWith(t, {}, ...options)
}

function runWith(t: Test, env: Record<string, string>, ...options: string[]): Vnetd {
  const ports = ['--http', '127.0.0.1:0', '--openflow', '127.0.0.1:0']
  const child = spawn(process.execPath, ['--conditions=vnet-source', MAIN, ...ports, ...options], {
    cwd: t.testdirName,
    env: { PATH: process.env['PATH'], ...env },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      texts[name] += chunk
    })
  const stdout = () => texts.stdout
  const stderr = () => texts.stderr
  const ended = once(child, 'close').then(([status]) => status as number | null)
  const address = (): string | undefined => /REST API +(http:\S+)/.exec(texts.stdout)?.[1]
  const url = async (): Promise<string> => {
    await until(() => address() !== undefined || child.exitCode !== null, 'vnetd is up', 60_000)
    const found = address()
    if (found === undefined) throw new Error(`vnetd ended: ${texts.stderr}`)
    return found
  }
  return { child, stdout, stderr, ended, url }
}

interface Status {
  readonly revision: number
  readonly controllers: readonly { readonly revision: number }[]
}

const post = async (url: string, body: Record<string, unknown>): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

const NETWORK = {
  uuid: 'nw-net1',
  display_name: 'net1',
  ipv4_network: '10.0.0.0',
  ipv4_prefix: 24,
  mode: 'virtual',
}

t.test('it says where it is, stops within two seconds, and goes on where it was', async (t) => {
  t.testdir({})
  const first = run(t)
  const url = await first.url()
  for (const fact of [
    /OpenFlow +tcp:127\.0\.0\.1:\d+\n/,
    /Database +\/.*\/var\/openvnet\.db\n/,
    /Bus +in this process/,
  ])
    t.match(first.stdout(), fact)
  t.match(
    first.stdout(),
    /\n {2}ovs-vsctl set-fail-mode br0 secure -- set-controller br0 tcp:127\.0\.0\.1:\d+\n/,
  )
  t.equal((await fetch(`${url}/healthz`)).status, 200)
  const answer = await post(`${url}/api/1.0/networks`, NETWORK)
  t.equal(answer.status, 200, await answer.text())

  const stopped = Date.now()
  first.child.kill('SIGINT')
  // As from a parent that passes the terminal's Ctrl-C on.
  first.child.kill('SIGINT')
  t.equal(await first.ended, 0)
  t.ok(Date.now() - stopped < 2_000)
  for (const line of first.stderr().trim().split('\n'))
    t.ok(JSON.parse(line).msg, 'the log is JSON off a terminal')

  const second = run(t)
  t.match(await (await fetch(`${await second.url()}/api/1.0/networks/nw-net1`)).json(), { uuid: 'nw-net1' })
  second.child.kill('SIGTERM')
  t.equal(await second.ended, 0)
})

t.test('a wrong option is one line and status 2; help and version are status 0', async (t) => {
  t.testdir({})
  const wrong = run(t, '--only', 'everything')
  t.equal(await wrong.ended, 2)
  t.equal(
    wrong.stderr(),
    "vnetd: --only: 'everything' is not one of api, controller (vnetd --help shows all options)\n",
  )
  t.equal(wrong.stdout(), '')
  const help = run(t, '--help')
  t.equal(await help.ended, 0)
  t.match(help.stdout(), /^Usage: vnetd/)
  t.notOk(existsSync(join(t.testdirName, 'var')), 'nothing was started')
})

async function occupy(t: Test): Promise<number> {
  const server: Server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

t.test('an address that is taken is named with its option, who has it, and what to do', async (t) => {
  t.testdir({})
  const port = await occupy(t)
  for (const option of ['--http', '--openflow']) {
    const vnetd = run(t, option, `127.0.0.1:${port}`)
    t.equal(await vnetd.ended, 1)
    const taken = `vnetd: ${option} 127.0.0.1:${port}: already in use( by .* \\(pid ${process.pid}\\))?; stop that`
    t.match(vnetd.stderr(), new RegExp(taken))
    t.equal(vnetd.stdout(), '', 'nothing claims to be up')
  }
  const elsewhere = run(t, '--http', '192.0.2.1:0', '--insecure')
  t.equal(await elsewhere.ended, 1)
  t.match(elsewhere.stderr(), /vnetd: --http 192\.0\.2\.1:0: this machine has no such address/)
})

/** A client that has begun a request and never ends it. */
async function dawdle(t: Test, url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(`POST /api/1.0/networks HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: 100\r\n\r\n{`)
  await new Promise((resolve) => setTimeout(resolve, 100))
}

t.test(
  'nobody can hold up the end: not a client that dawdles, and a second Ctrl-C is the last word',
  async (t) => {
    t.testdir({})
    const patient = run(t)
    await dawdle(t, await patient.url())
    const asked = Date.now()
    patient.child.kill('SIGTERM')
    t.equal(await patient.ended, 0)
    t.ok(Date.now() - asked < 2_000, 'within two seconds')

    const hasty = run(t, '--db', 'other.db')
    await dawdle(t, await hasty.url())
    hasty.child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 400))
    const insisted = Date.now()
    hasty.child.kill('SIGINT')
    t.equal(await hasty.ended, 1)
    t.ok(Date.now() - insisted < 300, 'at once')
  },
)

t.test('a bug ends it with status 1 and a line in the log, and the database is closed', async (t) => {
  t.testdir({})
  for (const bug of ["throw new Error('a bug')", "Promise.reject(new Error('a bug'))"]) {
    const code = `process.on('SIGUSR2',()=>{${bug}})`
    const vnetd = runWith(t, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` })
    await vnetd.url()
    vnetd.child.kill('SIGUSR2')
    t.equal(await vnetd.ended, 1)
    t.match(vnetd.stderr(), /"level":60.*"message":"a bug".*"msg":"vnetd cannot go on"/)
    t.match(vnetd.stderr(), /"msg":"stopped"/)
  }
})

t.test('a file that is no database ends the start', async (t) => {
  t.testdir({})
  const file = join(t.testdirName, 'text.db')
  writeFileSync(
    file,
    'this is a text, and a long one, that SQLite does not take for one of its files\n'.repeat(20),
  )
  const vnetd = run(t, '--db', file)
  t.equal(await vnetd.ended, 1)
  t.match(vnetd.stderr(), /^vnetd: .*not a database/m)
  t.match(readFileSync(file, 'utf8'), /^this is a text/)
})

t.test('split in two with a real redis between, both parts work and survive each other', async (t) => {
  t.testdir({})
  const redis = await createRedisServer()
  t.teardown(() => redis.remove())
  const api = run(t, '--only', 'api', '--redis', redis.url)
  const url = await api.url()
  t.notMatch(api.stdout(), 'OpenFlow')
  const startController = () => run(t, '--only', 'controller', '--redis', redis.url, '--api', url)
  let controller = startController()
  await until(() => controller.stdout().includes('is up'), 'the controller is up')
  t.match(controller.stdout(), `REST API   ${url} (another process)`)
  t.notMatch(controller.stdout(), 'Database')

  const caughtUp = async (): Promise<boolean> => {
    const status = (await (await fetch(`${url}/api/1.0/status`)).json()) as Status
    return status.revision > 0 && status.controllers.some(({ revision }) => revision === status.revision)
  }
  const untilCaughtUp = async (what: string): Promise<void> => {
    for (let attempt = 0; !(await caughtUp()); attempt += 1) {
      if (attempt > 200) throw new Error(`the controller is not up to date: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    t.pass(what)
  }
  await post(`${url}/api/1.0/networks`, NETWORK)
  await untilCaughtUp('after a write')
  await redis.kill()
  await post(`${url}/api/1.0/networks`, { ...NETWORK, uuid: 'nw-net2' })
  await redis.start()
  await untilCaughtUp('after a write while redis was away')
  controller.child.kill('SIGKILL')
  await post(`${url}/api/1.0/networks`, { ...NETWORK, uuid: 'nw-net3' })
  controller = startController()
  await untilCaughtUp('after a write while the controller was away')
  for (const part of [controller, api]) {
    part.child.kill('SIGTERM')
    t.equal(await part.ended, 0)
  }
})

t.test('lines of the log are made to be read', async (t) => {
  const line = (fields: object): string =>
    stripVTControlCharacters(formatLine(JSON.stringify({ time: 0, ...fields })))
  t.match(
    line({ level: 30, msg: 'switch connected', dpid: '0x0000000000000001', flows: 12 }),
    /^\d\d:\d\d:\d\d info {2}switch connected dpid=0x0000000000000001 flows=12\n$/,
  )
  const err = { type: 'Error', message: 'refused', stack: 'Error: refused\n    at x' }
  t.match(line({ level: 40, msg: 'lost', err }), /warn {2}lost error=refused\n$/)
  t.match(line({ level: 50, msg: 'lost', err }), /error lost error=refused\nError: refused\n {4}at x\n$/)
})
