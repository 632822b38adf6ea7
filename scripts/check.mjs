// npm run check [-- --without-tests]: what can be said without a switch. Types, lint, dead code, documents, and unit
// tests with that of the architecture, which `npm test` runs too.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureNode } from './setup/node.mjs'
import { ensurePackages, ensureTap } from './setup/packages.mjs'
import { ROOT, runMain, runQuietly, SetupError } from './setup/run.mjs'
import { ensureCommands } from './setup/system.mjs'

const say = (text) => void process.stdout.write(`${text}\n`)

const STEPS = [
  ['types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json']],
  ['lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']],
  ['dead code', ['node_modules/knip/bin/knip.js']],
  ['documents', ['--conditions=vnet-source', 'scripts/docs.ts', '--check']],
]

await runMain(async () => {
  const status = await ensureNode()
  if (status !== null) return status
  ensurePackages()
  ensureTap()
  const failed = STEPS.filter((step) => !passes(...step))
  if (failed.length > 0) say(`failed: ${failed.map(([name]) => name).join(', ')}`)
  const checked = failed.length > 0 ? 1 : 0
  if (process.argv.includes('--without-tests')) return checked
  if (!ensureCommands(['redis-server'])) throw new SetupError('the unit tests need it')
  const { runTests } = await import('./tests/run.mjs')
  const tests = await runTests([...unitTests(), 'test/architecture.test.ts'])
  return checked || tests
})

function passes(name, args) {
  const start = Date.now()
  try {
    runQuietly(process.execPath, args)
    say(`ok     ${name}  ${((Date.now() - start) / 1000).toFixed(1)} s`)
    return true
  } catch (error) {
    say(`not ok ${name}\n${error.message}\n`)
    return false
  }
}

/** Tests beside the source and in the packages; what crosses packages, in test/, is for `npm test`. */
function unitTests() {
  return ['schema', 'packages'].flatMap(testsBelow)
}

function testsBelow(directory) {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : testsBelow(path)
    return entry.name.endsWith('.test.ts') ? [path] : []
  })
}
