/** What the file of the store does not take, and when it does again: on real file systems where that is possible. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalBus } from '@openvnet/feed'
import SqliteDatabase from 'better-sqlite3'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createApi, openStore, StoreUnusable } from '../src/index.ts'
import { storeFailure } from '../src/store/failure.ts'
import { startApi, type TestApi } from './support/api.ts'

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

const sound = (file: string): unknown[] => {
  const db = new SqliteDatabase(file, { readonly: true })
  try {
    return db.prepare('PRAGMA quick_check').pluck().all()
  } finally {
    db.close()
  }
}

t.test('each way to fail is a sentence', async (t) => {
  for (const [code, status, sentence] of [
    ['SQLITE_FULL', 507, /^the store a\.db cannot grow: its disk is full/],
    ['SQLITE_READONLY', 503, /is read-only/],
    ['SQLITE_READONLY_DBMOVED', 503, /is read-only/],
    ['SQLITE_IOERR_WRITE', 503, /its disk fails/],
    ['SQLITE_CORRUPT_VTAB', 503, /is damaged/],
    ['SQLITE_CANTOPEN', 503, /cannot be opened/],
    ['SQLITE_NOTADB', 503, /is damaged and is not written any more; stop this program, restore/],
    ['STORE_MOVED', 503, /was deleted, moved or replaced/],
    ['SQLITE_BUSY_SNAPSHOT', 503, /locked by another process/],
    ['STORE_HUNG', 503, /does not answer/],
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
  const whole = {
    method: 'POST',
    url: '/api/1.0/batch',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(
      Array.from({ length: 2000 }, () => ({
        method: 'POST',
        path: 'networks',
        body: { ipv4_network: '10.0.0.0', display_name: 'x'.repeat(255) },
      })),
    ),
  } as const
  t.match(await api.raw(whole), { status: 507, body: { error: 'StoreFull' } }, 'a batch that does not fit')
  t.equal(api.store.count('network'), 0, 'is not there in parts')
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
  t.match(await api.raw(whole), { status: 200, headers: { 'x-revision': String(revision + 1) } })
  t.same(sound(api.file), ['ok'])
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

const NETWORK = { ipv4_network: '10.0.0.0' }

/** A store with so many rows that they are not on the pages that every write touches; all of them in the file. */
const filled = (file: string): void => {
  const store = openStore({ file })
  store.write((writer) => {
    for (let n = 0; n < 2000; n += 1) {
      const uuid = `nw-${n}`
      const names = { uuid, display_name: uuid, domain_name: uuid }
      writer.insert('network', {
        ...names,
        mode: 'virtual',
        ipv4_network: '10.0.0.0',
        ipv4_prefix: 8,
        ipv6_network: null,
        ipv6_prefix: 64,
        ipv6_address_mode: 'slaac',
        dhcp_lease_time: 86_400,
        vlan_id: null,
        mtu: null,
        vlan_transparent: false,
        segment_id: null,
      })
    }
  })
  store.close()
}

const overwrite = (file: string, content: Uint8Array, at: number): void => {
  const fd = openSync(file, 'r+')
  writeSync(fd, content, 0, content.length, at)
  closeSync(fd)
}

t.test('a file that cannot be used ends the start with a sentence and stays as it was', async (t) => {
  const dir = t.testdir({ garbage: 'this is no database, however long it is'.repeat(100), dir: {} })
  const refuses = async (file: string, sentence: RegExp, what: string) => {
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true
    const before = isFile ? readFileSync(file) : null
    const bus = createLocalBus()
    const error = await createApi({ file, bus, log: pino({ level: 'silent' }) }).catch((error) => error)
    t.ok(error instanceof StoreUnusable || error instanceof Error, what)
    t.match(error.message, sentence, what)
    t.ok(error.message.includes(file) && !error.message.includes('\n'), 'names the file, in one paragraph')
    if (before !== null) t.ok(readFileSync(file).equals(before), 'and leaves it alone')
    await bus.close()
  }
  await refuses(`${dir}/garbage`, /is damaged or no database .* Restore it from a copy, or move it/, 'text')
  await refuses(`${dir}/dir`, /cannot be opened/, 'a directory')
  await refuses(`${dir}/garbage/a.db`, /cannot be opened .*--db$/, 'a file in the place of the directory')
  const file = `${dir}/a.db`
  filled(file)
  const whole = readFileSync(file)
  overwrite(file, new Uint8Array(20_000).fill(0xaa), 40_000)
  await refuses(file, /is damaged/, 'pages overwritten')
  writeFileSync(file, whole)
  truncateSync(file, whole.length / 2)
  await refuses(file, /is damaged/, 'half of it')
  writeFileSync(file, whole)
  overwrite(file, new Uint8Array(100), 0)
  await refuses(file, /is damaged/, 'no header')
  const foreign = new SqliteDatabase(`${dir}/foreign.db`)
  foreign.exec('CREATE TABLE diary (page TEXT)')
  foreign.close()
  await refuses(`${dir}/foreign.db`, /is a database of another program/, 'a diary')
  writeFileSync(file, whole)
  const api = await startApi(t, { file })
  t.equal(api.store.count('network'), 2000, 'restored from a copy it is as it was')
})

/** Whether the store refuses writes, answers reads, and says so to who asks. */
const refusesWrites = async (t: Test, api: TestApi, sentence: RegExp): Promise<void> => {
  const before = api.store.revision()
  t.match(await api.send('POST', 'networks', NETWORK), {
    status: 503,
    body: { error: 'StoreUnavailable', code: '503', message: sentence },
  })
  t.match(await api.send('DELETE', 'networks/nw-1'), { status: 503, body: { message: sentence } })
  t.match(await api.send('GET', '/readyz'), { status: 503, body: { status: sentence } })
  t.equal((await api.send('GET', '/healthz')).status, 200)
  t.equal((await api.send('GET', 'route_links')).status, 200, 'what is not damaged is read')
  t.equal(api.store.revision(), before, 'nothing is written')
  t.ok(api.errors.splice(0).length >= 3, 'each is logged')
}

/** A damaged file is looked at again after a second. */
const acceptsWrites = async (t: Test, api: TestApi): Promise<void> => {
  let answer = await api.send('POST', 'networks', NETWORK)
  for (let attempt = 0; answer.status !== 200 && attempt < 100; attempt += 1) {
    await sleep(50)
    answer = await api.send('POST', 'networks', NETWORK)
  }
  t.equal(answer.status, 200, 'when that is mended, writes go on without a restart')
  api.errors.splice(0)
  t.equal((await api.send('GET', '/readyz')).status, 200)
  t.same(sound(api.file), ['ok'])
}

t.test('a file that somebody deletes or replaces while it is in use', async (t) => {
  const dir = t.testdir()
  const api = await startApi(t, { file: `${dir}/a.db` })
  await api.ok('POST', 'networks', { ...NETWORK, uuid: 'nw-1' })
  for (const part of ['', '-wal']) {
    renameSync(`${api.file}${part}`, `${dir}/away`)
    await refusesWrites(t, api, /^the store a\.db was deleted, moved or replaced .*put the same file back/)
    t.equal((await api.ok('GET', 'networks/nw-1')).body.uuid, 'nw-1', 'what it held is still read')
    writeFileSync(`${api.file}${part}`, '')
    await refusesWrites(t, api, /was deleted, moved or replaced/)
    renameSync(`${dir}/away`, `${api.file}${part}`)
    await acceptsWrites(t, api)
  }
})

t.test('a file that is overwritten while it is in use', async (t) => {
  const file = `${t.testdir()}/a.db`
  filled(file)
  const whole = readFileSync(file)
  const api = await startApi(t, { file })
  await api.ok('GET', 'networks/nw-1')
  // The tables were made first, their rows came later.
  overwrite(file, new Uint8Array(whole.length / 4).fill(0xaa), Math.floor(whole.length / 2))
  await refusesWrites(t, api, /^the store a\.db is damaged and is not written any more; stop this program/)
  overwrite(file, whole, 0)
  await acceptsWrites(t, api)
})

t.test('damage that only a reader meets', async (t) => {
  const file = `${t.testdir()}/a.db`
  filled(file)
  const whole = readFileSync(file)
  const api = await startApi(t, { file })
  const { atime, mtime } = statSync(file)
  const damaged = Buffer.from(whole)
  // Names of networks, and with them most pages of theirs.
  for (let at = damaged.indexOf('nw-700'); at < damaged.length; at += 4096)
    damaged.fill(0xaa, at & ~4095, (at & ~4095) + 64)
  overwrite(file, damaged, 0)
  utimesSync(file, atime, mtime)
  await api.send('POST', 'route_links', {})
  const answer = await api.send('GET', 'networks', { limit: 1000 })
  t.match(answer, { status: 503, body: { error: 'StoreUnavailable', message: /is damaged/ } })
  await refusesWrites(t, api, /is damaged/)
})

t.test('a lock is waited for by writes only, and once for all of them', async (t) => {
  const api = await startApi(t)
  const locker = new SqliteDatabase(api.file)
  locker.exec('BEGIN IMMEDIATE')
  let reads = 0
  const writes = Promise.all(Array.from({ length: 50 }, () => api.send('POST', 'networks', NETWORK)))
  const refused = writes.then(() => reads)
  for (; reads < 20; reads += 1) t.equal((await api.send('GET', 'networks')).status, 200)
  t.equal(await refused, 20, 'reads are answered while writes wait')
  for (const { status, body } of await writes) t.match([status, body.error], [503, 'StoreBusy'])
  t.equal(api.store.revision(), 0)
  locker.close()
  await api.ok('POST', 'networks', NETWORK)
})
