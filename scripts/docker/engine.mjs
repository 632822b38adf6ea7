// The Docker engine: the one that is there, else one of our own, started by hand and stopped at the end.
//
// Ours changes nothing of the machine: no packet filter, no default bridge, images and state in a cache directory. What it needs of the network it has
// from the host's (`--network host` at builds), and containers reach each other on the bridges of their networks.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { say } from '../setup/run.mjs'
import { ensureCommands } from '../setup/system.mjs'
import { attempt, Unavailable } from './command.mjs'

const DIRECTORY = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'openvnet', 'docker')
const file = (name) => join(DIRECTORY, name)
const SOCKET = `unix://${file('docker.sock')}`
const START_SECONDS = 60

/**
 * Has an engine answer; DOCKER_HOST says which one to everything that is started from here.
 * @returns {Promise<() => Promise<void>>} stops what was started
 * @throws {Unavailable}
 */
export async function ensureEngine(signal) {
  if (await answers(signal)) return async () => {}
  if (process.env.DOCKER_HOST) throw new Unavailable(`no Docker engine answers at ${process.env.DOCKER_HOST}`)
  if (process.platform !== 'linux' || process.getuid() !== 0)
    throw new Unavailable('no Docker engine answers here, and only root on Linux can start one')
  if (!ensureCommands(['docker', 'dockerd']))
    throw new Unavailable('no Docker engine is there or can be installed')
  process.env.DOCKER_HOST = SOCKET
  if (await answers(signal)) return adopt()
  return start(signal)
}

const answers = async (signal) => (await attempt(['docker', 'version'], { seconds: 15, signal })).ok

/** The engine of an earlier run: of one that was killed, or of one beside us, which stops it. */
function adopt() {
  if (isAlive(numberIn('owner'))) return async () => {}
  writeFileSync(file('owner'), String(process.pid))
  return stopper(numberIn('dockerd.pid'))
}

async function start(signal) {
  say('starting a Docker engine')
  mkdirSync(DIRECTORY, { recursive: true, mode: 0o700 })
  const log = openSync(file('dockerd.log'), 'w')
  const engine = spawn(
    'dockerd',
    [
      ...[`--host=${SOCKET}`, `--data-root=${file('data')}`, `--exec-root=${file('run')}`],
      ...[`--pidfile=${file('dockerd.pid')}`, '--bridge=none'],
      ...['--iptables=false', '--ip6tables=false', '--ip-forward=false'],
    ],
    { stdio: ['ignore', log, log], detached: true },
  )
  closeSync(log)
  engine.on('error', () => {})
  engine.unref()
  writeFileSync(file('owner'), String(process.pid))
  const stop = stopper(engine.pid)
  for (let second = 0; second < START_SECONDS && engine.exitCode === null && !signal.aborted; second += 1) {
    if (await answers(signal)) return stop
    await sleep(1)
  }
  await stop()
  throw new Unavailable(`dockerd does not start: ${lastLine(file('dockerd.log'))}`)
}

/** A process that ends without having called it takes the engine along too. */
function stopper(pid) {
  const end = () => isAlive(pid) && process.kill(pid, 'SIGTERM')
  process.once('exit', end)
  return async () => {
    process.removeListener('exit', end)
    end()
    for (let tenth = 0; tenth < 300 && isAlive(pid); tenth += 1) await sleep(0.1)
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    // The namespace of the machine, which it leaves mounted.
    await attempt(['umount', '--lazy', file('run/netns/default')])
    for (const name of ['run', 'docker.sock', 'owner', 'dockerd.pid'])
      rmSync(file(name), { recursive: true, force: true })
  }
}

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
const numberIn = (name) => (existsSync(file(name)) ? Number(readFileSync(file(name), 'utf8')) : 0)

function isAlive(pid) {
  if (!pid) return false
  try {
    process.kill(pid, 0)
    // One that has ended and was not waited for counts as gone.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const lastLine = (path) => readFileSync(path, 'utf8').trim().split('\n').at(-1)
