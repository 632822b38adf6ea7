/**
 * The one way in which a command fails: a sentence for people and an exit code for programs.
 * Everything that a user can cause ends here; any other error is a bug of ours.
 */

export const EXIT = {
  ok: 0,
  other: 1,
  usage: 2,
  notFound: 3,
  /** A conflict with what is there, or a value that is not legal. */
  invalid: 4,
  /** The change is stored, but not every bridge has it yet. */
  notApplied: 5,
  /** Of `plan --exit-code`: it is not as the file says. */
  differs: 6,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The operation of a batch that was refused. */
export interface OperationPlace {
  /** Its place in the list, from 0. */
  readonly index: number
  readonly method: string
  readonly path: string
}

export class Failure extends Error {
  readonly exit: ExitCode
  readonly place: OperationPlace | null

  /** Nothing went wrong: only the exit code says something. */
  get isQuiet(): boolean {
    return this.exit === EXIT.differs
  }

  /** @param message what is wrong, where, with the value, and what to do: one line */
  constructor(exit: ExitCode, message: string, place?: OperationPlace) {
    super(message)
    this.name = 'Failure'
    this.exit = exit
    this.place = place ?? null
  }
}
