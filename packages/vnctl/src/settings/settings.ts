/**
 * Which server, and with what: `--server` or `--cloud`, else `VNCTL_SERVER`, `VNCTL_CLOUD`, `VNET_WEBAPI=host:port`,
 * the only cloud of `clouds.yaml`, the original's configuration file, http://127.0.0.1:9090.
 */
import { readFileSync } from 'node:fs'
import { EXIT, Failure } from '../failure.ts'
import type { Tls } from '../server/transport.ts'
import { cloudNames, readCloud } from './clouds.ts'
import { readOriginalConfig } from './original_config.ts'

export interface Settings {
  /** URL below which the API's paths lie, without a slash at its end, e.g. `http://127.0.0.1:9090/api/1.0`. */
  readonly api: string
  readonly token: string | null
  readonly tls: Tls
  /** The form of output that is configured, or `null`. */
  readonly outputFormat: string | null
}

export type Environment = Readonly<Record<string, string | undefined>>

/** What the command line says about it. */
export interface Choice {
  readonly server: string | undefined
  readonly cloud: string | undefined
}

/** `host:port` and URLs, with or without the API's path, to the URL of the API. */
const apiUrl = (text: string, source: string, version: string): string => {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new Failure(EXIT.usage, `${source}: '${text}' is not a URL like http://127.0.0.1:9090`)
  }
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${/\/api(\/[\d.]+)?$/.test(path) ? path : `${path}/api/${version}`}`
}

const DEFAULT_VERSION = '1.0'

const readPem = (file: string, source: string, what: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Failure(EXIT.usage, `${source}: cannot read the ${what} ${file}: ${(error as Error).message}`)
  }
}

/** The names of files, as they are given. */
interface TlsFiles {
  readonly cacert: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

const readTls = ({ cacert, cert, key }: TlsFiles, source: (name: keyof TlsFiles) => string): Tls => {
  if (Boolean(cert) !== Boolean(key)) {
    const [given, missing] = cert ? (['cert', 'key'] as const) : (['key', 'cert'] as const)
    throw new Failure(EXIT.usage, `${source(given)} needs ${missing} too: a certificate is used with its key`)
  }
  return {
    ...(cacert && { ca: readPem(cacert, source('cacert'), 'certificate') }),
    ...(cert && { cert: readPem(cert, source('cert'), 'certificate') }),
    ...(key && { key: readPem(key, source('key'), 'key') }),
  }
}

const ofUrl = (text: string, source: string, env: Environment): Settings => ({
  api: apiUrl(text, source, DEFAULT_VERSION),
  token: env['VNCTL_TOKEN'] || null,
  tls: readTls(
    { cacert: env['VNCTL_CACERT'], cert: env['VNCTL_CERT'], key: env['VNCTL_KEY'] },
    (name) => `VNCTL_${name.toUpperCase()}`,
  ),
  outputFormat: null,
})

const ofCloud = (name: string, env: Environment): Settings => {
  const cloud = readCloud(name, env)
  if (cloud.url === undefined) throw new Failure(EXIT.usage, `${cloud.where}: there is no url`)
  return {
    api: apiUrl(cloud.url, `${cloud.where}: url`, DEFAULT_VERSION),
    token: env['VNCTL_TOKEN'] || (cloud.token ?? null),
    tls: readTls(
      { cacert: cloud.cacert, cert: cloud.cert, key: cloud.key },
      (name) => `${cloud.where}: ${name}`,
    ),
    outputFormat: cloud.output_format ?? null,
  }
}

const ofOriginal = (env: Environment): Settings => {
  const config = readOriginalConfig(env['HOME'])
  const value = (key: string, fallback: string) => config.values.get(key) ?? fallback
  const origin = `${value('webapi_protocol', 'http')}://${value('webapi_uri', '127.0.0.1')}:${value('webapi_port', '9090')}`
  const settings = ofUrl(origin, config.file, env)
  return {
    ...settings,
    api: apiUrl(origin, config.file, value('webapi_version', DEFAULT_VERSION)),
    outputFormat: config.values.get('output_format') ?? null,
  }
}

/** @throws {Failure} when an address or a file cannot be understood, or a cloud has to be chosen */
export const readSettings = ({ server, cloud }: Choice, env: Environment): Settings => {
  if (server !== undefined && cloud !== undefined) {
    throw new Failure(EXIT.usage, '--server and --cloud both name a server; give one of them')
  }
  if (server !== undefined) return ofUrl(server, '--server', env)
  if (cloud !== undefined) return ofCloud(cloud, env)
  if (env['VNCTL_SERVER']) return ofUrl(env['VNCTL_SERVER'], 'VNCTL_SERVER', env)
  if (env['VNCTL_CLOUD']) return ofCloud(env['VNCTL_CLOUD'], env)
  if (env['VNET_WEBAPI']) return ofUrl(env['VNET_WEBAPI'], 'VNET_WEBAPI', env)
  const names = cloudNames(env)
  const [only, ...others] = names
  if (only === undefined) return ofOriginal(env)
  if (others.length === 0) return ofCloud(only, env)
  throw new Failure(EXIT.usage, `choose one of the clouds ${names.join(', ')} with --cloud or VNCTL_CLOUD`)
}

/** The name of the cloud that a command would ask, or `null`. @throws {Failure} */
export const chosenCloud = ({ server, cloud }: Choice, env: Environment): string | null => {
  if (cloud !== undefined) return cloud
  if (server !== undefined || env['VNCTL_SERVER']) return null
  if (env['VNCTL_CLOUD']) return env['VNCTL_CLOUD']
  if (env['VNET_WEBAPI']) return null
  const names = cloudNames(env)
  return names.length === 1 ? (names[0] ?? null) : null
}
