/**
 * Keeps a replica up to date: every revision exactly once and in order, whatever the bus loses, repeats or reorders.
 * A hint that is exactly next is taken at once. Anything else (a gap, another store, a reconnected bus, the start, the
 * periodic look) asks the source, one question at a time, until the replica is where the source is.
 */
import type { Logger } from 'pino'
import type { Bus, ChangeHint } from './bus.ts'
import type { Change, ChangesSince, FeedSource, Snapshot } from './change.ts'
import { FeedError } from './http-source.ts'

export interface FollowOptions {
  readonly source: FeedSource
  readonly bus: Bus
  readonly log: Logger
  /** The replica starts over from this. Called first, and again whenever the changes since cannot be had. */
  onSnapshot(snapshot: Snapshot): void
  /** The next revision. When it throws, the replica counts as broken and starts over from a snapshot. */
  onChange(change: Change): void
  /** Milliseconds between looks at the source that nothing asked for. Default 5,000. */
  readonly pollInterval?: number
  /** Milliseconds before a failed question is repeated; doubled each time up to 40 times as long. Default 50. */
  readonly retryInterval?: number
}

/** @returns the function that ends it: no handler is called after it. */
export function follow(options: FollowOptions): () => void {
  const follower = new Follower(options)
  const ends = [
    options.bus.subscribe('change', (hint) => follower.hear(hint)),
    options.bus.onGap(() => follower.look()),
  ]
  follower.look()
  return () => {
    follower.stop()
    for (const end of ends) end()
  }
}

/** What the answer to a question leaves to do. */
type Outcome = 'current' | 'behind' | 'broken'

class Follower {
  readonly #options: FollowOptions
  readonly #pollInterval: number
  readonly #retryInterval: number
  /** Store and revision of the replica; `#store` is null while there is none that could be continued. */
  #store: string | null = null
  #revision = 0
  /** The furthest hint since the last question was put. */
  #heard: { store: string; revision: number } | null = null
  #asking = false
  /** A gap came up while a question was under way: its answer may be older than the gap. */
  #lookAgain = false
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: FollowOptions) {
    this.#options = options
    this.#pollInterval = options.pollInterval ?? 5_000
    this.#retryInterval = options.retryInterval ?? 50
  }

  hear({ store, change }: ChangeHint): void {
    if (this.#stopped) return
    if (store === this.#store) {
      if (change.revision <= this.#revision) return
      if (change.revision === this.#revision + 1 && change.operations !== null) {
        if (!this.#deliver(change)) this.#schedule('broken')
        return
      }
    }
    if (this.#heard?.store !== store || this.#heard.revision < change.revision)
      this.#heard = { store, revision: change.revision }
    if (!this.#asking) this.#askSoon()
  }

  look(): void {
    if (this.#asking) this.#lookAgain = true
    else this.#askSoon()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** After a failure the next attempt stays where it is: nobody who is in trouble is asked more often. */
  #askSoon(): void {
    if (this.#stopped || this.#failures > 0) return
    clearTimeout(this.#timer)
    void this.#ask()
  }

  async #ask(): Promise<void> {
    this.#asking = true
    this.#lookAgain = false
    this.#heard = null
    let outcome: Outcome
    try {
      outcome = await (this.#store === null ? this.#load() : this.#catchUp(this.#store, this.#revision))
      if (outcome !== 'broken') this.#succeeded()
    } catch (error) {
      this.#failed(error)
      outcome = 'broken'
    }
    this.#asking = false
    this.#schedule(outcome)
  }

  async #load(): Promise<Outcome> {
    const snapshot = await this.#options.source.snapshot()
    if (this.#stopped) return 'current'
    try {
      this.#options.onSnapshot(snapshot)
    } catch (error) {
      return this.#breaks(error, snapshot.revision)
    }
    this.#store = snapshot.store
    this.#revision = snapshot.revision
    return 'current'
  }

  async #catchUp(store: string, since: number): Promise<Outcome> {
    const answer = await this.#options.source.since(since)
    // A hint may have broken the replica in the meantime.
    if (this.#stopped || this.#store === null) return 'behind'
    if (answer.kind === 'gone' || answer.store !== store || answer.revision < since)
      return this.#startOver(answer)
    const before = this.#revision
    for (const change of answer.changes) {
      if (change.revision <= this.#revision) continue
      if (change.revision > this.#revision + 1) break
      if (!this.#deliver(change)) return 'broken'
      if (this.#stopped) return 'current'
    }
    if (answer.revision <= this.#revision) return 'current'
    // Less than there is: the source answers in parts, or has a hole.
    return this.#revision > before ? 'behind' : this.#startOver(answer)
  }

  #startOver(answer: ChangesSince): Outcome {
    this.#options.log.info(
      {
        store: this.#store,
        revision: this.#revision,
        source_store: answer.store,
        source_revision: answer.revision,
      },
      'the changes since are gone, loading a snapshot',
    )
    this.#store = null
    return 'behind'
  }

  #deliver(change: Change): boolean {
    try {
      this.#revision = change.revision
      this.#options.onChange(change)
      return true
    } catch (error) {
      this.#breaks(error, change.revision)
      return false
    }
  }

  #breaks(error: unknown, revision: number): Outcome {
    this.#options.log.error(
      { err: error, revision },
      'the replica failed to take a revision, loading a snapshot',
    )
    this.#store = null
    this.#failures += 1
    return 'broken'
  }

  #succeeded(): void {
    const { log } = this.#options
    if (this.#failures > 0) log.info({ revision: this.#revision }, 'the source of changes answers again')
    this.#failures = 0
  }

  #failed(error: unknown): void {
    this.#failures += 1
    const level = this.#failures === 1 ? 'warn' : 'debug'
    // That a source cannot be reached is said by its message; where in our code that was noticed helps nobody.
    const fields = error instanceof FeedError ? { code: error.code, reason: error.message } : { err: error }
    this.#options.log[level](fields, 'the source of changes does not answer, trying again')
  }

  #schedule(outcome: Outcome): void {
    if (this.#stopped || this.#asking) return
    clearTimeout(this.#timer)
    if (outcome === 'broken') {
      const delay = this.#retryInterval * Math.min(40, 2 ** (this.#failures - 1))
      this.#timer = setTimeout(() => void this.#ask(), delay * (0.75 + Math.random() / 2))
    } else if (outcome === 'behind' || this.#lookAgain || this.#isAhead()) {
      void this.#ask()
    } else {
      this.#timer = setTimeout(() => void this.#ask(), this.#pollInterval)
    }
  }

  /** Whether a hint has told of more than the replica holds. */
  #isAhead(): boolean {
    const heard = this.#heard
    return heard !== null && (heard.store !== this.#store || heard.revision > this.#revision)
  }
}
