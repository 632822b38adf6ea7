/**
 * `npm run bench -w packages/api`: what a write costs. vnetd runs as built, on a SQLite file with `synchronous=FULL`, with
 * one fake switch; one client with a pool of connections asks it. It prints and asserts nothing; what it prints first
 * is what the disk can do at all. Times are the machine's, which may be busy: processor time per write is vnetd's.
 *
 *     npm run bench -w packages/api -- [writes per round]
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Pool } from 'undici'
import { FakeSwitches } from './fake_switches.ts'
import { number, spread, timed } from './statistics.ts'
import { cpuSeconds } from './usage.ts'
import { Vnetd } from './vnetd.ts'

const WRITES = Number(process.argv[2] ?? 2000)
const ROUNDS = 5
const CONNECTIONS = 64
/** Rows of one batch, and of the store when it is read. */
const MANY = 10_000
/** Guests of one network. */
const GUESTS = 250

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const row = (...cells: readonly string[]): void => say(`| ${cells.join(' | ')} |`)

type Call = readonly [method: 'POST' | 'DELETE', path: string, body?: object]

const network = (n: number, prefix = 'n'): Call => [
  'POST',
  'networks',
  { uuid: `nw-${prefix}${n}`, ipv4_network: `10.${n >> 8}.${n & 255}.0` },
]

const macOf = (n: number): string => `52:54:${n.toString(16).padStart(8, '0').match(/../g)?.join(':')}`

const guest = (n: number): Call => [
  'POST',
  'interfaces',
  {
    uuid: `if-p${n + 1}`,
    network_uuid: `nw-g${Math.floor(n / GUESTS)}`,
    mac_address: macOf(n),
    ipv4_address: `10.${Math.floor(n / GUESTS) >> 8}.${Math.floor(n / GUESTS) & 255}.${(n % GUESTS) + 1}`,
  },
]

const several = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n))
const removal = ([, path, body = {}]: Call): Call => ['DELETE', `${path}/${(body as { uuid: string }).uuid}`]

class Client {
  readonly #pool: Pool

  constructor(url: string, connections: number) {
    this.#pool = new Pool(url, { connections, pipelining: 1 })
  }

  /** @throws when it is refused */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<string> {
    const answer = await this.#pool.request({
      method,
      path: `/api/1.0/${path}`,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200)
      throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`)
    return text
  }

  /** @param query of each path */
  all(calls: readonly Call[], query = ''): Promise<unknown> {
    return Promise.all(calls.map(([method, path, body]) => this.call(method, path + query, body)))
  }

  batch(calls: readonly Call[]): Promise<string> {
    const operations = calls.map(([method, path, body]) => ({ method, path, ...(body && { body }) }))
    return this.call('POST', 'batch', { operations })
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

/** Milliseconds of each of 200 commits of a page, by the system and by SQLite. */
const measureDisk = async (directory: string): Promise<void> => {
  const file = openSync(join(directory, 'sync'), 'w')
  const page = Buffer.alloc(4096 + 24)
  const sync = async (): Promise<void> => {
    writeSync(file, page)
    fdatasyncSync(file)
  }
  const synced: number[] = []
  for (let n = 0; n < 200; n += 1) synced.push(await timed(sync))
  closeSync(file)
  const db = new DatabaseSync(join(directory, 'bare.db'))
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)',
  )
  const insert = db.prepare('INSERT INTO t (text) VALUES (?)')
  const committed: number[] = []
  for (let n = 0; n < 200; n += 1) committed.push(await timed(async () => insert.run(`row ${n}`)))
  db.close()
  row('the disk: write a page and `fdatasync`', spread(synced, 'ms'), '', '')
  row('bare SQLite: commit of one row', spread(committed, 'ms'), '', '')
}

interface Load {
  readonly what: string
  readonly round: (round: number) => readonly Call[]
  readonly query?: string
  readonly client: Client
}

/** Rounds of writes; each is undone by one batch. */
const measureWrites = async (vnetd: Vnetd, { what, round, query = '', client }: Load): Promise<void> => {
  const rates: number[] = []
  const costs: number[] = []
  const own: number[] = []
  for (let n = 0; n < ROUNDS; n += 1) {
    const calls = round(n)
    const [ours, theirs] = [process.cpuUsage(), cpuSeconds(vnetd.pid)]
    rates.push(calls.length / ((await timed(() => client.all(calls, query))) / 1000))
    costs.push(((cpuSeconds(vnetd.pid) - theirs) * 1e6) / calls.length)
    const used = process.cpuUsage(ours)
    own.push((used.user + used.system) / calls.length)
    const made = calls.filter(([, , body]) => body !== undefined && 'uuid' in body)
    if (made.length > 0) await client.batch(made.map(removal))
  }
  row(what, spread(rates, '/s'), spread(costs, 'µs'), spread(own, 'µs'))
}

const measureBatch = async (
  vnetd: Vnetd,
  client: Client,
  what: string,
  calls: readonly Call[],
): Promise<void> => {
  const [made, removed]: [number[], number[]] = [[], []]
  const costs: number[] = []
  for (let n = 0; n < ROUNDS; n += 1) {
    const before = cpuSeconds(vnetd.pid)
    made.push(await timed(() => client.batch(calls)))
    costs.push(((cpuSeconds(vnetd.pid) - before) * 1e6) / calls.length)
    removed.push(await timed(() => client.batch(calls.map(removal))))
  }
  row(`${what}, one batch`, spread(made, 'ms'), spread(costs, 'µs'), '')
  row('the same deleted, one batch', spread(removed, 'ms'), '', '')
}

const measureReads = async (client: Client): Promise<void> => {
  await client.batch(several(MANY, guest))
  for (const path of [
    'interfaces/if-p5000',
    'interfaces?limit=30',
    'interfaces?limit=1000',
    'interfaces?limit=30&offset=9900',
    'status',
  ]) {
    const times: number[] = []
    for (let n = 0; n < 100; n += 1) times.push(await timed(() => client.call('GET', path)))
    row(`GET ${path}, ${number(MANY)} interfaces`, spread(times, 'ms'), '', '')
  }
}

const prepare = async (client: Client): Promise<void> => {
  await client.batch([
    ...several(MANY / GUESTS, (n) => network(n, 'g')),
    ['POST', 'networks', { uuid: 'nw-big', ipv4_network: '11.0.0.0', ipv4_prefix: 8 }],
    ['POST', 'ip_range_groups', { uuid: 'iprg-1', allocation_type: 'incremental' }],
    [
      'POST',
      'ip_range_groups/iprg-1/ip_ranges',
      { begin_ipv4_address: '11.0.0.1', end_ipv4_address: '11.200.0.0' },
    ],
    ['POST', 'lease_policies', { uuid: 'lp-1' }],
    ['POST', 'lease_policies/lp-1/networks/nw-big', { ip_range_group_uuid: 'iprg-1' }],
  ])
}

const run = async (directory: string): Promise<void> => {
  const vnetd = await Vnetd.start({ database: join(directory, 'openvnet.db') })
  const fakes = await FakeSwitches.start({ port: vnetd.openflow, switches: 1, ports: WRITES })
  const [one, many] = [new Client(vnetd.url, 1), new Client(vnetd.url, CONNECTIONS)]
  try {
    await prepare(many)
    fakes.connect()
    await vnetd.installed(1, 100)
    const few = Math.ceil(WRITES / 10)
    const on = (client: Client, what: string, round: Load['round'], query?: string) =>
      measureWrites(vnetd, { client, what, round, ...(query !== undefined && { query }) })
    await on(many, 'networks, pool of 64', () => several(WRITES, (n) => network(n)))
    await on(many, 'interfaces with leases, pool of 64', () => several(WRITES, guest))
    await on(many, 'the same with ?wait=30', () => several(WRITES, guest), '?wait=30')
    await on(many, 'addresses by a policy, pool of 64', () =>
      several(WRITES, () => ['POST', 'lease_policies/lp-1/ip_leases'] as const),
    )
    await on(one, 'networks, 1 connection', () => several(few, (n) => network(n)))
    await on(one, 'interfaces with leases, 1 connection', () => several(few, guest))
    await measureBatch(
      vnetd,
      many,
      '10,000 networks (10,000 rows)',
      several(MANY, (n) => network(n)),
    )
    await measureBatch(vnetd, many, '3,334 interfaces (10,002 rows)', several(3334, guest))
    await measureBatch(vnetd, many, '10,000 interfaces (30,000 rows)', several(MANY, guest))
    await measureReads(many)
  } finally {
    await Promise.all([one.close(), many.close()])
    await fakes.stop()
    await vnetd.stop()
  }
}

const directory = await mkdtemp(join(tmpdir(), 'vnet-writes-'))
try {
  const load = loadavg()[0] ?? Number.NaN
  say(
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}, load ${load.toFixed(1)}, ${new Date().toISOString().slice(0, 10)}; ` +
      `${ROUNDS} rounds of ${WRITES} writes (a tenth of that on one connection): median (least–most).`,
  )
  say('')
  row('work', 'rate or time', 'processor time of vnetd per write', 'of the client')
  row('---', '---', '---', '---')
  await measureDisk(directory)
  await run(directory)
} finally {
  await rm(directory, { recursive: true, force: true })
}
