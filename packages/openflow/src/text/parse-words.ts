/**
 * Cuts text into items as `ofputil_parse_key_value` of Open vSwitch does: `name`, `name=value`, `name:value` or
 * `name(value)tail`, with commas and spaces between. Within parentheses and quotes separators have no meaning.
 * Positions are always those of the whole text.
 */
import { FlowSyntaxError, type Word } from './parse-error.ts'

export interface Item {
  readonly name: Word
  /** What comes after the name. */
  readonly form: '' | '=' | ':' | '('
  /** Without the parentheses; empty if there is none. */
  readonly value: Word
  /** What follows a closing parenthesis: `->NXM_NX_REG0[0]`. */
  readonly tail: Word
}

const isSeparator = (character: string | undefined): boolean =>
  character !== undefined && /[,\s]/.test(character)

/** The part of a word from `start` to `end`. */
export const part = ({ text, at }: Word, start: number, end?: number): Word => ({
  text: text.slice(start, end),
  at: at + start,
})

/** The items of a word, one after the other, so that a reader may stop. */
export function* scan(source: Word): Generator<Item> {
  const { text } = source
  let at = 0
  for (;;) {
    while (isSeparator(text[at])) at++
    if (at >= text.length) return
    const item = itemAt(source, at)
    yield item
    at = item.tail.at + item.tail.text.length - source.at
  }
}

function itemAt(source: Word, start: number): Item {
  const { text } = source
  let end = text[start] === '"' ? endOfQuotes(source, start) : start
  while (end < text.length && !/[:=(,\s]/.test(text[end] as string)) end++
  const name = part(source, start, end)
  if (name.text === '') throw new FlowSyntaxError(part(source, start, start + 1), 'a name')
  const form = text[end]
  if (form === '(') {
    const close = closing(source, end)
    const tailEnd = endOfValue(source, close + 1)
    return { name, form, value: part(source, end + 1, close), tail: part(source, close + 1, tailEnd) }
  }
  const hasValue = form === '=' || form === ':'
  const valueEnd = hasValue ? endOfValue(source, end + 1) : end
  const value = part(source, hasValue ? end + 1 : end, valueEnd)
  return { name, form: hasValue ? form : '', value, tail: part(source, valueEnd, valueEnd) }
}

/** Where a value ends: at a separator outside of parentheses and quotes. */
function endOfValue(source: Word, start: number): number {
  let at = start
  while (at < source.text.length && !isSeparator(source.text[at])) at = afterGroup(source, at)
  return at
}

/** The position after the character at `at`, or after the group that it opens. */
function afterGroup(source: Word, at: number): number {
  if (source.text[at] === '(') return closing(source, at) + 1
  return source.text[at] === '"' ? endOfQuotes(source, at) : at + 1
}

/** The position of the parenthesis that closes the one at `open`. */
function closing(source: Word, open: number): number {
  let depth = 0
  for (let at = open; at < source.text.length; at++) {
    const character = source.text[at]
    if (character === '"') at = endOfQuotes(source, at) - 1
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return at
  }
  throw new FlowSyntaxError(part(source, source.text.length), `a ) for the ( at ${source.at + open}`)
}

function endOfQuotes(source: Word, open: number): number {
  for (let at = open + 1; at < source.text.length; at++) {
    if (source.text[at] === '\\') at++
    else if (source.text[at] === '"') return at + 1
  }
  throw new FlowSyntaxError(part(source, open), 'a closing "')
}

/** Cuts a word at the first character `mark` outside of quotes; the second half is `null` without one. */
export function cutAt(word: Word, mark: string): readonly [Word, Word | null] {
  const { text } = word
  let at = 0
  while (at < text.length && text[at] !== mark) at = text[at] === '"' ? endOfQuotes(word, at) : at + 1
  return at >= text.length ? [word, null] : [part(word, 0, at), part(word, at + 1)]
}

/** Cuts `value->destination`. */
export function cutAtArrow(word: Word): readonly [Word, Word] {
  const at = word.text.lastIndexOf('->')
  if (at < 0) throw new FlowSyntaxError(part(word, word.text.length), '-> and a field')
  return [part(word, 0, at), part(word, at + 2)]
}
