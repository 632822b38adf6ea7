// The build: incremental, a twentieth of a second when nothing changed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, runQuietly, say } from './run.mjs'

export function build() {
  if (!existsSync(join(ROOT, 'packages/vnetd/dist'))) say('building')
  runQuietly(process.execPath, ['node_modules/typescript/bin/tsc', '-b'])
}
