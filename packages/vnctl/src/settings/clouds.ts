/**
 * Clouds by name, as users of clouds keep them: `clouds.yaml`, what is secret in `secure.yaml`, what a vendor says of
 * all its clouds in `clouds-public.yaml` under the name of a `profile:`. Each is the first of that name in
 * `$XDG_CONFIG_HOME/openvnet` (`~/.config/openvnet`) and `/etc/openvnet`. A cloud's own entries win over its profile's,
 * those of `secure.yaml` over both. A file that holds a token must be readable by its owner only.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { nearest } from '@openvnet/schema'
import { EXIT, Failure } from '../failure.ts'
import type { Environment } from './settings.ts'

const KEYS = ['profile', 'url', 'token', 'cacert', 'cert', 'key', 'output_format'] as const
type Key = (typeof KEYS)[number]
type Entries = { readonly [K in Key]?: string }

export interface Cloud extends Entries {
  /** For messages: the file and the name. */
  readonly where: string
}

interface CloudFile {
  readonly file: string
  readonly clouds: ReadonlyMap<string, Entries>
}

const directories = (env: Environment): string[] => {
  const own = env['XDG_CONFIG_HOME'] || (env['HOME'] ? join(env['HOME'], '.config') : '')
  return [...(own === '' ? [] : [join(own, 'openvnet')]), '/etc/openvnet']
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const entriesOf = (value: unknown, where: string): Entries => {
  if (!isMap(value)) throw new Failure(EXIT.usage, `${where}: not a map with url, token, cacert`)
  for (const [key, text] of Object.entries(value)) {
    if (!KEYS.some((known) => known === key)) {
      const guess = nearest(key, KEYS)
      const hint = guess === undefined ? `there are ${KEYS.join(', ')}` : `did you mean ${guess}?`
      throw new Failure(EXIT.usage, `${where}: unknown key ${key}; ${hint}`)
    }
    if (typeof text !== 'string') throw new Failure(EXIT.usage, `${where}: ${key} is not text`)
  }
  return value as Entries
}

/** Read when it is needed: most command lines have no such file. */
const parseYaml = (file: string, content: string): unknown => {
  const { parse } = createRequire(import.meta.url)('yaml') as typeof import('yaml')
  try {
    return parse(content)
  } catch (error) {
    throw new Failure(EXIT.usage, `${file}: ${(error as Error).message.split('\n')[0]}`)
  }
}

const OTHERS_MAY_READ = 0o077

const checkPrivate = (file: string, clouds: Iterable<Entries>): void => {
  const isSecret = file.endsWith('secure.yaml') || [...clouds].some(({ token }) => token !== undefined)
  const mode = statSync(file).mode & OTHERS_MAY_READ
  if (isSecret && mode !== 0) {
    throw new Failure(EXIT.usage, `${file} holds a token and others may read it; run \`chmod 600 ${file}\``)
  }
}

/** The first file of that name. @throws {Failure} */
const readFirst = (name: string, env: Environment): CloudFile | null => {
  const file = directories(env)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path))
  if (file === undefined) return null
  const key = name === 'clouds-public.yaml' ? 'public-clouds' : 'clouds'
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Failure(EXIT.other, `cannot read ${file}: ${(error as Error).message}`)
  }
  const document = parseYaml(file, content)
  const listed = isMap(document) ? document[key] : undefined
  if (!isMap(listed)) throw new Failure(EXIT.usage, `${file}: there is no map ${key} of names to clouds`)
  const clouds = new Map(
    Object.entries(listed).map(([cloud, value]) => [cloud, entriesOf(value, `${file}: ${cloud}`)]),
  )
  checkPrivate(file, clouds.values())
  return { file, clouds }
}

/** The names in `clouds.yaml`. @throws {Failure} */
export const cloudNames = (env: Environment): string[] => [
  ...(readFirst('clouds.yaml', env)?.clouds.keys() ?? []),
]

const profileOf = (profile: string | undefined, where: string, env: Environment): Entries => {
  if (profile === undefined) return {}
  const vendors = readFirst('clouds-public.yaml', env)
  const found = vendors?.clouds.get(profile)
  if (found !== undefined) return found
  const places = directories(env).map((directory) => join(directory, 'clouds-public.yaml'))
  throw new Failure(
    EXIT.usage,
    `${where}: there is no profile ${profile} in ${vendors?.file ?? places.join(' or ')}`,
  )
}

/** @throws {Failure} when there is none, or a file is wrong or not private */
export const readCloud = (name: string, env: Environment): Cloud => {
  const file = readFirst('clouds.yaml', env)
  if (file === null) {
    const places = directories(env).map((directory) => join(directory, 'clouds.yaml'))
    throw new Failure(EXIT.usage, `there is no cloud ${name}: neither ${places.join(' nor ')} exists`)
  }
  const own = file.clouds.get(name)
  if (own === undefined) {
    const names = [...file.clouds.keys()]
    const guess = nearest(name, names)
    const hint = guess === undefined ? `it has ${names.join(', ')}` : `did you mean ${guess}?`
    throw new Failure(EXIT.usage, `there is no cloud ${name} in ${file.file}; ${hint}`)
  }
  const where = `${file.file}: ${name}`
  const secret = readFirst('secure.yaml', env)?.clouds.get(name) ?? {}
  return { ...profileOf(own.profile, where, env), ...own, ...secret, where }
}
