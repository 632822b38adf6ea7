// npm run demo [-- --keep]: sets up what is missing and runs the walkthrough on real namespaces and a real bridge.
import { build } from './setup/build.mjs'
import { ensureNode } from './setup/node.mjs'
import { ensurePackages } from './setup/packages.mjs'
import { runInPlace, runMain, SetupError } from './setup/run.mjs'
import { ensureCommands, LAB } from './setup/system.mjs'

await runMain(async () => {
  const status = await ensureNode()
  if (status !== null) return status
  ensurePackages()
  build()
  if (!ensureCommands(LAB)) throw new SetupError('the walkthrough needs them')
  if (process.getuid?.() !== 0)
    throw new SetupError('the walkthrough makes network namespaces: run it as root')
  return runInPlace(process.execPath, [
    '--conditions=vnet-source',
    'test/demo/main.ts',
    ...process.argv.slice(2),
  ])
})
