/** What the file of the store does not take, and when it does again: on real file systems where that is possible. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createLocalBus } from '@openvnet/feed'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createApi } from '../src/index.ts'
import { storeFailure } from '../src/store/failure.ts'
import { startApi } from './support/api.ts'

const TMPFS = ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs']

/** A directory of its own file system, until the end of the test. */
const diskOf = (t: Test): string => {
  const dir = mkdtempSync(join(tmpdir(), 'openvnet-store-'))
  execFileSync('mount', [...TMPFS, dir], { stdio: 'pipe' })
  t.teardown(() => {
    execFileSync('umount', ['-l', dir])
    rmdirSync(dir)
  })
  return dir
}

/** Whether this machine lets us mount: why not, or `false`. */
const skip = ((): string | false => {
  const dir = mkdtempSync(join(tmpdir(), 'openvnet-store-'))
  try {
    execFileSync('mount', [...TMPFS, dir], { stdio: 'pipe' })
    execFileSync('umount', [dir])
    return false
  } catch {
    return 'mounting is not allowed here'
  } finally {
    rmdirSync(dir)
  }
})()

t.test('each way to fail is a sentence', async (t) => {
  for (const [code, status, sentence] of [
    ['SQLITE_FULL', 507, /^the store a\.db cannot grow: its disk is full/],
    ['SQLITE_READONLY', 503, /is read-only/],
    ['SQLITE_READONLY_DBMOVED', 503, /is read-only/],
    ['SQLITE_IOERR_WRITE', 503, /its disk fails/],
    ['SQLITE_CORRUPT_VTAB', 503, /is damaged/],
    ['SQLITE_CANTOPEN', 503, /cannot be opened/],
    ['SQLITE_BUSY_SNAPSHOT', 503, /locked by another process/],
  ] as const) {
    const failure = storeFailure(Object.assign(new Error('inside'), { code }), '/secret/a.db')
    t.match(failure, { status, body: { message: sentence, code: String(status) } }, code)
    t.notMatch(JSON.stringify(failure?.body), /secret|inside|SQLITE/)
  }
  t.equal(storeFailure(Object.assign(new Error(), { code: 'SQLITE_CONSTRAINT_UNIQUE' }), 'a.db'), undefined)
  t.equal(storeFailure(new TypeError('a bug'), 'a.db'), undefined)
})

t.test('a full disk: writes and readiness fail until there is room', { skip }, async (t) => {
  const dir = diskOf(t)
  const api = await startApi(t, { file: join(dir, 'a.db') })
  const { bavail, bsize } = statfsSync(dir)
  const ballast = join(dir, 'ballast')
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 65_536)))
  t.equal((await api.send('GET', '/readyz')).status, 200)
  const write = () =>
    api.send('POST', 'networks', { ipv4_network: '10.0.0.0', display_name: 'x'.repeat(255) })
  let answer = await write()
  for (let attempt = 0; answer.status === 200 && attempt < 1000; attempt += 1) answer = await write()
  t.match(answer, { status: 507, body: { error: 'StoreFull', message: /^the store a\.db cannot grow/ } })
  const { revision } = (await api.ok('GET', 'status')).body
  t.match(await api.send('GET', '/readyz'), { status: 503, body: { status: /its disk is full/ } })
  t.equal((await api.send('GET', '/healthz')).status, 200)
  t.equal((await api.ok('GET', 'networks', { limit: 1 })).body.total_count, revision, 'reading goes on')
  t.ok(
    api.errors.splice(0).every((line) => /SQLITE_FULL/.test(line)),
    'logged with what SQLite said',
  )
  rmSync(ballast)
  t.same((await api.ok('GET', '/readyz')).body, { status: 'ok', revision })
  await api.ok('POST', 'networks', { ipv4_network: '10.0.0.0' })
})

t.test('a read-only file: a warning at the start, refusals later', { skip }, async (t) => {
  const file = join(diskOf(t), 'a.db')
  const before = await startApi(t, { file })
  await before.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.0.0.0' })
  await before.close()
  execFileSync('mount', ['--bind', file, file])
  t.teardown(() => execFileSync('umount', ['-l', file]))
  execFileSync('mount', ['-o', 'remount,bind,ro', file])

  const lines: { level: number; msg: string }[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const bus = createLocalBus()
  const api = await createApi({ file, bus, log })
  t.teardown(async () => {
    await api.close()
    await bus.close()
  })
  t.match(lines, [
    { level: 40, msg: /^the store cannot be written/, file, err: { code: /^SQLITE_READONLY/ } },
  ])
  const read = await api.app.inject('/api/1.0/networks/nw-1')
  t.equal(read.statusCode, 200)
  const write = await api.app.inject({ method: 'DELETE', url: '/api/1.0/networks/nw-1' })
  t.equal(write.statusCode, 503)
  t.match(write.json(), {
    error: 'StoreUnavailable',
    message: new RegExp(`^the store ${basename(file)} is read-only; give the user`),
  })
  const ready = await api.app.inject('/readyz')
  t.equal(ready.statusCode, 503)
  t.match(ready.json(), { status: /is read-only/ })
})
