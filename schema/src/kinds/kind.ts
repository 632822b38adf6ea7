/**
 * A kind is the meaning of one value: how text, JSON and the store spell it and which values are legal.
 * Parsing is strict and pure. What a kind stores is JSON-safe, so rows travel in the change feed as they are.
 */

/** The outcome of parsing: the canonical value, or why there is none (completes the sentence "VALUE is …"). */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string }

export interface Kind<T extends string | number | boolean> {
  readonly name: string
  /** Of a uuid: what it begins with, without the hyphen. */
  readonly prefix?: string
  /** It takes a list of values too, also as a parameter that is given several times. */
  readonly isList?: true
  /** It takes a map too. */
  readonly isMap?: true
  /** What answers show of the stored value, when that is not the value itself. */
  readonly shown?: (value: string | number | boolean | null) => unknown
  /** What a legal value looks like, for people. */
  readonly expects: string
  /** Accepts what JSON, a form or a query can carry. */
  readonly parse: (input: unknown) => Parsed<T>
  /** JSON Schema of the accepted and returned form. */
  readonly jsonSchema: Readonly<Record<string, unknown>>
  /** Column type in a STRICT table. */
  readonly sql: 'TEXT' | 'INTEGER'
}

export const valid = <T>(value: T): Parsed<T> => ({ ok: true, value })
export const invalid = (reason: string): Parsed<never> => ({ ok: false, reason })
