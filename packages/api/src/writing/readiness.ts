/**
 * Whether the store takes writes, in bounded time and also while it is written: the thread that writes is asked, in turn
 * with all else. Where that takes long its last answer counts, since it writes a long batch then; unless it has said
 * nothing for so long that it hangs.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { storeFailure } from '../store/failure.ts'

export interface ReadinessOptions {
  /** Has the thread try. Rejects with what SQLite says when the store cannot be written. */
  readonly ask: () => Promise<unknown>
  /** Of the store. */
  readonly file: string
  /** Milliseconds that an answer is waited for (2,000). */
  readonly patience?: number
  /** Milliseconds after which the thread hangs (30,000). */
  readonly longest?: number
}

export interface Readiness {
  /** A request was answered: with an error, or well. */
  note(error: Error | undefined): void
  /** Rejects with what SQLite says when the store cannot be written now. */
  check(): Promise<void>
}

class Hung extends Error {
  readonly code = 'STORE_HUNG'
}

const PATIENCE_MS = 2000
const LONGEST_MS = 30_000

/** @returns whether it is done by then */
const isDone = async (work: Promise<unknown>, milliseconds: number): Promise<boolean> => {
  const over = new AbortController()
  try {
    const late = delay(milliseconds, false, { signal: over.signal })
    return await Promise.race([work.then(() => true), late])
  } finally {
    over.abort()
  }
}

export const createReadiness = (options: ReadinessOptions): Readiness => {
  const { ask, file, patience = PATIENCE_MS, longest = LONGEST_MS } = options
  let failure: Error | undefined
  /** The question that is not answered yet: one for all who ask. */
  let asked: { readonly at: number; readonly answer: Promise<unknown> } | undefined
  const question = () => {
    asked ??= { at: performance.now(), answer: ask().finally(() => (asked = undefined)) }
    return asked
  }
  return {
    note: (error) => {
      if (error === undefined) failure = undefined
      else if (storeFailure(error, file) !== undefined) failure = error
    },
    check: async () => {
      const { at, answer } = question()
      if (await isDone(answer, patience)) return
      if (failure !== undefined) throw failure
      const silence = performance.now() - at
      if (silence > longest) throw new Hung(`no answer for ${Math.round(silence / 1000)} s`)
    },
  }
}
