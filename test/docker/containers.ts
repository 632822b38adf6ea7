/**
 * The containers of docker-compose.yml as a project of their own: names that say which process owns them, another
 * subnet, a port of the engine's choice. Nothing of them is left behind, however the process ends; what a killed one left
 * is removed by the next.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { attempt, type CommandOptions, type CommandResult, run } from '../lab/command.ts'
import { atExit } from '../lab/exit.ts'
import { isAlive, newRun, runOf } from '../lab/identity.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMPOSE = (process.env['VNET_COMPOSE'] ?? 'docker compose').split(' ')
const PROJECT = 'com.docker.compose.project'
/** Milliseconds: an engine may be busy. */
const PATIENCE = 180_000

export type Service = 'api' | 'controller' | 'redis' | 'host1' | 'host2' | 'host3'
const KINDS = ['container', 'network', 'volume'] as const

const listCommand = (kind: (typeof KINDS)[number], filter: string, format: string): string[] => [
  ...['docker', kind, 'ls', ...(kind === 'container' ? ['--all'] : [])],
  ...['--filter', `label=${filter}`, '--format', format],
]

const say = (command: readonly string[]): string[] => {
  const { stdout } = spawnSync(command[0]!, command.slice(1), { encoding: 'utf8' })
  return (stdout ?? '').split('\n').filter((line) => line !== '')
}

/** Without compose: it works in the last moments of a process too, and for projects of dead ones. */
const remove = (project: string): void => {
  for (const kind of KINDS) {
    const names = say(listCommand(kind, `${PROJECT}=${project}`, kind === 'volume' ? '{{.Name}}' : '{{.ID}}'))
    const force = kind === 'container' ? ['--force', '--volumes'] : []
    if (names.length > 0) spawnSync('docker', [kind, 'rm', ...force, ...names])
  }
}

const sweep = (): void => {
  const projects = KINDS.flatMap((kind) => say(listCommand(kind, PROJECT, `{{.Label "${PROJECT}"}}`)))
  for (const project of new Set(projects))
    if (runOf(project) === project && !isAlive(project)) remove(project)
}

export class Containers {
  readonly project = newRun()
  /** The first three octets of the network between the hosts: one that two runs are unlikely to share. */
  readonly underlay = `10.214.${process.pid % 256}`
  readonly #ids = new Map<Service, string>()
  readonly #release: () => void

  private constructor() {
    this.#release = atExit(() => remove(this.project))
  }

  static async up(): Promise<Containers> {
    sweep()
    const containers = new Containers()
    await containers.compose('up', '--detach', '--no-build')
    return containers
  }

  compose(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, VNET_UNDERLAY: this.underlay, VNET_HTTP_PORT: '0' }
    const command = [...COMPOSE, '--project-name', this.project, ...args]
    return run(command, { cwd: ROOT, env, timeout: PATIENCE })
  }

  /** Words that make a command run in a container. */
  async inside(service: Service): Promise<readonly string[]> {
    const id = this.#ids.get(service) ?? (await this.compose('ps', '--quiet', service)).trim()
    this.#ids.set(service, id)
    return ['docker', 'exec', '--interactive', id]
  }

  async attempt(
    service: Service,
    command: readonly string[],
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    return attempt([...(await this.inside(service)), ...command], { timeout: PATIENCE, ...options })
  }

  async run(service: Service, command: readonly string[], options: CommandOptions = {}): Promise<string> {
    return run([...(await this.inside(service)), ...command], { timeout: PATIENCE, ...options })
  }

  /** What there is of the project: containers, networks, volumes. */
  async rest(): Promise<string[]> {
    const lists = KINDS.map((kind) => run(listCommand(kind, `${PROJECT}=${this.project}`, kind)))
    return (await Promise.all(lists)).flatMap((text) => text.split('\n').filter((line) => line !== ''))
  }

  async down(): Promise<void> {
    await this.compose('down', '--volumes', '--timeout', '1')
    this.#release()
  }
}
