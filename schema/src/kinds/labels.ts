/**
 * Labels: what people say of a row beyond its fields, as keys and values by the rules of Kubernetes. Canonical is text
 * like `app=web,tier=front`, sorted by key, which neither keys nor values can make ambiguous. Read are that, a list of
 * such texts, and a map, also as JSON.
 */
import { invalid, type Kind, type Parsed, valid } from './kind.ts'

export type Labels = Readonly<Record<string, string>>

const NAME = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/

const PART = 'at most 63 of letters, digits, - _ and ., with a letter or a digit at both ends'
const KEY_RULE = `the key of a label has ${PART}, and perhaps a domain and a slash before that`
const VALUE_RULE = `the value of a label is empty or has ${PART}`

/** More than that is data, which has another place. */
const MOST = 64

const isKey = (text: string): boolean => {
  const [first = '', second, ...others] = text.split('/')
  if (others.length > 0) return false
  return second === undefined ? NAME.test(first) : DOMAIN.test(first) && NAME.test(second)
}

const isValue = (text: string): boolean => text === '' || NAME.test(text)

type Pair = readonly [key: string, value: string]

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)

const checkPair = ([key, value]: Pair): Parsed<Pair> => {
  if (!isKey(key)) return invalid(`not labels: '${shortened(key)}' is no key; ${KEY_RULE}`)
  return isValue(value)
    ? valid([key, value])
    : invalid(`not labels: '${shortened(value)}' of ${key} is no value; ${VALUE_RULE}`)
}

/** `k=v`; without the sign it is a key with an empty value. */
const pairOf = (text: string): Pair => {
  const at = text.indexOf('=')
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

const pairsOfText = (text: string): Pair[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map(pairOf)

/** A map as a form or a query string carries it. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @returns undefined for what cannot hold labels */
const pairsOf = (input: unknown): Pair[] | undefined => {
  if (typeof input === 'string') return input.startsWith('{') ? pairsOf(jsonOf(input)) : pairsOfText(input)
  if (Array.isArray(input)) {
    const parts = input.map((item) => (typeof item === 'string' ? pairsOfText(item) : undefined))
    return parts.includes(undefined) ? undefined : (parts as Pair[][]).flat()
  }
  if (typeof input !== 'object' || input === null) return undefined
  const entries = Object.entries(input)
  const isPlain = entries.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  return isPlain ? entries.map(([key, value]): Pair => [key, String(value)]) : undefined
}

const EXPECTS = 'labels like app=web,tier=front'

const parse = (input: unknown): Parsed<string> => {
  const pairs = pairsOf(input)
  if (pairs === undefined) return invalid(`not ${EXPECTS}`)
  const byKey = new Map<string, string>()
  for (const pair of pairs) {
    const checked = checkPair(pair)
    if (!checked.ok) return checked
    const [key, value] = pair
    const before = byKey.get(key)
    if (before !== undefined && before !== value) {
      return invalid(`not labels: ${key} is both '${before}' and '${value}'`)
    }
    byKey.set(key, value)
  }
  return byKey.size > MOST
    ? invalid(`not labels: ${byKey.size} of them, the limit is ${MOST}`)
    : valid(labelsText(Object.fromEntries(byKey)))
}

/** Labels in canonical form. */
export const labelsText = (labels: Labels): string =>
  Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')

/** @param text in canonical form; null: none */
export const labelsOf = (text: string | null | undefined): Labels =>
  Object.fromEntries(pairsOfText(text ?? ''))

/** All labels of a row. */
export const labels: Kind<string> = {
  name: 'labels',
  expects: EXPECTS,
  isList: true,
  isMap: true,
  parse,
  shown: (value) => labelsOf(value === null ? null : String(value)),
  jsonSchema: {
    type: 'object',
    additionalProperties: { type: 'string', maxLength: 63 },
    maxProperties: MOST,
    examples: [{ app: 'web' }],
  },
  sql: 'TEXT',
}

const CHANGES = 'labels to set like app=web, and to take away like app-'

const changeOf = (text: string): Parsed<readonly [key: string, value: string | null]> => {
  const isGoing = !text.includes('=') && text.endsWith('-')
  if (!isGoing) return text.includes('=') ? checkPair(pairOf(text)) : invalid(`not ${CHANGES}`)
  const key = text.slice(0, -1)
  return isKey(key) ? valid([key, null]) : invalid(`not labels: '${shortened(key)}' is no key; ${KEY_RULE}`)
}

/** The items of a text, or of a list of texts, separated by commas. @returns undefined for anything else */
const itemsOf = (input: unknown): string[] | undefined => {
  const texts: unknown[] = Array.isArray(input) ? input : [input]
  if (!texts.every((text) => typeof text === 'string')) return undefined
  return texts.flatMap((text) => text.split(',')).map((text) => text.trim())
}

/** Single labels to set (`k=v`) and to take away (`k-`). */
export const labelChanges: Kind<string> = {
  name: 'label',
  expects: CHANGES,
  isList: true,
  parse: (input) => {
    const texts = itemsOf(input)
    if (texts === undefined) return invalid(`not ${CHANGES}`)
    for (const text of texts) {
      const change = changeOf(text)
      if (!change.ok) return change
    }
    return valid(texts.join(','))
  },
  jsonSchema: {
    oneOf: [
      { type: 'string', examples: ['app=web'] },
      { type: 'array', items: { type: 'string' } },
    ],
  },
  sql: 'TEXT',
}

/** @param changes in the form of `labelChanges` @returns all labels afterwards, which may be too many; null: none */
export const withLabelChanges = (before: string | null, changes: string): string | null => {
  const labels = new Map(Object.entries(labelsOf(before)))
  for (const text of changes.split(',')) {
    const change = changeOf(text)
    if (!change.ok) continue
    const [key, value] = change.value
    if (value === null) labels.delete(key)
    else labels.set(key, value)
  }
  return labels.size === 0 ? null : labelsText(Object.fromEntries(labels))
}

/** One condition of a selector. */
export interface LabelTerm {
  readonly key: string
  /** `null`: any value. */
  readonly value: string | null
  /** Rows for which it does not hold are meant. */
  readonly negated: boolean
}

const SELECTS = 'conditions like app=web, tier!=front, app or !app, separated by commas'

const termOf = (text: string): LabelTerm => {
  const [, bang, key = '', operator, value] = /^(!?)([^=!]*)(!=|==?)?(.*)$/.exec(text) ?? []
  return {
    key: key.trim(),
    value: operator === undefined ? null : (value ?? '').trim(),
    negated: bang === '!' || operator === '!=',
  }
}

/** @param selector in the form of `labelSelector` */
export const labelTerms = (selector: string): LabelTerm[] =>
  selector
    .split(',')
    .filter((text) => text !== '')
    .map(termOf)

const isTerm = (text: string): boolean => {
  const { key, value } = termOf(text)
  const isTwice = text.startsWith('!') && value !== null
  return isKey(key) && (value === null || isValue(value)) && !isTwice
}

/** Which rows are meant, by their labels: all conditions must hold. */
export const labelSelector: Kind<string> = {
  name: 'selector',
  expects: SELECTS,
  isList: true,
  parse: (input) => {
    const texts = itemsOf(input)
    if (texts === undefined || !texts.every(isTerm)) return invalid(`not ${SELECTS}`)
    return texts.length > MOST
      ? invalid(`not ${SELECTS}: ${texts.length} of them, the limit is ${MOST}`)
      : valid(texts.join(','))
  },
  jsonSchema: { type: 'string', examples: ['app=web'] },
  sql: 'TEXT',
}

/** @param text labels in canonical form */
export const matchesLabels = (text: string | null | undefined, terms: readonly LabelTerm[]): boolean => {
  const labels = labelsOf(text)
  return terms.every(({ key, value, negated }) => {
    const holds = Object.hasOwn(labels, key) && (value === null || labels[key] === value)
    return holds !== negated
  })
}
