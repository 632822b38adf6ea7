/** The configuration file: a map of option names to values, in YAML (of which JSON is a part). */
import { readFileSync } from 'node:fs'
import { parse, YAMLError } from 'yaml'
import { definition, OPTION_KEYS } from './definitions.ts'
import { UsageError } from './usage-error.ts'

/**
 * @returns values as they would be typed, by option name; `_` and `-` are the same in names.
 * @throws {UsageError} when it cannot be read or holds something else.
 */
export function readConfigFile(file: string): ReadonlyMap<string, readonly string[]> {
  const content = parseFile(file)
  if (content === null) return new Map()
  if (typeof content !== 'object' || Array.isArray(content))
    throw new UsageError(`${file}: not a map of option names to values`)
  const names = OPTION_KEYS.map((key) => definition(key).name)
  return new Map(
    Object.entries(content).map(([key, value]) => {
      const name = key.replaceAll('_', '-')
      if (!names.includes(name))
        throw new UsageError(`${file}: unknown key '${key}' (there are: ${names.join(', ')})`)
      return [name, textsOf(value, `${file}: ${key}`)]
    }),
  )
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof YAMLError) throw new UsageError(`${file}: ${error.message.split('\n')[0]}`)
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${file}: ${code === 'ENOENT' ? 'there is no such file' : (error as Error).message}`)
  }
}

function textsOf(value: unknown, where: string): string[] {
  if (value === null) return []
  return [value].flat().map((item) => {
    if (['string', 'number', 'boolean'].includes(typeof item)) return String(item)
    throw new UsageError(`${where}: ${JSON.stringify(item)} is not a text`)
  })
}
