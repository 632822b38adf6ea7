/**
 * A client that writes without pause and remembers what it was told: whatever happens to the servers, what was
 * answered must be so afterwards, and what was not answered may be either way. It repeats what is not answered, and
 * takes it for done when the server says that it is.
 */
import type { Change, ChangesSince, Snapshot } from '@openvnet/feed'
import type { Rest } from '../lab/rest.ts'
import { sleep } from '../lab/wait.ts'

/** Whether a row is there, as far as its writer can know. */
type Knowledge = 'present' | 'absent' | 'unknown'
type Resource = 'network' | 'interface'

interface Target {
  readonly resource: Resource
  readonly uuid: string
}

/** A write that was answered at the first attempt. */
interface Answered extends Target {
  readonly revision: number
  readonly isDelete: boolean
}

type Method = 'POST' | 'PUT' | 'DELETE'
type Step = readonly [method: Method, target: Target, body?: object]

interface Reply {
  readonly status: number
  readonly revision: number
  readonly text: string
}

export interface WriterOptions {
  readonly rest: Rest
  /** Part of all its uuids: a letter. */
  readonly name: string
  /** Switch ports whose interfaces it makes and deletes; nobody else does. */
  readonly ports: readonly string[]
  /** Milliseconds between two writes; 0 when absent. */
  readonly pause?: number
}

const REPEAT_AFTER_MS = 10
const DUPLICATE = '"code":"102"'

export class Writer {
  readonly answered: Answered[] = []
  /** Answers that a client with these requests must not get. */
  readonly unexpected: string[] = []
  readonly #known = new Map<string, Target & { readonly state: Knowledge }>()
  /** Display names that an interface may have. */
  readonly #names = new Map<string, readonly string[]>()
  readonly #options: WriterOptions
  /** Round that made the interface which the port may have. */
  readonly #occupant = new Map<string, number>()
  #round = 0
  #writing = false
  #running: Promise<void> = Promise.resolve()

  constructor(options: WriterOptions) {
    this.#options = options
  }

  start(): void {
    this.#writing = true
    this.#running = this.#run()
  }

  /** Resolves when the request that is under way has been answered or lost. */
  async stop(): Promise<void> {
    this.#writing = false
    await this.#running
  }

  async #run(): Promise<void> {
    for (; this.#writing; this.#round += 1) {
      const port = this.#options.ports[this.#round % this.#options.ports.length]!
      const former = this.#occupant.get(port)
      if (former !== undefined) await this.#all(this.#removal(former))
      if (!this.#writing) return
      this.#occupant.set(port, this.#round)
      await this.#all(this.#addition(this.#round, port))
    }
  }

  async #all(steps: readonly Step[]): Promise<void> {
    for (const [method, target, body] of steps) {
      if (!this.#writing) return
      await this.#write(method, target, body)
    }
  }

  #network(round: number): Target {
    return { resource: 'network', uuid: `nw-${this.#options.name}${round}` }
  }
  #interface(round: number): Target {
    return { resource: 'interface', uuid: `if-${this.#options.name}${round}` }
  }

  #removal(round: number): readonly Step[] {
    return [
      ['DELETE', this.#interface(round)],
      ['DELETE', this.#network(round)],
    ]
  }

  /** All networks have the same MAC address. */
  #addition(round: number, port_name: string): readonly Step[] {
    const subnet = `10.${this.#options.name.charCodeAt(0)}.${round % 256}`
    const network = this.#network(round)
    const ends = { mac_address: '52:54:00:00:00:01', ipv4_address: `${subnet}.1` }
    return [
      ['POST', network, { ipv4_network: `${subnet}.0` }],
      ['POST', this.#interface(round), { network_uuid: network.uuid, port_name, ...ends }],
      ['PUT', this.#interface(round), { display_name: `renamed ${round}` }],
    ]
  }

  async #write(method: Method, target: Target, body?: object): Promise<void> {
    const before = this.#known.get(target.uuid)?.state ?? 'absent'
    if (method === 'DELETE' && before === 'absent') return
    let isRepeated = before === 'unknown'
    this.#expectName(method, target, body)
    for (;;) {
      const reply = await this.#ask(method, target, body)
      if (reply !== undefined) {
        this.#take(method, target, reply, isRepeated)
        break
      }
      isRepeated = true
      if (method !== 'PUT') this.#learn(target, 'unknown')
      if (!this.#writing) return
      await sleep(REPEAT_AFTER_MS)
    }
    if (method === 'PUT') this.#names.set(target.uuid, this.#names.get(target.uuid)!.slice(-1))
    if (this.#options.pause !== undefined) await sleep(this.#options.pause)
  }

  #expectName(method: Method, { resource, uuid }: Target, body: object | undefined): void {
    if (resource !== 'interface') return
    if (method === 'POST') this.#names.set(uuid, [uuid])
    if (method === 'PUT') {
      const { display_name } = body as { display_name: string }
      this.#names.set(uuid, [...(this.#names.get(uuid) ?? []), display_name])
    }
  }

  #take(method: Method, target: Target, { status, revision, text }: Reply, isRepeated: boolean): void {
    const state = method === 'DELETE' ? 'absent' : 'present'
    if (status === 200) {
      this.#learn(target, state)
      if (!isRepeated) this.answered.push({ ...target, revision, isDelete: method === 'DELETE' })
    } else if (isRepeated && (text.includes(DUPLICATE) || (method === 'DELETE' && status === 404))) {
      this.#learn(target, state)
    } else {
      this.unexpected.push(`${method} ${target.uuid}: ${status} ${text}`)
    }
  }

  #learn(target: Target, state: Knowledge): void {
    this.#known.set(target.uuid, { ...target, state })
  }

  /** `undefined` when no answer came. */
  async #ask(method: Method, { resource, uuid }: Target, body?: object): Promise<Reply | undefined> {
    const parameters = method === 'POST' ? { uuid, ...body } : body
    try {
      const { status, headers, text } = await this.#options.rest.send({
        method,
        path: `/api/1.0/${resource}s${method === 'POST' ? '' : `/${uuid}`}`,
        ...(parameters && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(parameters),
        }),
      })
      return { status, revision: Number(headers['x-revision']), text }
    } catch {
      return undefined
    }
  }

  /** What it was told and is not so, as lines for people. */
  contradictions({ rows }: Snapshot, changes: ReadonlyMap<number, Change>): string[] {
    const stored = new Map([...rows.network, ...rows.interface].map((row) => [row.uuid, row.display_name]))
    const wrongRows = [...this.#known.values()]
      .filter(({ uuid, state }) => state !== 'unknown' && stored.has(uuid) !== (state === 'present'))
      .map(({ uuid, state }) => `${uuid} should be ${state}`)
    const wrongNames = [...this.#names]
      .filter(([uuid, names]) => stored.has(uuid) && !names.includes(stored.get(uuid)!))
      .map(([uuid, names]) => `${uuid} is called '${stored.get(uuid)}', not ${names.join(' or ')}`)
    const wrongRevisions = this.answered
      .filter((write) => !isIn(write, changes.get(write.revision)))
      .map(({ uuid, revision }) => `revision ${revision} should be of ${uuid}`)
    return [...wrongRows, ...wrongNames, ...wrongRevisions, ...this.unexpected]
  }
}

const isIn = ({ resource, uuid, isDelete }: Answered, change: Change | undefined): boolean =>
  change?.operations.some(
    (operation) =>
      operation.resource === resource && (isDelete ? operation.row === null : operation.row?.uuid === uuid),
  ) ?? false

/** Every change that the store knows, by revision. */
const allChanges = async (rest: Rest): Promise<Map<number, Change>> => {
  const changes = new Map<number, Change>()
  for (let since = 0; ; ) {
    const page = await rest.get<ChangesSince>(`changes?since=${since}`)
    if (page.kind === 'gone') throw new Error(`the changes after ${since} are gone`)
    for (const change of page.changes) changes.set(change.revision, change)
    since = page.changes.at(-1)?.revision ?? since
    if (since === page.revision) return changes
  }
}

/** What the store must not look like after these writers, as lines for people. To be asked while nobody writes. */
export const contradictions = async (rest: Rest, writers: readonly Writer[]): Promise<string[]> => {
  const snapshot = await rest.get<Snapshot>('snapshot')
  const changes = await allChanges(rest)
  const gaps = Array.from({ length: snapshot.revision }, (_, index) => index + 1)
    .filter((revision) => !changes.has(revision))
    .map((revision) => `revision ${revision} is missing`)
  const revisions = writers.flatMap(({ answered }) => answered.map(({ revision }) => revision))
  const shared = revisions.length - new Set(revisions).size
  return [
    ...gaps,
    ...(shared === 0 ? [] : [`${shared} writes were given a revision of another one`]),
    ...writers.flatMap((writer) => writer.contradictions(snapshot, changes)),
  ]
}
