/**
 * The rings of the design, held: imports only point inwards, packages know only whom they may know, files stay short and
 * are named by what they own. biome.json says the same to the editor; here it is said once and completely.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Packages of ours that each package may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  'packages/openflow': [],
  'packages/ovsdb': [],
  'packages/feed': ['schema'],
  'packages/controller': ['schema', 'openflow', 'ovsdb', 'feed'],
  'packages/api': ['schema', 'feed'],
  'packages/vnctl': ['schema'],
  'packages/vnetd': ['api', 'controller', 'feed', 'ovsdb'],
}

/** The rings of the controller, innermost first: what each may import of the others, a directory or a single file. */
const RINGS: Readonly<Record<string, readonly string[]>> = {
  packet: [],
  pipeline: ['packet'],
  model: [],
  engine: ['pipeline', 'model'],
  // The words in which a feature speaks, but not the machinery behind them.
  features: ['packet', 'pipeline', 'model', 'engine/rule.ts', 'engine/view.ts', 'engine/packet.ts'],
  reconcile: ['pipeline'],
  ovsdb: ['model/iface_ids.ts'],
  punts: ['pipeline', 'engine/rule.ts', 'engine/view.ts', 'engine/packet.ts', 'switch/tally.ts'],
  switch: ['packet', 'pipeline', 'model', 'engine/desired.ts', 'reconcile'],
}

/** What the inner rings and the features never touch: they are pure. */
const EFFECTS = [
  'node:net',
  'node:tls',
  'node:http',
  'node:fs',
  'node:dgram',
  'node:child_process',
  'pino',
  '@openvnet/feed',
]
const PURE = ['packet', 'pipeline', 'features']

/** A feature offers others what is in this file of it, and nothing else. */
const OFFERED = 'queries.ts'

/** A test file costs a third of a second to start: there are fewer of them, and longer ones. */
const MAX_LINES = { source: 400, test: 700 }
const EMPTY_NAMES = /^(utils?|helpers?|misc|common|managers?)(\.|$)|[-_.](utils?|helpers?|manager)\./i

function filesBelow(directory: string, extension = /\.ts$/): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`
    if (entry.isDirectory())
      return ['node_modules', 'dist'].includes(entry.name) ? [] : filesBelow(path, extension)
    return extension.test(entry.name) ? [path] : []
  })
}

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Specifiers of all imports and re-exports; relative ones as paths from the root. */
function importsOf(path: string): string[] {
  const found = text(path).matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(?\s*['"]([^'"]+)['"]/g,
  )
  return [...found].map(([, from, bare]) => {
    const specifier = from ?? bare ?? ''
    return specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier
  })
}

const isTest = (path: string): boolean => path.endsWith('.test.ts')
const sourcesOf = (place: string): string[] => filesBelow(`${place}/src`).filter((path) => !isTest(path))

t.test('packages import only the packages that they may know', async (t) => {
  for (const [place, allowed] of Object.entries(PACKAGES)) {
    const faults = sourcesOf(place).flatMap((path) =>
      importsOf(path)
        .filter(
          (target) => target.startsWith('@openvnet/') && !allowed.includes(target.slice('@openvnet/'.length)),
        )
        .concat(
          importsOf(path).filter(
            (target) => /^(packages|schema)\//.test(target) && !target.startsWith(`${place}/`),
          ),
        )
        .map((target) => `${path} imports ${target}`),
    )
    t.same(faults, [], place)
  }
})

const CONTROLLER = 'packages/controller/src/'

function ringFaults(ring: string, path: string): string[] {
  return importsOf(path)
    .filter((target) => target.startsWith(CONTROLLER))
    .map((target) => target.slice(CONTROLLER.length))
    .filter((target) => ![ring, ...(RINGS[ring] ?? [])].some((place) => `${target}/`.startsWith(`${place}/`)))
    .map((target) => `${path} imports ${target}`)
}

t.test('the rings of the controller import only inwards', async (t) => {
  const directories = readdirSync(join(ROOT, CONTROLLER), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  t.same(
    directories.filter(({ name }) => !(name in RINGS)).map(({ name }) => name),
    [],
    'every directory is a ring',
  )
  for (const { name } of directories) {
    const sources = filesBelow(`${CONTROLLER}${name}`).filter((path) => !isTest(path))
    t.same(
      sources.flatMap((path) => ringFaults(name, path)),
      [],
      name,
    )
  }
})

t.test('what is pure touches no socket, no file and no log', async (t) => {
  for (const ring of PURE) {
    const sources = filesBelow(`${CONTROLLER}${ring}`).filter((path) => !isTest(path))
    const faults = sources.flatMap((path) =>
      importsOf(path)
        .filter((target) => EFFECTS.includes(target))
        .map((target) => `${path} imports ${target}`),
    )
    t.same(faults, [], ring)
  }
})

t.test('a feature knows of another only what that offers', async (t) => {
  const features = `${CONTROLLER}features/`
  const featureOf = (path: string): string => path.slice(features.length).split('/')[0] ?? ''
  const sources = filesBelow(`${CONTROLLER}features`).filter(
    (path) => !isTest(path) && path !== `${features}index.ts`,
  )
  const faults = sources.flatMap((path) =>
    importsOf(path)
      .filter((target) => target.startsWith(features) && featureOf(target) !== featureOf(path))
      .filter((target) => target !== `${features}${featureOf(target)}/${OFFERED}`)
      .map((target) => `${path} imports ${target}`),
  )
  t.same(faults, [])
})

t.test('files are short and named by what they own', async (t) => {
  const files = ['schema', 'packages', 'test', 'scripts'].flatMap((place) => filesBelow(place, /\.(ts|mjs)$/))
  t.ok(files.length > 100, `${files.length} files`)
  const lines = (path: string): number => text(path).split('\n').length - 1
  const tooLong = (path: string): boolean => lines(path) > MAX_LINES[isTest(path) ? 'test' : 'source']
  t.same(files.filter(tooLong), [], `at most ${MAX_LINES.source} lines, ${MAX_LINES.test} in tests`)
  t.same(
    files.filter((path) => path.split('/').some((part) => EMPTY_NAMES.test(part))),
    [],
    'no name that says nothing',
  )
})

t.test('a decision has a number of its own, which its title says', async (t) => {
  const names = filesBelow('docs/decisions', /\.md$/)
  const numberOf = (path: string): number => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1])
  const numbers = names.map(numberOf)
  t.same(
    names.filter((_, index) => numbers.indexOf(numbers[index]!) !== index),
    [],
    'taken twice',
  )
  t.same(
    names.filter((path) => !text(path).startsWith(`# ${numberOf(path)}. `)),
    [],
  )
})
