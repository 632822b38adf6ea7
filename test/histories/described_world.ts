/**
 * A site without processes: the API with a store, the engine that follows it, and switches whose tables can
 * be looked into. What is done to it is kept, to be done again.
 */
import { type Api, createApi } from '@openvnet/api'
import { createLocalBus } from '@openvnet/feed'
import { silent, World, type WorldOptions } from '../../packages/controller/test/world.ts'
import { newStoreFile, type StoreFile } from '../scenarios/store_file.ts'
import type { Call, Edit } from './edits.ts'
import { DPIDS } from './hosts.ts'

type LocalBus = ReturnType<typeof createLocalBus>

/** The API failed, as it never should. */
class ServerError extends Error {}

/** What all else hangs on. */
const ROOTS = ['network', 'interface', 'route_link', 'network_service', 'datapath'] as const

interface Parts {
  readonly api: Api
  readonly bus: LocalBus
  readonly store: StoreFile
}

export class DescribedWorld {
  world: World
  /** What was done, without what was refused. */
  edits: Edit[] = []
  readonly #parts: Parts
  readonly #options: WorldOptions
  #revision = 0

  private constructor(parts: Parts, options: WorldOptions) {
    this.#parts = parts
    this.#options = { dpids: DPIDS, ...options }
    this.world = new World(this.#options)
  }

  static async create(options: WorldOptions = {}): Promise<DescribedWorld> {
    const bus = createLocalBus({ log: silent })
    const store = newStoreFile()
    const api = await createApi({ file: store.file, bus, log: silent })
    return new DescribedWorld({ api, bus, store }, options)
  }

  /** @throws {ServerError} for a status of 500 or more */
  async take(edit: Edit): Promise<void> {
    if (edit.kind !== 'call') {
      this.world.give(edit)
      this.edits.push(edit)
    } else if (await this.#call(edit)) this.edits.push(edit)
    await this.world.settled()
  }

  /** Everything is gone, and nobody remembers. */
  async reset(): Promise<void> {
    for (const resource of ROOTS) {
      for (const { uuid } of this.world.rows.get(resource)!.values())
        await this.#call({ kind: 'call', method: 'DELETE', path: `${resource}s/${uuid}`, body: {} })
    }
    this.world = new World(this.#options)
    this.edits = []
  }

  /** Where a client finds the API. */
  listen(): Promise<string> {
    return this.#parts.api.app.listen({ host: '127.0.0.1', port: 0 })
  }

  async close(): Promise<void> {
    await this.#parts.api.close()
    await this.#parts.bus.close()
    this.#parts.store.remove()
  }

  /** Hears of what others have written. */
  async follow(): Promise<void> {
    const since = await this.#parts.api.feed.since(this.#revision)
    if (since.kind === 'gone') throw new Error('the feed has lost its changes')
    for (const { operations } of since.changes) this.world.give({ kind: 'change', operations })
    this.#revision = since.revision
  }

  /** @returns whether it was accepted */
  async #call({ method, path, body }: Call): Promise<boolean> {
    const { statusCode, body: text } = await this.#parts.api.app.inject({
      method,
      url: `/api/1.0/${path}`,
      payload: body,
    })
    if (statusCode >= 500) throw new ServerError(`${method} ${path} ${JSON.stringify(body)}: ${text}`)
    await this.follow()
    return statusCode < 300
  }
}
