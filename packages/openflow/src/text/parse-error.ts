/** The one error of reading text. It points into the text that the caller gave, however deep it was found. */

/** A piece of the text, and where in the whole it begins (characters, from 0). */
export interface Word {
  readonly text: string
  readonly at: number
}

/**
 * Text that is no flow, match or list of actions.
 * The message is complete: `expected a number instead of "abc" (character 14)`.
 */
export class FlowSyntaxError extends Error {
  override readonly name = 'FlowSyntaxError'
  /** Where in the text the offending word begins: characters, from 0. */
  readonly position: number
  /** What could have stood there. */
  readonly expected: string
  /** What stands there; empty at the end of the text. */
  readonly word: string

  constructor({ text, at }: Word, expected: string) {
    const found = text === '' ? '' : ` instead of ${JSON.stringify(text)}`
    super(`expected ${expected}${found} (character ${at})`)
    this.position = at
    this.expected = expected
    this.word = text
  }
}
