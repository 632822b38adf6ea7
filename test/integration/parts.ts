/** vnetd on the host of a lab, whole or as API and controller with a Redis between them: started, stopped, killed. */
import type { Daemon } from '../lab/daemon.ts'
import { HTTP_PORT, OPENFLOW_PORT, REDIS_PORT, type Site } from '../lab/vnetd.ts'

export const SPLIT = ['redis', 'api', 'controller'] as const
export type Part = (typeof SPLIT)[number] | 'vnetd'

const REDIS = ['--redis', `redis://127.0.0.1:${REDIS_PORT}`]
const API = ['--api', `http://127.0.0.1:${HTTP_PORT}`]
const OPENFLOW = ['--openflow', `127.0.0.1:${OPENFLOW_PORT}`]
const REDIS_SERVER = [
  ...['redis-server', '--port', `${REDIS_PORT}`, '--bind', '127.0.0.1'],
  ...['--save', '', '--appendonly', 'no'],
]

const LAUNCH: Readonly<Record<Part, (site: Site) => Promise<Daemon>>> = {
  vnetd: (site) => site.launch(),
  redis: ({ host }) =>
    host.start([...REDIS_SERVER, '--dir', host.directory], { ready: 'Ready to accept connections' }),
  api: (site) => site.launch('--only', 'api', ...REDIS),
  controller: (site) => site.launch('--only', 'controller', ...API, ...OPENFLOW, ...REDIS),
}

export class Parts {
  readonly #site: Site
  readonly #running = new Map<Part, Daemon>()

  constructor(site: Site) {
    this.#site = site
  }

  /** One after the other; what runs already is left as it is. */
  async start(...parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      if (this.#running.get(part)?.running !== true) this.#running.set(part, await LAUNCH[part](this.#site))
    }
  }

  async stop(part: Part, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#running.get(part)?.stop(signal)
  }

  kill(part: Part): Promise<void> {
    return this.stop(part, 'SIGKILL')
  }

  /** Exactly these run from now on. */
  async only(...parts: readonly Part[]): Promise<void> {
    const others = [...this.#running.keys()].filter((part) => !parts.includes(part))
    for (const part of others) await this.stop(part)
    await this.start(...parts)
  }
}
