/**
 * npm run docs: writes every document that is made from the source. With `--check` it writes nothing and fails when one
 * is not what it would write, or carries the mark of a generated document and is not in the list.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { renderPipelineDocument } from '@openvnet/controller'
import { renderReference } from '@openvnet/vnctl'
import { renderErrors, renderMetrics } from '../packages/api/docs/document.ts'
import { renderApiReference } from '../packages/openflow/docs/reference.ts'

interface GeneratedDocument {
  /** From the root of the repository. */
  readonly path: string
  /** The whole content; what is in docs/ holds the mark in one of its first lines. */
  readonly render: () => string
}

const DOCUMENTS: readonly GeneratedDocument[] = [
  { path: 'docs/pipeline.md', render: renderPipelineDocument },
  { path: 'docs/cli.md', render: renderReference },
  { path: 'packages/api/docs/errors.md', render: renderErrors },
  { path: 'packages/api/docs/metrics.md', render: renderMetrics },
  { path: 'packages/openflow/docs/api.md', render: renderApiReference },
]

/** What a generated document says of itself, so that nobody edits it. */
const MARK = 'by `npm run docs`'

const root = new URL('../', import.meta.url)
const readText = (path: string): Promise<string | null> =>
  readFile(new URL(path, root), 'utf8').catch(() => null)

async function faultOf({ path, render }: GeneratedDocument): Promise<string | null> {
  return (await readText(path)) === render() ? null : `${path} is stale: run npm run docs`
}

/** Documents that somebody generated once and nobody does any more. */
async function orphans(): Promise<string[]> {
  const paths = (await readdir(new URL('docs', root), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .filter((path) => !DOCUMENTS.some((document) => document.path === path))
  const texts = await Promise.all(paths.map(readText))
  return paths.filter((_, index) => texts[index]?.slice(0, 500).includes(MARK))
}

async function check(): Promise<void> {
  const faults = (await Promise.all(DOCUMENTS.map(faultOf))).filter((fault) => fault !== null)
  for (const path of await orphans())
    faults.push(`${path} is marked as generated and is not in scripts/docs.ts`)
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  process.exitCode = faults.length > 0 ? 1 : 0
}

async function write(): Promise<void> {
  for (const { path, render } of DOCUMENTS) {
    const content = render()
    if ((await readText(path)) === content) continue
    await writeFile(new URL(path, root), content)
    process.stdout.write(`wrote ${path}\n`)
  }
}

await (process.argv.includes('--check') ? check() : write())
