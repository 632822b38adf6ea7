/** Text, integers, booleans and enumerations. */
import { invalid, type Kind, valid } from './kind.ts'

/** What stands for octets that are no UTF-8, once they are decoded. */
const UNDECODABLE = '\ufffd'

/** Whether the text is stored and answered as it came: halves of characters are not. */
export const isUnicode = (value: string): boolean => value.isWellFormed() && !value.includes(UNDECODABLE)

/** Text of 0 to 255 characters without control characters. */
export const text: Kind<string> = {
  name: 'text',
  expects: 'text of at most 255 characters without control characters',
  parse: (input) => {
    const value = typeof input === 'number' ? String(input) : input
    if (typeof value !== 'string') return invalid('not text')
    if (value.length > 255) return invalid(`${value.length} characters long, the limit is 255`)
    if (!isUnicode(value)) return invalid('text with characters that are not valid UTF-8')
    return /\p{Cc}/u.test(value) ? invalid('text with control characters') : valid(value)
  },
  jsonSchema: { type: 'string', maxLength: 255 },
  sql: 'TEXT',
}

/** A whole number in `[min, max]`. */
export const integer = (min: number, max: number): Kind<number> => ({
  name: 'integer',
  expects: `a whole number from ${min} to ${max}`,
  parse: (input) => {
    const value = typeof input === 'string' && /^-?\d{1,16}$/.test(input) ? Number(input) : input
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return invalid('not a whole number')
    return value < min || value > max ? invalid(`outside of ${min}..${max}`) : valid(value)
  },
  jsonSchema: { type: 'integer', minimum: min, maximum: max },
  sql: 'INTEGER',
})

const TRUE = new Set(['true', 'yes', 'y', 't', '1'])
const FALSE = new Set(['false', 'no', 'n', 'f', '0'])

/** true/false; as text also the original's `y yes t 1` and `n no f 0`. */
export const boolean: Kind<boolean> = {
  name: 'boolean',
  expects: 'true or false',
  parse: (input) => {
    if (typeof input === 'boolean') return valid(input)
    const word = String(input).toLowerCase()
    if (TRUE.has(word)) return valid(true)
    return FALSE.has(word) ? valid(false) : invalid('neither true nor false')
  },
  jsonSchema: { type: 'boolean' },
  sql: 'INTEGER',
}

/** One of a list of words. */
export const oneOf = <const V extends readonly string[]>(
  values: V,
): Kind<V[number]> & { readonly values: V } => ({
  name: 'enum',
  values,
  expects: `one of ${values.join(', ')}`,
  parse: (input) =>
    values.includes(input as string)
      ? valid(input as V[number])
      : invalid(
          values.length === 1
            ? `not ${values[0]}, which is all that there is`
            : `not one of ${values.join(', ')}`,
        ),
  jsonSchema: { type: 'string', enum: values },
  sql: 'TEXT',
})

/** The name of a switch port: 1 to 15 characters (IFNAMSIZ − 1), no white space and no slash. */
export const portName: Kind<string> = {
  name: 'port name',
  expects: 'the name of a switch port: 1 to 15 characters, no white space, no slash',
  parse: (input) =>
    typeof input === 'string' && /^[^\s/\p{Cc}]{1,15}$/u.test(input) && isUnicode(input)
      ? valid(input)
      : invalid('not the name of a switch port: 1 to 15 characters, no white space, no slash'),
  jsonSchema: {
    type: 'string',
    minLength: 1,
    maxLength: 15,
    pattern: '^[^ \\t\\r\\n/]+$',
    examples: ['eth0'],
  },
  sql: 'TEXT',
}

/** `2015-12-18 04:13:28 UTC`, as answers show moments, is another spelling of ISO 8601. */
const isoOf = (text: string): string => text.replace(/^(\S+) (\S+) UTC$/, '$1T$2Z')

/** A moment, as ISO 8601 in UTC with milliseconds: earlier ones sort first. */
export const time: Kind<string> = {
  name: 'time',
  expects: 'a time like 2015-12-18T04:13:28.123Z',
  parse: (input) => {
    const text = typeof input === 'string' ? isoOf(input) : ''
    return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text))
      ? valid(new Date(text).toISOString())
      : invalid('not a time like 2015-12-18T04:13:28.123Z')
  },
  jsonSchema: { type: 'string', examples: ['2015-12-18T04:13:28.123Z'] },
  sql: 'TEXT',
}
