/**
 * Each test that `docs/reliability.md` names is there: its file by its link, and its title in it, or in a file beside it
 * that it reads its rows from.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const DOCUMENT = fileURLToPath(new URL('../docs/reliability.md', import.meta.url))
/** `[name](path.test.ts): "title", "title"` */
const NAMED = /\[[^\]]*\]\(([^)]+\.test\.ts)\)(?:: ("[^"]+"(?:, "[^"]+")*))?/g
const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g
const WORD = /\w+/g
const IMPORT = /from '(\.\/[^']+\.ts)'/g
/** Characters of a title that are the same on each run: a title of variables alone could be any. */
const FIXED = 10

const document = readFileSync(DOCUMENT, 'utf8')
const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** The text of a test and of the files in the same directory that it imports, directly or not. */
const textsOf = (path: string, seen = new Set<string>()): string[] => {
  if (seen.has(path)) return []
  seen.add(path)
  const text = read(path)
  const imported = [...text.matchAll(IMPORT)].map(([, file]) => join(dirname(path), file!))
  return [text, ...imported.flatMap((file) => textsOf(file, seen))]
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** What a literal of the source may be when it runs, its variables as groups; `undefined` when that is nearly anything. */
const pattern = (source: string): RegExp | undefined => {
  const parts = source.replace(/\\(.)/g, '$1').split(/\$\{[^}]*\}/)
  if (parts.length > 1 && parts.join('').length < FIXED) return undefined
  return new RegExp(`^${parts.map(escaped).join('(.+)')}$`)
}

/** Tells whether a test has this title; what its variables stand for must be words of the source. */
const titlesOf = (path: string): ((title: string) => boolean) => {
  const text = textsOf(path).join('\n')
  const words = new Set(text.match(WORD))
  const patterns = [...text.matchAll(LITERAL)]
    .map(([, single, double, template]) => pattern(single ?? double ?? template ?? ''))
    .filter((one) => one !== undefined)
  const isSaid = (value: string) => value.match(WORD)?.every((word) => words.has(word)) ?? false
  return (title) => patterns.some((one) => one.exec(title)?.slice(1).every(isSaid) ?? false)
}

interface Named {
  readonly file: string
  readonly titles: readonly string[]
}
const namedIn = (text: string): Named[] =>
  [...text.matchAll(NAMED)].map(([, file = '', titles = '']) => ({
    file: join(dirname(DOCUMENT), file),
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title]) => title!),
  }))

const faultsOf = ({ file, titles }: Named): string[] => {
  if (!existsSync(file)) return [`${file} is not there`]
  const isThere = titlesOf(file)
  return titles.filter((title) => !isThere(title)).map((title) => `${file}: ${title}`)
}

t.test('every test that is named is there', async (t) => {
  const named = namedIn(document)
  t.ok(named.flatMap(({ titles }) => titles).length > 50, 'the document is understood')
  t.same(named.flatMap(faultsOf), [])
})

t.test('every promise names a test by its title', async (t) => {
  const rows = document.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| promise'))
  t.ok(rows.length > 40, `${rows.length} promises`)
  t.same(
    rows.filter((row) => !namedIn(row).some(({ titles }) => titles.length > 0)),
    [],
  )
})

t.test('a test that is not there is found', async (t) => {
  const of = (file: string, title: string) => namedIn(`[x](${file}): "${title}"`).flatMap(faultsOf).length
  const matrix = '../test/integration/matrix.test.ts'
  t.equal(of(matrix, 'ovs-vswitchd is killed'), 0)
  t.equal(of(matrix, 'ovs-vswitchd is kissed'), 1)
  const split = '../test/integration/split.test.ts'
  t.equal(of(split, 'redis alone restarted while writes go on'), 0, 'also with variables')
  t.equal(of(split, 'the_moon alone restarted while writes go on'), 1)
  t.equal(of('../test/integration/gone.test.ts', 'ovs-vswitchd is killed'), 1)
})
