/**
 * What is known of places, in a file of the controller: a line of JSON for each change, so that a change costs a line;
 * written anew when most lines are old. It is a help and never needed: what cannot be read is left out, what cannot be
 * written is logged once, and what is out of date is put right by the switches when they connect.
 */
import { readFileSync } from 'node:fs'
import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isPlaceChange, type PlaceChange } from '@openvnet/feed'
import type { Logger } from 'pino'

export interface PlaceMemoryOptions {
  readonly file: string
  readonly log: Logger
  /** All that is known now. */
  readonly all: () => readonly PlaceChange[]
}

/** Changes of this time are written together. */
const DELAY_MS = 100
/** Characters below which the file is not written anew. */
const SHORT = 2 ** 18

const linesOf = (changes: readonly PlaceChange[]): string =>
  changes.map((change) => `${JSON.stringify(change)}\n`).join('')

const parse = (line: string): PlaceChange[] => {
  try {
    const change: unknown = JSON.parse(line)
    return isPlaceChange(change) ? [change] : []
  } catch {
    return []
  }
}

/** What the file says; nothing where there is none. Never throws. */
export const readPlaces = (file: string, log: Logger): PlaceChange[] => {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
    const changes = lines.flatMap(parse)
    if (changes.length < lines.length)
      log.warn(
        { file, lines: lines.length - changes.length },
        'lines of what was remembered of places are left out',
      )
    return changes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn({ err: error, file }, 'what was remembered of places cannot be read')
    return []
  }
}

export class PlaceMemory {
  readonly #options: PlaceMemoryOptions
  #pending: PlaceChange[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  /** Characters in the file; of a file that was there before nothing is known. */
  #length = Infinity
  /** Characters that all had when it was written last. */
  #whole = 0
  #hasFailed = false
  #isClosed = false

  constructor(options: PlaceMemoryOptions) {
    this.#options = options
  }

  add(change: PlaceChange): void {
    if (this.#isClosed) return
    this.#pending.push(change)
    this.#timer ??= setTimeout(() => this.#flush(), DELAY_MS).unref()
  }

  /** Resolves when all is written. Nothing is added any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#flush()
    await this.#writing
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#pending.length === 0) return
    const text = linesOf(this.#pending.splice(0))
    this.#writing = this.#writing.then(() => this.#write(text))
  }

  /** Never rejects. */
  async #write(text: string): Promise<void> {
    const { file, log } = this.#options
    try {
      this.#length += text.length
      if (this.#length > Math.max(SHORT, 4 * this.#whole)) await this.#writeAnew()
      else await appendFile(file, text)
      this.#hasFailed = false
    } catch (error) {
      // Lines may be missing from now on.
      this.#length = Infinity
      if (!this.#hasFailed)
        log.warn({ err: error, file }, 'places cannot be written: a restart does not know them')
      this.#hasFailed = true
    }
  }

  async #writeAnew(): Promise<void> {
    const { file, all } = this.#options
    const text = linesOf(all())
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
    this.#length = text.length
    this.#whole = text.length
  }
}
