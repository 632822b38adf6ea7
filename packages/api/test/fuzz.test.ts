/**
 * Whatever is sent to whatever path, in bytes: no answer is a bug of ours, nothing of what is refused is stored, the
 * store stays whole and the memory flat. `FUZZ_SECONDS` (8) says how long, `FUZZ_SEED` what.
 */
import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import SqliteDatabase from 'better-sqlite3'
import t from 'tap'
import { createRandom } from './fuzz/random.ts'
import { type Shot, shotOf, type Vocabulary } from './fuzz/request.ts'
import { startApi, type TestApi } from './support/api.ts'
import { FINAL } from './surface/final.ts'
import { FORMER } from './surface/former.ts'
import { GROUND } from './surface/ground.ts'

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 8)
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const heap = async (): Promise<number> => {
  for (let pass = 0; pass < 3; pass += 1) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}

/** The first answer on a connection of its own; empty when there is none. */
const shoot = (port: number, { bytes, isCut }: Shot): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
    if (isCut) socket.end(bytes)
    else socket.write(bytes)
  })

const vocabularyOf = async (api: TestApi): Promise<Vocabulary> => {
  const { body } = await api.raw({ method: 'GET', url: '/openapi.json' })
  const names = new Set(['wait_', 'limit', 'offset', 'since', 'label', 'dry_run'])
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const name of Object.keys((value as { properties?: object }).properties ?? {})) names.add(name)
    for (const inner of Object.values(value)) visit(inner)
  }
  visit(body.paths)
  names.delete('wait')
  const uuids = GROUND.flatMap(([, { uuid }]) => (typeof uuid === 'string' ? [uuid] : []))
  const calls = [...FINAL, ...FORMER].map(({ call, needs = {}, takes = {} }) => {
    const [method = '', path = ''] = call.split(' ')
    return { method, path, values: { ...needs, ...takes } }
  })
  return {
    calls,
    paths: [...Object.keys(body.paths), '/api/1.0/nothing', '/docs', '/'],
    names: [...names],
    uuids,
  }
}

interface Outcome {
  readonly status: number
  readonly problem?: string
}

/** What is wrong with an answer. */
const judge = (answer: string): Outcome => {
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)
  if (status >= 500) return { status, problem: answer.slice(0, 500) }
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
  const isJson = /content-type: application\/json/i.test(answer)
  if (status < 400 || !isJson || body === '') return { status }
  try {
    const { error, code, message } = JSON.parse(body.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, ''))
    const isOurs = typeof error === 'string' && typeof code === 'string' && message !== undefined
    return isOurs ? { status } : { status, problem: `not an error of ours: ${body.slice(0, 300)}` }
  } catch {
    return { status, problem: `not JSON: ${body.slice(0, 300)}` }
  }
}

const checkStore = (file: string): unknown[] => {
  const db = new SqliteDatabase(file, { readonly: true })
  try {
    const broken = db.pragma('foreign_key_check') as unknown[]
    const state = db.pragma('integrity_check', { simple: true })
    return state === 'ok' ? broken : [state, ...broken]
  } finally {
    db.close()
  }
}

const ROUNDS = 4

t.test(`bytes from anybody (FUZZ_SEED=${SEED})`, async (t) => {
  const rejections: unknown[] = []
  const onRejection = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', onRejection)
  t.teardown(() => process.off('unhandledRejection', onRejection))
  const api = await startApi(t, { keepChanges: 1000 })
  for (const [call, given] of GROUND) {
    const [method = '', path = ''] = call.split(' ')
    await api.ok(method, path, given)
  }
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = api.app.server.address() as { port: number }
  const words = await vocabularyOf(api)
  const random = createRandom(SEED)
  const statuses = new Map<number, number>()
  const problems: string[] = []

  /** Writes are done in turn: when this one is tried, those before it are over. */
  const settled = () => api.ok('POST', 'networks', { ipv4_network: '10.0.0.0', dry_run: true })

  const fire = async (): Promise<void> => {
    const shot = shotOf(random, words, `127.0.0.1:${port}`)
    const before = api.store.revision()
    const { status, problem } = judge(await shoot(port, shot))
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const what = () => shot.bytes.subarray(0, 300).toString('latin1')
    if (problem !== undefined) problems.push(`${problem}\n${what()}`)
    if (status >= 400 && !shot.isCut && api.store.revision() !== before)
      problems.push(`stored although refused: ${what()}`)
    // What was cut off may have been whole enough to be done, after this side has left.
    if (shot.isCut) await settled()
    if (status === 0 && !shot.isCut) problems.push(`no answer: ${what()}`)
  }

  const heaps: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const end = performance.now() + (SECONDS * 1000) / ROUNDS
    while (performance.now() < end) await fire()
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        const { problem } = judge(await shoot(port, shotOf(random, words, `127.0.0.1:${port}`)))
        if (problem !== undefined) problems.push(problem)
      }),
    )
    await settled()
    t.same(checkStore(api.file), [], 'the store is whole')
    heaps.push(await heap())
  }
  t.same(problems.slice(0, 5), [])
  t.same(rejections, [])
  t.same(({} as Record<string, unknown>)['polluted'], undefined, 'no prototype was touched')
  const counts = JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)))
  t.comment(
    `answers by status: ${counts}; heap in MiB: ${heaps.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(', ')}`,
  )
  for (const status of [200, 400, 404, 405, 415])
    t.ok((statuses.get(status) ?? 0) > 0, `some are ${status}: ${counts}`)
  const growth = ((heaps.at(-1) ?? 0) - (heaps[1] ?? 0)) / 2 ** 20
  t.ok(growth < 8, `the heap grew by ${growth.toFixed(1)} MiB`)
  t.equal((await api.ok('GET', 'networks')).status, 200, 'and it still answers')
})
