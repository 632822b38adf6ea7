// npm test [-- FILES]: sets up what is missing, builds, and runs all tests, those on real Open vSwitch too.
// The last line is `N passed, N failed`; the exit status is not 0 when anything failed or nothing ran.

import { build } from './setup/build.mjs'
import { ensureNode } from './setup/node.mjs'
import { ensurePackages, ensureTap } from './setup/packages.mjs'
import { runMain, SetupError } from './setup/run.mjs'
import { ensureCommands, SHELLS, TESTS } from './setup/system.mjs'

await runMain(async () => {
  const status = await ensureNode()
  if (status !== null) return status
  ensurePackages()
  ensureTap()
  build()
  if (!ensureCommands(TESTS)) throw new SetupError('the tests need them')
  ensureCommands(SHELLS)
  const { runTests } = await import('./tests/run.mjs')
  return runTests(process.argv.slice(2))
})
