/**
 * A change of thousands of rows, taken apart: its text has one operation per line, so pieces of it can be parsed one
 * after the other with the event loop in between.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Change, Operation } from '@openvnet/feed'
import type { ChangeText } from './outbox.ts'

/** Operations that are parsed at once: a few milliseconds. */
export const PIECE = 500

const NEWLINE = '\n'

/** The texts of shorter arrays which together have the operations, each cut off when it is asked for. */
export function* piecesOf(operations: string): Generator<string> {
  for (let start = 0; start < operations.length; ) {
    let end = start
    for (let lines = 0; lines < PIECE && end < operations.length; lines++) {
      const newline = operations.indexOf(NEWLINE, end)
      end = newline < 0 ? operations.length : newline + 1
    }
    const isLast = end === operations.length
    // A line ends with the comma that parts it from the next.
    const piece = isLast ? operations.slice(start) : `${operations.slice(start, end - ',\n'.length)}]`
    yield start === 0 ? piece : `[${piece}`
    start = end
  }
}

export const parseInPieces = async ({ revision, operations }: ChangeText): Promise<Change> => {
  const parsed: Operation[] = []
  for (const piece of piecesOf(operations)) {
    if (parsed.length > 0) await turn()
    parsed.push(...(JSON.parse(piece) as Operation[]))
  }
  return { revision, operations: parsed }
}
