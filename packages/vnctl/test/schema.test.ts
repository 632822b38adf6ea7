/** Whatever the schema lets a client say, the command line can say, under every name. */
import {
  type Field,
  type Kind,
  parameterName,
  RESOURCES,
  type ResourceSpec,
  type Scalar,
  uuid,
} from '@openvnet/schema'
import t from 'tap'
import { relationOf } from '../src/from_schema/resources.ts'
import { GLOBAL_OPTIONS } from '../src/globals.ts'
import { renderReference } from '../src/index.ts'
import { runHere } from './program.ts'
import { startRecorder } from './recorder.ts'

const DEFINED = Object.values(RESOURCES) as ResourceSpec[]
/** Those that have commands: with a uuid, or a relation of two. */
const ALL = DEFINED.filter((resource) => resource.prefix !== null || relationOf(resource) !== null)
const named = (name: string): ResourceSpec => ALL.find((resource) => resource.name === name) as ResourceSpec

/** A legal value that is nobody's default, as text. */
const SAMPLES = [
  'nw-other7',
  'false',
  'port7',
  '0x00000000000000a1',
  '10.9.8.7',
  'fd00::7',
  '52:54:00:00:00:07',
  '7',
  '6',
  '1400',
  '2015-12-18T04:13:28.123Z',
  'tcp:22:10.0.0.0/8',
  'tcp:10.0.0.9:6640',
]

const sample = (kind: Kind<Scalar>): string => {
  const values = 'values' in kind ? (kind.values as readonly string[]) : []
  const found = [values.at(-1) ?? '', ...SAMPLES].find((text) => text !== '' && kind.parse(text).ok)
  if (found === undefined) throw new Error(`no sample for the kind ${kind.name}: add one`)
  return found
}

interface Setting {
  /** Name in the request. */
  readonly parameter: string
  readonly spellings: readonly string[]
  readonly text: string
  readonly value: unknown
  readonly required: boolean
  readonly mutable: boolean
}

const setting = (parameter: string, names: readonly string[], kind: Kind<Scalar>, text: string) => {
  const parsed = kind.parse(text)
  const spellings = names.flatMap((name) => [name, name.replaceAll('_', '-')])
  return { parameter, spellings: [...new Set(spellings)], text, value: parsed.ok ? parsed.value : undefined }
}

const ofField = ([name, field]: [string, Field]): Setting => {
  const { required, mutable, aliases = [] } = field
  const parameter = parameterName(name, field)
  if (field.type === 'value') {
    return {
      ...setting(parameter, [parameter, ...aliases], field.kind, sample(field.kind)),
      required,
      mutable,
    }
  }
  const prefix = named(field.to).prefix ?? ''
  const names = [parameter, name, ...aliases]
  return { ...setting(parameter, names, uuid(prefix), `${prefix}-other7`), required, mutable }
}

/** Everything that POST of a resource takes, beside what the path of a relation says. */
const settingsOf = (resource: ResourceSpec): Setting[] => {
  const fields = Object.entries(resource.fields)
    .slice(resource.prefix === null ? 2 : 0)
    .filter(([name]) => name !== resource.parent)
    .filter(([, { computed }]) => computed !== true)
  const parameters = Object.entries(resource.parameters ?? {}).map(([name, { kind, to, aliases = [] }]) => {
    const short = to === undefined ? [] : [name.replace(/_uuid$/, '')]
    const prefix = to === undefined ? '' : named(to).prefix
    const text = to === undefined ? sample(kind) : `${prefix}-other7`
    return { ...setting(name, [name, ...short, ...aliases], kind, text), required: false, mutable: false }
  })
  return [...fields.map(ofField), ...parameters]
}

/** The words of `add` and the path that it must ask. */
const addOf = (resource: ResourceSpec): { words: string[]; path: string } => {
  if (resource.parent !== undefined) {
    const { name, collection, prefix } = named(resource.parent)
    return {
      words: [name, resource.name, 'add', `${prefix}-base`],
      path: `/api/1.0/${collection}/${prefix}-base/${resource.collection}`,
    }
  }
  if (resource.prefix !== null) {
    return { words: [resource.name, 'add'], path: `/api/1.0/${resource.collection}` }
  }
  const [base, other] = Object.values(resource.fields).map((field) =>
    named(field.type === 'reference' ? field.to : ''),
  ) as [ResourceSpec, ResourceSpec]
  const uuids = [`${base.prefix}-base`, `${other.prefix}-other`]
  const [word] = resource.placement?.words ?? [other.collection]
  return {
    words: [base.name, word, 'add', ...uuids],
    path: `/api/1.0/${base.collection}/${uuids[0]}/${word}/${uuids[1]}`,
  }
}

const recorder = await startRecorder()
t.teardown(() => recorder.close())
const env = { VNCTL_SERVER: recorder.url }

const lastRequest = () => recorder.requests.at(-1) as (typeof recorder.requests)[number]

for (const resource of ALL) {
  const settings = settingsOf(resource)
  const { words, path } = addOf(resource)
  const required = (except: Setting | null) =>
    settings
      .filter((one) => one.required && one !== except)
      .map(({ parameter, text }) => `--${parameter}=${text}`)

  t.test(
    `every parameter of ${resource.name} can be set when it is added, under each of its names`,
    async (t) => {
      for (const one of settings) {
        for (const spelling of one.spellings) {
          const { code, stderr } = await runHere([...words, `--${spelling}`, one.text, ...required(one)], {
            env,
          })
          t.equal(code, 0, `${words.join(' ')} --${spelling} ${one.text}: ${stderr}`)
          const { method, path: asked, body } = lastRequest()
          t.same([method, asked], ['POST', path])
          t.same(
            (body as Record<string, unknown>)[one.parameter],
            one.value,
            `${spelling} is ${one.parameter}`,
          )
        }
      }
    },
  )

  t.test(`the obsolete parameters of ${resource.name} are accepted, sent and remarked upon`, async (t) => {
    for (const [name, reason] of Object.entries(resource.obsolete ?? {})) {
      const { code, stderr } = await runHere([...words, `--${name}=x1`, ...required(null)], { env })
      t.equal(code, 0, stderr)
      t.match(stderr, reason)
      t.match(lastRequest().body, { [name]: 'x1' })
    }
  })

  t.test(`what PUT may change of ${resource.name} can be modified, the rest is refused`, async (t) => {
    const changeable = settings.some(({ mutable }) => mutable)
    if (resource.prefix === null || resource.parent !== undefined || !changeable) {
      t.pass('nothing can be changed')
      return
    }
    const id = `${resource.prefix}-x`
    for (const one of settings) {
      const asked = recorder.requests.length
      const { code, stderr } = await runHere(
        [resource.name, 'modify', id, `--${one.parameter}=${one.text}`],
        { env },
      )
      t.equal(code, one.mutable ? 0 : 2, stderr)
      if (!one.mutable) t.equal(recorder.requests.length, asked, 'and the server is not asked')
      else {
        t.same(lastRequest().body, { [one.parameter]: one.value })
        t.same([lastRequest().method, lastRequest().path], ['PUT', `/api/1.0/${resource.collection}/${id}`])
      }
    }
  })

  t.test(`the reference lists every parameter of ${resource.name}`, async (t) => {
    const reference = renderReference()
    for (const { spellings } of settings) {
      for (const spelling of spellings.filter((name) => !name.includes('_'))) {
        t.ok(reference.includes(`--${spelling}`), spelling)
      }
    }
    t.ok(reference.includes(resource.help))
  })
}

t.test('no parameter has the name of an option that every command has', async (t) => {
  const globals = GLOBAL_OPTIONS.flatMap(({ name, aliases }) => [name, ...aliases])
  for (const resource of ALL) {
    for (const { spellings } of settingsOf(resource)) {
      t.same(
        spellings.filter((name) => globals.includes(name)),
        [],
        resource.name,
      )
    }
  }
})
