/** What the API offers and the command line cannot say: nothing. Read from the document that the API makes of itself. */
import t from 'tap'
import type { Command, CommandGroup } from '../src/command.ts'
import { createTree } from '../src/tree.ts'
import { runHere } from './program.ts'
import { type Recorded, startRecorder } from './recorder.ts'
import { serve } from './server.ts'

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> }
}
interface Schema {
  readonly $ref?: string
  readonly properties?: Record<string, { readonly deprecated?: boolean }>
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, Schema> }
}

/** What commands can send: `POST networks` to the names of the options with which they do. */
const sentBy = async (group: CommandGroup, path: readonly string[]): Promise<Map<string, Set<string>>> => {
  const sent = new Map<string, Set<string>>()
  for (const command of group.commands.filter(({ options }) =>
    options.some(({ name }) => name === 'dry_run'),
  )) {
    const shape = await shapeOf(command, [...path, command.names[0]])
    if (shape === null) continue
    const names = sent.get(shape) ?? new Set()
    for (const { name, refused } of command.options) if (refused === undefined) names.add(name)
    sent.set(shape, names)
  }
  for (const inner of group.groups) {
    for (const [shape, names] of await sentBy(inner, [...path, inner.names[0]])) sent.set(shape, names)
  }
  return sent
}

const SAMPLES = ['true', '0xa', '10.0.0.1', '10.0.0.0/8', '02:00:00:00:00:01', '7', 'nw-a', 'a']

const sample = (kind: Command['positionals'][number]['kind']): string => {
  const values = 'values' in kind ? (kind.values as readonly string[]) : []
  return kind.prefix === undefined
    ? ([...values, ...SAMPLES].find((text) => kind.parse(text).ok) ?? '')
    : `${kind.prefix}-x`
}

/** The request of a dry run, with its values taken out of the path. */
const shapeOf = async (command: Command, words: readonly string[]): Promise<string | null> => {
  const isModify = command.names.includes('modify')
  const needed = command.options.filter(
    ({ required, refused, obsolete, name }, index, all) =>
      required ||
      (isModify &&
        refused === undefined &&
        obsolete === undefined &&
        name !== 'dry_run' &&
        index === all.findIndex((one) => one.refused === undefined && one.obsolete === undefined)),
  )
  const argv = [
    ...words,
    ...command.positionals.filter(({ arity }) => arity !== 'optional').map(({ kind }) => sample(kind)),
    ...needed.map(({ name, kind }) => `--${name}=${sample(kind)}`),
    '--dry-run',
  ]
  if (['apply', 'batch'].includes(command.names[0])) return null
  recorder.requests.length = 0
  const { code, stderr } = await runHere(argv, { env: { VNCTL_SERVER: recorder.url } })
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  const [request] = recorder.requests
  return request === undefined ? null : shapeIn(request)
}

/** What is deleted by its uuid is tried as an operation of a batch. */
const shapeIn = ({ method, path, body }: Recorded): string => {
  const [inner] = (body as { operations?: { method: string; path: string }[] } | undefined)?.operations ?? []
  const text = `${inner?.method ?? method} ${inner?.path ?? path.replace('/api/1.0/', '')}`
  return text.replace(/\b[a-z]+-x\b/g, '*')
}

const recorder = await startRecorder()
t.teardown(() => recorder.close())
recorder.answer(() => ({ body: { dry_run: true, answer: {}, changes: [] } }))

const { api } = await serve(t)
const document = JSON.parse((await api.app.inject('/openapi.json')).body) as Document

const bodyOf = ({ requestBody, parameters = [] }: Operation): string[] => {
  const bodies = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => {
    const named =
      schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? '']
    return Object.entries(named?.properties ?? {}).flatMap(([name, { deprecated }]) =>
      deprecated === true ? [] : [name],
    )
  })
  return [...bodies, ...parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)]
}

/** Said by every command that writes. */
const COMMON = new Set(['wait', 'dry_run'])

/** The same as POST static_address, under the method and the path of 2013. */
const FORMER = ['PUT translations/*/static_addresses']

const ownOf = (operation: Operation): string[] => bodyOf(operation).filter((name) => !COMMON.has(name))

/** `POST networks`, with the parameters of each. */
const documented = (): [shape: string, names: string[]][] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]): [string, string[]][] => {
      const [, below] = /^\/api\/1\.0\/(.*)$/.exec(path) ?? []
      if (method === 'get' || method === 'head' || below === undefined || below === 'batch') return []
      return [[`${method.toUpperCase()} ${below.replace(/\{\w+\}/g, '*')}`, ownOf(operation)]]
    }),
  )

t.test('every call that writes has a command, and every parameter an option', async (t) => {
  const sent = await sentBy(createTree(), [])
  const all = documented().filter(([shape]) => !FORMER.includes(shape))
  t.ok(all.length > 80, `${all.length} calls`)
  for (const [shape, names] of all) {
    // PUT that may change nothing is there for clients of the original.
    if (/^PUT \w+\/\*$/.test(shape) && names.length === 0) continue
    t.ok(sent.has(shape), `${shape} has a command`)
    for (const name of names) t.ok(sent.get(shape)?.has(name), `${shape}: --${name}`)
  }
})
