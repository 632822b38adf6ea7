/**
 * From YAML (or JSON) to declared rows: `collection: {uuid: {parameter: value}}`, or a list of maps. What may be said of
 * a row is what `add` takes, under the same names; every fault is named with its line.
 */
import { nearest, type ResourceSpec, type Scalar, text as textKind } from '@openvnet/schema'
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  parseAllDocuments,
} from 'yaml'
import { type CommandOption, canonical } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { addOptions } from '../from_schema/options.ts'
import { keyOf, pathFields, RESOURCE_LIST } from '../model/model.ts'
import { refusalOf } from '../parse.ts'
import { type Declaration, type DeclaredRow, type DeclaredValue, type Place, placeText } from './declared.ts'
import { unfoldRouter } from './routers.ts'

type ParsedDocument = Document.Parsed<ParsedNode>

interface Source {
  readonly file: string
  readonly lines: LineCounter
}

const fault = (place: Place, problem: string): Failure =>
  new Failure(EXIT.invalid, `${placeText(place)}: ${problem}`)

const placeOf = ({ file, lines }: Source, node: unknown): Place => {
  const range = (node as Node | null)?.range
  return { file, line: range ? lines.linePos(range[0]).line : 1 }
}

const suggestion = (word: string, known: readonly string[]): string => {
  const guess = nearest(word, known)
  return guess === undefined ? `there are ${known.join(', ')}` : `did you mean ${guess}?`
}

const nameOf = (pair: Pair<unknown, unknown>): string =>
  String(isScalar(pair.key) ? pair.key.value : pair.key)

const parsed = (option: CommandOption, value: unknown, place: Place): Scalar => {
  const result = option.kind.parse(value)
  if (result.ok) return result.value
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value)
  throw fault(place, `${option.name} '${shown}': ${refusalOf(option.kind, result.reason, shown)}`)
}

/** A list or a map that is one value; `undefined` where the node is neither, or the option takes none. */
const wholeOf = (source: Source, option: CommandOption, node: unknown): DeclaredValue | undefined => {
  const place = placeOf(source, node)
  if (isSeq(node) && option.repeats) {
    const list = node.items.map((item) =>
      parsed(option, isScalar(item) ? item.value : item, placeOf(source, item)),
    )
    return { value: list, place }
  }
  const { isList = false, isMap: takesMap = false } = option.kind
  if (!(isSeq(node) && isList) && !(isMap(node) && takesMap)) return undefined
  const value = parsed(option, node.toJSON(), place)
  return { value: option.nullable === true && value === '' ? null : value, place }
}

/** The value of a node, with that of the prefix where it has one behind a slash. */
const valuesOf = (
  source: Source,
  option: CommandOption,
  node: unknown,
  options: readonly CommandOption[],
): [string, DeclaredValue][] => {
  const place = placeOf(source, node)
  const whole = wholeOf(source, option, node)
  if (whole !== undefined) return [[option.name, whole]]
  const value = isScalar(node) ? node.value : node
  if (value === null || value === undefined) {
    if (option.nullable !== true) throw fault(place, `${option.name} has no value: ${option.kind.expects}`)
    return [[option.name, { value: null, place }]]
  }
  if (isMap(value) || isSeq(value))
    throw fault(place, `${option.name} is not one value: ${option.kind.expects}`)
  const [, address, bits] = option.prefix === undefined ? [] : (/^(.*)\/(\d+)$/.exec(String(value)) ?? [])
  const prefix = options.find(({ name }) => name === option.prefix)
  if (address === undefined || prefix === undefined) {
    return [[option.name, { value: parsed(option, value, place), place }]]
  }
  return [
    [option.name, { value: parsed(option, address, place), place }],
    [prefix.name, { value: parsed(prefix, bits, place), place }],
  ]
}

/** @returns what is wrong with the name when there is no such option */
const optionNamed = (options: readonly CommandOption[], typed: string): CommandOption | string => {
  const name = canonical(typed)
  const option = options.find((one) => one.name === name || one.aliases.includes(name))
  if (option !== undefined) return option
  const known = options.filter(({ obsolete }) => obsolete === undefined).map((one) => one.name)
  return `unknown parameter ${typed}; ${suggestion(name, known)}`
}

const pairsOf = (source: Source, node: unknown, named: string): readonly Pair<unknown, unknown>[] => {
  if (isMap(node)) return node.items
  if (isScalar(node) && node.value === null) return []
  throw fault(placeOf(source, node), `${named}: not a map of parameters to values`)
}

const fieldsOf = (source: Source, resource: ResourceSpec, node: unknown, uuid: string | null) => {
  const options = addOptions(resource)
  const values = new Map<string, DeclaredValue>()
  for (const pair of pairsOf(source, node, uuid ?? resource.collection)) {
    const at = placeOf(source, pair.key)
    const option = optionNamed(options, nameOf(pair))
    if (typeof option === 'string') throw fault(at, `${resource.collection}: ${option}`)
    if (option.obsolete !== undefined) continue
    for (const [parameter, value] of valuesOf(source, option, pair.value, options)) {
      if (values.has(parameter)) throw fault(at, `${parameter} is said twice`)
      values.set(parameter, value)
    }
  }
  return values
}

const uuidOf = (source: Source, resource: ResourceSpec, text: string, node: unknown): string => {
  const kind = addOptions(resource).find(({ name }) => name === 'uuid')?.kind ?? textKind
  return String(
    parsed({ name: 'uuid', aliases: [], help: '', kind, required: true }, text, placeOf(source, node)),
  )
}

const rowOf = (source: Source, resource: ResourceSpec, node: unknown, named: string | null): DeclaredRow => {
  const all = fieldsOf(source, resource, node, named)
  const place = placeOf(source, node)
  const plain = Object.fromEntries([...all].map(([name, { value }]) => [name, value]))
  const uuid = named ?? plain['uuid']
  const lacking = resource.prefix === null ? pathFields(resource).find((name) => !all.has(name)) : undefined
  if (resource.prefix !== null && uuid === undefined) {
    throw fault(place, `${resource.collection}: a row without uuid; without it nobody knows it the next time`)
  }
  if (lacking !== undefined) throw fault(place, `${resource.collection}: ${lacking} is missing`)
  const canonical = new Map(Object.entries(resource.canonical?.(plain) ?? {}))
  const values = new Map(
    [...all]
      .filter(([name]) => name !== 'uuid')
      .map(([name, said]) => [name, { ...said, value: canonical.get(name) ?? said.value }]),
  )
  return { resource, key: keyOf(resource, uuid, plain), values, place }
}

const rowsOf = (source: Source, resource: ResourceSpec, node: unknown): DeclaredRow[] => {
  if (isSeq(node)) return node.items.map((item) => rowOf(source, resource, item, null))
  if (isScalar(node) && node.value === null) return []
  if (!isMap(node) || resource.prefix === null) {
    throw fault(placeOf(source, node), `${resource.collection}: not a list of maps`)
  }
  return node.items.map((pair) => {
    const uuid = uuidOf(source, resource, nameOf(pair), pair.key)
    return { ...rowOf(source, resource, pair.value, uuid), place: placeOf(source, pair.key) }
  })
}

const resourceNamed = (name: string): ResourceSpec | undefined =>
  RESOURCE_LIST.find(({ collection, name: singular }) => [collection, singular].includes(canonical(name)))

const checkTwice = (rows: readonly DeclaredRow[]): void => {
  const seen = new Map<string, DeclaredRow>()
  for (const row of rows) {
    const at = `${row.resource.name} ${row.key}`
    const before = seen.get(at)
    if (before !== undefined) throw fault(row.place, `${at} is said at ${placeText(before.place)} already`)
    seen.set(at, row)
  }
}

/** What `add` could not do without; of a row that exists already it need not be said. */
export const missingOf = ({ resource, values }: DeclaredRow): string | undefined =>
  addOptions(resource).find(({ name, required }) => required && !values.has(name))?.name

const readSections = (source: Source, content: unknown): Declaration => {
  const collections: ResourceSpec[] = []
  const rows: DeclaredRow[] = []
  for (const pair of isMap(content) ? content.items : []) {
    const name = nameOf(pair)
    const resource = resourceNamed(name)
    if (resource === undefined) {
      const known = RESOURCE_LIST.map(({ collection }) => collection)
      throw fault(placeOf(source, pair.key), `unknown ${name}; ${suggestion(canonical(name), known)}`)
    }
    collections.push(resource)
    rows.push(...rowsOf(source, resource, pair.value).flatMap(unfoldRouter))
  }
  return { collections, rows }
}

const readDocument = (source: Source, { contents, errors }: ParsedDocument): Declaration => {
  const [error] = errors
  if (error !== undefined) {
    const { line } = source.lines.linePos(error.pos[0])
    throw fault({ file: source.file, line }, error.message.split('\n')[0] ?? '')
  }
  if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null)) {
    throw fault(placeOf(source, contents), 'not a map of collections to rows')
  }
  return readSections(source, contents)
}

/** Several documents with `---` in between are as one. @throws {Failure} naming file and line */
export const readDeclaration = (file: string, content: string): Declaration => {
  const source = { file, lines: new LineCounter() }
  const documents = [...parseAllDocuments(content, { lineCounter: source.lines, prettyErrors: false })]
  return mergeDeclarations(documents.map((document) => readDocument(source, document as ParsedDocument)))
}

/** Several files as one. @throws {Failure} */
export const mergeDeclarations = (declarations: readonly Declaration[]): Declaration => {
  const rows = declarations.flatMap((declaration) => declaration.rows)
  checkTwice(rows)
  return { collections: declarations.flatMap((declaration) => declaration.collections), rows }
}
