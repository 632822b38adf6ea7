// npm run bench [-- OPTIONS]: sets up what is missing, builds, and measures. As root it runs in a network namespace of
// its own, which goes with it: no port, bridge or interface of the machine is touched.
import { build } from './setup/build.mjs'
import { ensureNode } from './setup/node.mjs'
import { ensurePackages } from './setup/packages.mjs'
import { runInPlace, runMain, SetupError, succeeds } from './setup/run.mjs'
import { ensureCommands, TESTS } from './setup/system.mjs'

const BENCH = [process.execPath, '--conditions=vnet-source', 'test/bench/main.ts', ...process.argv.slice(2)]
const IN_NAMESPACE = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'bench']

await runMain(async () => {
  const status = await ensureNode()
  if (status !== null) return status
  ensurePackages()
  build()
  if (!ensureCommands(TESTS)) throw new SetupError('the benchmarks need them')
  // Programs to compare with are fetched before: in the namespace there is no network.
  await runInPlace(process.execPath, [
    '--conditions=vnet-source',
    'test/bench/fetch.ts',
    ...process.argv.slice(2),
  ])
  const isRoot = process.getuid?.() === 0 && succeeds('unshare', ['--net', 'true'])
  const [command, ...args] = isRoot ? [...IN_NAMESPACE, ...BENCH] : BENCH
  return runInPlace(command, args)
})
