// npm run test:docker: one network over three hosts that are containers, started by docker-compose.yml as a reader of the README starts them. Takes the
// engine that is there, or starts one; makes the images it cannot pull; leaves nothing but images.
import { ensureNode } from './setup/node.mjs'
import { ensurePackages, ensureTap } from './setup/packages.mjs'
import { runMain, SetupError } from './setup/run.mjs'

await runMain(async () => {
  const status = await ensureNode()
  if (status !== null) return status
  ensurePackages()
  ensureTap()
  const { withDocker } = await import('./docker/prepare.mjs')
  const { runTests } = await import('./tests/run.mjs')
  try {
    return await withDocker(() => runTests(['test/docker/multi_host.test.ts', ...process.argv.slice(2)]))
  } catch (error) {
    throw new SetupError(`the tests in Docker containers cannot run: ${error.message}`)
  }
})
