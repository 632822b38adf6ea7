/** The one error of reading text. It points into the text that the caller gave, however deep it was found. */

/** A piece of the text, and where in the whole it begins (characters, from 0). */
export interface Word {
  readonly text: string
  readonly at: number
}

/** So many characters of a word are in the message. */
const SHOWN = 60

/**
 * Text that is no flow, match, list of actions, group or meter. The message is complete: what was expected, what stands
 * there instead and where, and, where it is known, what to do:
 * `expected an action instead of "outptu" (character 14): did you mean "output"?`
 */
export class FlowSyntaxError extends Error {
  override readonly name = 'FlowSyntaxError'
  /** Where in the text the offending word begins: characters, from 0. */
  readonly position: number
  /** What could have stood there. */
  readonly expected: string
  /** What stands there; empty at the end of the text. */
  readonly word: string
  /** What to do about it; empty if `expected` says it all. */
  readonly hint: string

  constructor({ text, at }: Word, expected: string, hint = '') {
    const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
    const found = text === '' ? '' : ` instead of ${JSON.stringify(shown)}`
    super(`expected ${expected}${found} (character ${at})${hint === '' ? '' : `: ${hint}`}`)
    this.position = at
    this.expected = expected
    this.word = text
    this.hint = hint
  }
}
