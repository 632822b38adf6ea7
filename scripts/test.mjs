// npm test [-- FILES]: sets up what is missing, builds, and runs all tests, those on real Open vSwitch too.
// The last line is `N passed, N failed`; the exit status is not 0 when anything failed or nothing ran.
// With --docker also those in containers, where that can be; where not, it is said and no fault.

import { build } from './setup/build.mjs'
import { ensureNode } from './setup/node.mjs'
import { ensurePackages, ensureTap } from './setup/packages.mjs'
import { runMain, SetupError } from './setup/run.mjs'
import { ensureCommands, SHELLS, TESTS } from './setup/system.mjs'

/** In place of the exclusions in .taprc, where test/docker is. */
const EVERYTHING = ['--exclude=**/dist/**']
const IN_DOCKER = 'test/docker/multi_host.test.ts'

await runMain(async () => {
  const status = await ensureNode()
  if (status !== null) return status
  ensurePackages()
  ensureTap()
  build()
  if (!ensureCommands(TESTS)) throw new SetupError('the tests need them')
  ensureCommands(SHELLS)
  const { runTests } = await import('./tests/run.mjs')
  const args = process.argv.slice(2)
  const rest = args.filter((arg) => arg !== '--docker')
  return rest.length < args.length ? runAlsoInDocker(runTests, rest) : runTests(args)
})

/** Why containers were left out is said right before the count. Only what is missing on the machine is no fault. */
async function runAlsoInDocker(runTests, files) {
  const { sayLeftOut, Unavailable, withDocker } = await import('./docker/prepare.mjs')
  try {
    return await withDocker(() => runTests(files.length > 0 ? [...files, IN_DOCKER] : EVERYTHING))
  } catch (error) {
    if (error instanceof SetupError) throw error
    sayLeftOut(error)
    const status = await runTests(files, () => sayLeftOut(error))
    return error instanceof Unavailable ? status : 1
  }
}
