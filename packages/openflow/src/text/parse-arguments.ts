/** What the lists of arguments within parentheses have in common. */
import type { Action } from '../types/action.ts'
import type { ActionParser } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { hexBytes, number } from './parse-value.ts'
import { type Item, part, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

/** An action of a name alone. */
export const bare =
  <const A extends Action>(action: A): ActionParser =>
  ({ name, value, form }) => {
    if (value.text !== '' || form === '=' || form === ':')
      throw new FlowSyntaxError(value, `nothing after ${name.text}`)
    return { ...action }
  }

/** The words of a list without names, and the end of the text for one that is missing. */
export function positional(value: Word): (index: number) => Word {
  const words = [...scan(value)].map(({ name }) => name)
  return (index) => words[index] ?? part(value, value.text.length)
}

/** The arguments of a list by name, each at most once; others than the allowed ones are refused. */
export function named(value: Word | readonly Item[], allowed: readonly string[]): Map<string, Word> {
  const found = new Map<string, Word>()
  for (const item of 'text' in value ? scan(value) : value) {
    const name = item.name.text
    if (!allowed.includes(name))
      throw new FlowSyntaxError(item.name, allowed.join(', '), suggestion(name, allowed))
    if (found.has(name)) throw new FlowSyntaxError(item.name, `${name} only once`)
    found.set(name, item.value)
  }
  return found
}

export const numberOf = (word: Word | undefined, bits: number, otherwise: number): number =>
  word === undefined ? otherwise : number(word, bits)

/** The index of a word, or a number of 16 bits where there is no word for it. */
export function oneOf(words: readonly string[], word: Word): number {
  const index = words.indexOf(word.text)
  if (index >= 0) return index
  if (/^[0-9]/.test(word.text)) return number(word, 16)
  throw new FlowSyntaxError(word, words.filter((one) => one !== '').join(', '), suggestion(word.text, words))
}

/** `01.02.0a`; the dots may be missing. */
export function dottedBytes(word: Word): Uint8Array {
  return hexBytes({ text: word.text.replaceAll('.', ''), at: word.at })
}

/** `->` and what comes after it, behind a closing parenthesis. */
export function destinationOf({ tail }: Item): Word {
  if (!tail.text.startsWith('->')) throw new FlowSyntaxError(tail, '-> and a bit')
  return part(tail, 2)
}
