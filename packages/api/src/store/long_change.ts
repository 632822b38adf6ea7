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

/** The texts of shorter arrays which together have the operations. */
export const piecesOf = (operations: string): string[] => {
  const lines = operations.split(NEWLINE)
  const pieces: string[] = []
  for (let first = 0; first < lines.length; first += PIECE) {
    const piece = lines.slice(first, first + PIECE).join('')
    const opened = first === 0 ? piece : `[${piece}`
    pieces.push(first + PIECE >= lines.length ? opened : `${opened.slice(0, -1)}]`)
  }
  return pieces
}

export const parseInPieces = async ({ revision, operations }: ChangeText): Promise<Change> => {
  const pieces = piecesOf(operations)
  const parsed: Operation[] = []
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await turn()
    parsed.push(...(JSON.parse(piece) as Operation[]))
  }
  return { revision, operations: parsed }
}
