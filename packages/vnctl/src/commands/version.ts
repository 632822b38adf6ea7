/** `vnctl version`. */
import { readFileSync } from 'node:fs'
import type { Command } from '../command.ts'
import { presentRaw } from '../output/present.ts'

/** The version of this package. */
const packageVersion = (): string => {
  const file = new URL('../../package.json', import.meta.url)
  return String((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version)
}

export const versionCommand: Command = {
  names: ['version'],
  help: 'Shows the version of vnctl.',
  positionals: [],
  options: [],
  offline: true,
  run: async (_input, context) => {
    const version = packageVersion()
    if (context.format === 'json' || context.format === 'yaml') await presentRaw(context, [{ version }])
    else context.print(`vnctl ${version}`)
  },
}
