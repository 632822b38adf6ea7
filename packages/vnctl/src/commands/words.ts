/** Splits a line into words as a shell does: blanks separate; quotes and backslashes keep them. Expands nothing. */
import { EXIT, Failure } from '../failure.ts'

// One piece of a word: plain characters, 'quoted', "quoted" with \" and \\, or an escaped character.
const PIECE = /[^\s'"\\]+|'[^']*'|"(?:[^"\\]|\\.)*"|\\./y

const unquoted = (piece: string): string => {
  if (piece.startsWith("'")) return piece.slice(1, -1)
  if (piece.startsWith('"')) return piece.slice(1, -1).replace(/\\(["\\])/g, '$1')
  return piece.startsWith('\\') ? piece.slice(1) : piece
}

/** @throws {Failure} for a quote that is not closed */
export const splitWords = (line: string): string[] => {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < line.length; ) {
    PIECE.lastIndex = at
    const piece = PIECE.exec(line)?.[0]
    if (piece !== undefined) {
      word = (word ?? '') + unquoted(piece)
      at += piece.length
      continue
    }
    if (!/\s/.test(line.charAt(at))) {
      throw new Failure(EXIT.usage, `the ${line.charAt(at)} at column ${at + 1} is not closed`)
    }
    if (word !== null) words.push(word)
    word = null
    at++
  }
  return word === null ? words : [...words, word]
}
