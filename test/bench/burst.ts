/**
 * Ten thousand writes as fast as one client can: one by one on several connections, pipelined, and as one batch; in one
 * process and split. Meanwhile somebody reads, and vnetd's event loop is watched. It prints; it asserts nothing.
 *
 *     node --conditions=vnet-source test/bench/burst.ts [writes] [--json] [--together]
 *
 * vnetd runs as built, as its users run it. With `--json` one line of data, for `npm run bench`; with `--together` in one
 * process only.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FakeSwitches } from './fake_switches.ts'
import { HttpConnection } from './http_connection.ts'
import type { LoopReport } from './loop_delay.ts'
import { startReading } from './reader.ts'

const WRITES = Number(process.argv[2] ?? 10_000)
const isData = process.argv.includes('--json')
const HTTP_PORT = 19_390
const OPENFLOW_PORT = 19_391
const REDIS_PORT = 19_392

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const say = (line: string) => isData || process.stdout.write(`${line}\n`)
const quantile = (values: readonly number[], q: number): string =>
  (values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)] ?? Number.NaN).toFixed(1)

const subnet = (n: number): string => `10.${n >> 8}.${n & 255}`
const GUESTS = 250

const guest = (n: number) => ({
  uuid: `if-p${n + 1}`,
  network_uuid: `nw-${Math.floor(n / GUESTS)}`,
  mac_address: `52:54:${n.toString(16).padStart(8, '0').match(/../g)?.join(':')}`,
  ipv4_address: `${subnet(Math.floor(n / GUESTS))}.${(n % GUESTS) + 1}`,
})

const networks = Array.from({ length: Math.ceil(WRITES / GUESTS) }, (_, n) => ({
  uuid: `nw-${n}`,
  ipv4_network: `${subnet(n)}.0`,
}))

/** A process of this run, ended with it. */
class Program {
  readonly child: ChildProcess

  constructor(args: readonly string[], command = process.execPath) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  }

  async says(text: string): Promise<void> {
    let output = ''
    for await (const chunk of this.child.stdout!) {
      output += chunk
      if (output.includes(text)) return
    }
    throw new Error(output)
  }

  /** How the loop was since it was asked last. */
  async loop(): Promise<LoopReport> {
    this.child.send('report')
    const [report] = await once(this.child, 'message')
    return report as LoopReport
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return
    this.child.kill('SIGTERM')
    await once(this.child, 'exit')
  }
}

/** As in scripts/start.mjs. */
const NODE_OPTIONS = ['--max-semi-space-size=4', '--no-allocation-site-pretenuring']

const vnetd = async (directory: string, ...options: readonly string[]): Promise<Program> => {
  const program = new Program([
    ...NODE_OPTIONS,
    ...['--import', here('./loop_delay.ts'), here('../../packages/vnetd/dist/main.js')],
    ...['--http', `127.0.0.1:${HTTP_PORT}`, '--openflow', `127.0.0.1:${OPENFLOW_PORT}`],
    ...['--db', join(directory, 'openvnet.db'), '--log-level', 'warn', ...options],
  ])
  await program.says(' is up')
  return program
}

interface Load {
  readonly name: string
  readonly connections: number
  /** Requests under way on each connection. */
  readonly depth: number
  readonly run: (send: HttpConnection[]) => Promise<void>
}

const check = ({ status, body }: { readonly status: number; readonly body: string }): void => {
  if (status !== 200) throw new Error(`${status} ${body.slice(0, 300)}`)
}

/** Method, path, body. */
type Request = readonly [method: string, path: string, body?: object]

const textOf = ([, , body]: Request): string => (body === undefined ? '' : JSON.stringify(body))

/** Every request as soon as there is room on a connection. */
const each = (requests: readonly Request[], depth: number) => {
  return async (connections: HttpConnection[]): Promise<void> => {
    let next = 0
    const lane = async (connection: HttpConnection): Promise<void> => {
      for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
        check(await connection.send(request[0], request[1], textOf(request)))
      }
    }
    await Promise.all(connections.flatMap((one) => Array.from({ length: depth }, () => lane(one))))
  }
}

const creations = Array.from({ length: WRITES }, (_, n) => ['POST', 'interfaces', guest(n)] as const)
const deletions = Array.from({ length: WRITES }, (_, n) => ['DELETE', `interfaces/if-p${n + 1}`] as const)

const batchOf = (requests: readonly Request[]) => {
  const operations = requests.map(([method, path, body]) => ({ method, path, ...(body ? { body } : {}) }))
  const text = JSON.stringify({ operations })
  return async ([connection]: HttpConnection[]): Promise<void> => {
    check(await connection!.send('POST', 'batch', text))
  }
}

const LOADS: readonly Load[] = [
  { name: 'create, 1 connection', connections: 1, depth: 1, run: each(creations, 1) },
  { name: 'delete, 16 connections', connections: 16, depth: 1, run: each(deletions, 1) },
  { name: 'create, 16 connections', connections: 16, depth: 1, run: each(creations, 1) },
  { name: 'delete, 1 connection, 32 pipelined', connections: 1, depth: 32, run: each(deletions, 32) },
  { name: 'create, one batch', connections: 1, depth: 1, run: batchOf(creations) },
  { name: 'delete, one batch', connections: 1, depth: 1, run: batchOf(deletions) },
]

const applied = async (connection: HttpConnection): Promise<void> => {
  const { body } = await connection.send('GET', 'wait?timeout=600')
  if (!body.includes('"applied":true')) throw new Error(body)
}

/** Times in milliseconds. */
interface Burst {
  readonly name: string
  readonly answered: number
  readonly acknowledged: number
  readonly reads: readonly number[]
  readonly loops: readonly LoopReport[]
}

/** @param watched the processes whose loops are shown */
const measure = async (load: Load, watched: ReadonlyMap<string, Program>): Promise<Burst> => {
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => HttpConnection.open(HTTP_PORT)),
  )
  const reader = await startReading(HTTP_PORT)
  for (const program of watched.values()) await program.loop()
  const start = performance.now()
  await load.run(connections)
  const answered = performance.now() - start
  await applied(connections[0]!)
  const total = performance.now() - start
  const loops = await Promise.all(
    [...watched].map(async ([name, program]) => [name, await program.loop()] as const),
  )
  await reader.stop()
  for (const connection of connections) connection.close()
  const { times } = reader
  const cells = [
    load.name,
    Math.round(WRITES / (answered / 1000)),
    answered.toFixed(0),
    total.toFixed(0),
    `${quantile(times, 0.5)} / ${quantile(times, 0.99)} / ${quantile(times, 1)}`,
    loops.map(([name, { max, p99 }]) => `${name}${p99.toFixed(1)} / ${max.toFixed(0)}`).join(', '),
    loops.map(([, { rss }]) => rss.toFixed(0)).join(', '),
  ]
  say(`| ${cells.join(' | ')} |`)
  const reports = loops.map(([, report]) => report)
  return { name: load.name, answered, acknowledged: total, reads: times, loops: reports }
}

const run = async (mode: 'one process' | 'split', directory: string): Promise<Burst[]> => {
  const programs: Program[] = []
  const bursts: Burst[] = []
  let fakes: FakeSwitches | undefined
  const started = async (program: Promise<Program> | Program) => {
    programs.push(await program)
    return program
  }
  try {
    const watched = new Map<string, Program>()
    if (mode === 'split') {
      const redis = new Program(
        [`--port`, `${REDIS_PORT}`, '--save', '', '--dir', directory, '--bind', '127.0.0.1'],
        'redis-server',
      )
      await started(redis)
      await redis.says('Ready to accept')
      const common = ['--redis', `redis://127.0.0.1:${REDIS_PORT}`, '--api', `http://127.0.0.1:${HTTP_PORT}`]
      watched.set('api ', await started(vnetd(directory, '--only', 'api', ...common)))
      watched.set('controller ', await started(vnetd(directory, '--only', 'controller', ...common)))
    } else watched.set('', await started(vnetd(directory)))
    fakes = await FakeSwitches.start({ port: OPENFLOW_PORT, switches: 1, ports: WRITES })
    fakes.connect()
    const connection = await HttpConnection.open(HTTP_PORT)
    for (const network of networks) check(await connection.send('POST', 'networks', JSON.stringify(network)))
    await sleep(500)
    await applied(connection)
    say(
      `\n${mode}:\n\n| load | writes/s | answered ms | acknowledged ms | read ms p50 / p99 / max | loop delay ms p99 / max | RSS MiB |`,
    )
    say('|---|---|---|---|---|---|---|')
    for (const load of LOADS) bursts.push(await measure(load, watched))
    connection.close()
    return bursts
  } finally {
    await fakes?.stop()
    for (const program of programs.reverse()) await program.stop()
  }
}

say(
  `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}. ${WRITES} interfaces, each with its MAC and IP lease.`,
)
const measured: Record<string, Burst[]> = {}
const modes = process.argv.includes('--together')
  ? (['one process'] as const)
  : (['one process', 'split'] as const)
for (const mode of modes) {
  const directory = await mkdtemp(join(tmpdir(), 'vnet-burst-'))
  try {
    measured[mode] = await run(mode, directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
if (isData) process.stdout.write(`${JSON.stringify(measured)}\n`)
