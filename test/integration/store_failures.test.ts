/**
 * What can happen to the database of a running vnetd, and at its start: the disk is full, the file is deleted, damaged,
 * locked, read-only. Writes are refused with a sentence, reads go on, guests notice nothing, and nothing is half
 * written. The file systems are mounted in the mount namespace of vnetd: they are gone when it is.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { Daemon } from '../lab/daemon.ts'
import { VNETD } from '../lab/programs.ts'
import type { RestAnswer } from '../lab/rest.ts'
import { until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS, walkthrough } from '../scenarios/walkthrough.ts'
import { settledTables } from './tables.ts'

const DISK = 'size=32m'
const LOCKER = fileURLToPath(new URL('lock_process.ts', import.meta.url))

const world = await LabWorld.create()
t.teardown(() => world.close())
const { site } = world
const { host, rest } = site
const directory = join(host.directory, 'store')
await mkdir(directory)
const database = join(directory, 'openvnet.db')

/** vnetd on `database`, after these shell commands in its own mount namespace. */
const startVnetd = (preparation: string, ready = ' is up'): Promise<Daemon> => {
  const vnetd = [...VNETD, '--db', database, '--log-level', 'debug']
  return host.start(['sh', '-c', `${preparation} && exec "$@"`, 'sh', ...vnetd], { ready })
}

let vnetd = await startVnetd(`mount -t tmpfs -o ${DISK} tmpfs ${directory}`)
await world.build(walkthrough)
/** A file of vnetd's file system, seen from here. */
const inside = (file = database): string => `/proc/${vnetd.pid}/root${file}`
const network = (uuid: string, display_name = uuid) => ({ uuid, display_name, ipv4_network: '10.0.0.0' })
const post = (uuid: string, name?: string): Promise<RestAnswer> =>
  rest.send({
    method: 'POST',
    path: '/api/1.0/networks',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(network(uuid, name)),
  })

const steady = [
  world.guest('ns1').pingStart('172.16.1.2', { interval: 0.02 }),
  world.guest('ns2').pingStart('172.16.2.3', { interval: 0.02 }),
]
const full = await settledTables(world)

/** Writes are refused with this, reads go on, the switch is connected and has its flows. */
const refuses = async (t: Test, status: number, sentence: RegExp): Promise<void> => {
  const { revision } = await site.status()
  const answer = await post('nw-refused')
  t.equal(answer.status, status, answer.text)
  t.match(answer.body, { message: sentence })
  t.equal((await rest.send({ method: 'GET', path: '/api/1.0/networks/nw-refused' })).status, 404)
  t.equal((await rest.send({ method: 'GET', path: '/healthz' })).status, 200)
  const after = await site.status()
  t.equal(after.revision, revision, 'no revision')
  t.equal(after.datapaths[0]?.connected, true, 'the switch is connected')
  t.same(await world.checkPings(PINGS), [], 'guests reach whom they should')
}

/** Writes are taken again, without a restart, and reach the switch. */
const accepts = async (t: Test, uuid: string): Promise<void> => {
  await until('a write is taken', async () => (await post(uuid)).status === 200)
  t.equal((await rest.send({ method: 'GET', path: '/readyz' })).status, 200)
  await site.converged(BR0.dpid)
}

t.test('the disk is full', async (t) => {
  const { bavail, bsize } = statfsSync(inside(directory))
  const ballast = inside(join(directory, 'ballast'))
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 65_536)))
  const batch = Array.from({ length: 8000 }, (_, index) => ({
    method: 'POST',
    path: 'networks',
    body: network(`nw-b${index}`, 'x'.repeat(255)),
  }))
  const whole = {
    method: 'POST',
    path: '/api/1.0/batch',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(batch),
  }
  t.match(await rest.send(whole), { status: 507, body: { error: 'StoreFull' } })
  t.equal((await rest.send({ method: 'GET', path: '/api/1.0/networks/nw-b0' })).status, 404)
  let count = 0
  await until('the disk is full', async () => {
    count += 1
    return (await post(`nw-fill${count}`, 'x'.repeat(255))).status === 507
  })
  await refuses(t, 507, /^the store openvnet\.db cannot grow: its disk is full; make room and try again$/)
  t.equal((await rest.send({ method: 'GET', path: '/readyz' })).status, 503)
  rmSync(ballast)
  await accepts(t, 'nw-room')
  // So long a batch that what it wrote is moved from the journal into the file.
  t.match(await rest.send(whole), { status: 200 })
  await until('the file has it', () => statSync(inside()).size > 4 * 2 ** 20)
})

t.test('the file is deleted or replaced', async (t) => {
  for (const part of ['', '-wal']) {
    const away = inside(join(directory, 'away'))
    renameSync(inside(`${database}${part}`), away)
    await refuses(t, 503, /was deleted, moved or replaced while it was in use; put the same file back/)
    renameSync(away, inside(`${database}${part}`))
    await accepts(t, part === '' ? 'nw-back' : 'nw-again')
  }
})

t.test('the file is overwritten', async (t) => {
  const whole = readFileSync(inside())
  const damaged = Buffer.from(whole)
  damaged.fill(0xaa, Math.floor(whole.length / 2), Math.floor((whole.length * 3) / 4))
  writeFileSync(inside(), damaged, { flag: 'r+' })
  const answer = await post('nw-refused')
  t.equal(answer.status, 503)
  t.match(answer.body, { message: /is damaged and is not written any more; stop this program, restore/ })
  t.same(await world.checkPings(PINGS), [], 'guests reach whom they should')
  writeFileSync(inside(), whole, { flag: 'r+' })
  await accepts(t, 'nw-mended')
})

t.test('the file is locked by another process', async (t) => {
  const there = ['-t', `${vnetd.pid}`, '-m', process.execPath, '--conditions=vnet-source', LOCKER, database]
  const locker = spawn('nsenter', there, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => locker.kill('SIGKILL'))
  await once(locker.stdout, 'data')
  await refuses(t, 503, /is kept locked by another process; try again$/)
  locker.kill('SIGKILL')
  await once(locker, 'exit')
  await accepts(t, 'nw-unlocked')
})

t.test('at the start the file is damaged, then read-only, then as it should be', async (t) => {
  for (const part of ['', '-wal']) {
    const file = `${database}${part}`
    if (existsSync(inside(file))) copyFileSync(inside(file), file)
  }
  const { revision } = await site.status()
  await vnetd.stop('SIGKILL')
  // What it leaves in the journal is put into the file, so that the file is all there is.
  vnetd = await startVnetd('true')
  await vnetd.stop()
  const whole = readFileSync(database)

  const damaged = Buffer.from(whole)
  damaged.fill(0xaa, Math.floor(whole.length / 2))
  writeFileSync(database, damaged)
  const failed = await startVnetd('true', 'vnetd: ')
  t.equal(await failed.ended, 1)
  t.match(
    failed.output,
    /^vnetd: the database \S+openvnet\.db is damaged [^\n]+ Restore it from a copy[^\n]+\n$/m,
  )
  t.ok(readFileSync(database).equals(damaged), 'the file is as it was')
  t.same(await world.checkPings(PINGS), [], 'guests reach whom they should')

  writeFileSync(database, whole)
  vnetd = await startVnetd(`mount --bind ${database} ${database} && mount -o remount,bind,ro ${database}`)
  const { flow_mods_sent } = await site.converged(BR0.dpid, 20_000)
  t.equal(flow_mods_sent, 0, 'the switch needs nothing')
  t.equal((await site.status()).revision, revision, 'everything that was answered is there')
  await refuses(t, 503, /is read-only; give the user that runs this program the right to write/)
  t.match(vnetd.output, /the store cannot be written: writes are refused until it can/)
  await vnetd.stop()
  t.ok(readFileSync(database).equals(whole))

  vnetd = await startVnetd('true')
  await site.converged(BR0.dpid, 20_000)
  await accepts(t, 'nw-last')
})

t.test('guests have noticed nothing of all this', async (t) => {
  t.same(await settledTables(world), full)
  for (const ping of steady) {
    const { sent, lost } = await ping.stop()
    t.ok(sent > 100, `${sent} packets`)
    t.same(lost, [])
  }
  t.notMatch(vnetd.output, /unhandled|"level":60/i)
})
