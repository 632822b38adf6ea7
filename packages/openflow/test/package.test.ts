/** What would be published: its exports resolve, and hold what they say. Built here, so that no old build is tested. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as openflow from '@openvnet/openflow'
import * as testing from '@openvnet/openflow/testing'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import t from 'tap'

const source = join(import.meta.dirname, '..')
const root = join(source, '../..')
const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))

/** A package as it would be packed, built of the source as it is now. */
const directory = mkdtempSync(join(tmpdir(), 'openflow-package-'))
t.teardown(() => rmSync(directory, { recursive: true }))
for (const part of ['package.json', 'README.md', 'src', 'docs', 'examples']) {
  cpSync(join(source, part), join(directory, part), { recursive: true })
}
// tap gives every Node.js options of its own, with which the compiler does not run.
execFileSync(
  'env',
  [
    ...['-u', 'NODE_OPTIONS', process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', source],
    ...['--composite', 'false', '--incremental', 'false', '--tsBuildInfoFile', 'null', '--declaration'],
    ...['--outDir', join(directory, 'dist')],
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)

t.test('the reference has every export', async (t) => {
  const reference = readFileSync(join(source, 'docs/api.md'), 'utf8')
  for (const [entry, exports] of [
    ['index.ts', openflow],
    ['testing/index.ts', testing],
  ] as const) {
    const types = [...readFileSync(join(source, 'src', entry), 'utf8').matchAll(/\btype (\w+)/g)]
    const names = [...Object.keys(exports), ...types.map(([, name]) => name)]
    t.same(
      names.filter((name) => !reference.includes(`\n### ${name}\n`)),
      [],
      entry,
    )
  }
})

t.test('publint finds nothing', async (t) => {
  const { messages } = await publint({ pkgDir: directory, strict: true, pack: 'npm' })
  t.same(
    messages.map((message) => formatMessage(message, manifest)),
    [],
  )
})

t.test('the built package works without its source', async (t) => {
  rmSync(join(directory, 'src'), { recursive: true })
  const program = `
    import { decode, encode, parseFlow, formatFlow } from '@openvnet/openflow'
    import { FakeSwitch } from '@openvnet/openflow/testing'
    new FakeSwitch({ datapathId: 1n })
    process.stdout.write(formatFlow(parseFlow('ip,actions=2')) + decode(encode({ type: 'barrier_request', xid: 7 })).xid)`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: directory,
    encoding: 'utf8',
  })
  t.equal(output, 'table=0, ip actions=output:27')
})
