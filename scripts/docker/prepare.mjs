// What the tests in containers need, made ready: engine, compose, images. The tests read the rest from the environment.
import { existsSync } from 'node:fs'
import { SetupError, say } from '../setup/run.mjs'
import { ensureCommands } from '../setup/system.mjs'
import { attempt, Unavailable } from './command.mjs'
import { ensureEngine } from './engine.mjs'
import { ensureImages } from './images.mjs'

export { Unavailable }

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs what needs containers, and stops what was started for it, however that ends.
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 * @throws {Unavailable} when containers cannot run here
 * @template T
 */
export async function withDocker(action) {
  const stop = new AbortController()
  const abort = () => stop.abort()
  for (const signal of SIGNALS) process.on(signal, abort)
  let close = async () => {}
  try {
    if (!existsSync('/dev/net/tun'))
      throw new Unavailable('there is no /dev/net/tun, which Open vSwitch needs')
    close = await ensureEngine(stop.signal)
    const compose = await ensureCompose(stop.signal)
    const images = await ensureImages(stop.signal)
    await ensurePermissions(images.HOST_IMAGE, stop.signal)
    if (stop.signal.aborted) throw new SetupError('interrupted')
    Object.assign(process.env, images, { VNET_COMPOSE: compose })
    return await action()
  } catch (error) {
    // What was going on has failed because of it.
    throw stop.signal.aborted ? new SetupError('interrupted') : error
  } finally {
    await close()
    for (const signal of SIGNALS) process.removeListener(signal, abort)
  }
}

/** `docker compose`, else `docker-compose`. */
async function ensureCompose(signal) {
  if ((await attempt(['docker', 'compose', 'version'], { signal })).ok) return 'docker compose'
  if (ensureCommands(['docker-compose'])) return 'docker-compose'
  throw new Unavailable('neither docker compose nor docker-compose is there')
}

const PRIVILEGES = ['NET_ADMIN', 'SYS_ADMIN'].map((capability) => `--cap-add=${capability}`)
const TRIAL =
  'ip netns add try && ip tuntap add dev try mode tap && ip link add try-bridge type bridge && ip link add try-a type veth peer try-b'

/** An engine in a container, or without root, may start and yet not permit what a host does. @throws {Unavailable} */
async function ensurePermissions(image, signal) {
  const network = `openvnet-try-${process.pid}`
  const { ok, output } = await attempt(['docker', 'network', 'create', network], { signal })
  if (!ok) throw new Unavailable(`the Docker engine makes no network: ${output}`)
  try {
    const container = [
      'docker',
      'run',
      '--rm',
      `--network=${network}`,
      '--device=/dev/net/tun',
      '--entrypoint=sh',
    ]
    const unconfined = '--security-opt=apparmor:unconfined'
    const command = [...container, ...PRIVILEGES, unconfined, image, '-c', TRIAL]
    const trial = await attempt(command, { seconds: 60, signal })
    if (!trial.ok)
      throw new Unavailable(`the Docker engine does not permit what a host needs: ${trial.output}`)
  } finally {
    await attempt(['docker', 'network', 'rm', network])
  }
}

/** What is said where the tests are left out. */
export const sayLeftOut = ({ message }) => say(`the tests in Docker containers did not run: ${message}`)
