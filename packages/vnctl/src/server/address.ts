/**
 * Where the server is, by precedence: `--server`, `VNCTL_SERVER`, `VNET_WEBAPI=host:port`,
 * the original's configuration file, http://127.0.0.1:9090.
 */
import { EXIT, Failure } from '../failure.ts'
import { readOriginalConfig } from './original_config.ts'

export interface Settings {
  /** URL below which the API's paths lie, without a slash at its end, e.g. `http://127.0.0.1:9090/api/1.0`. */
  readonly api: string
  /** `output_format` of the configuration file, or `null`. */
  readonly outputFormat: string | null
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

/**
 * @param server value of `--server`
 * @throws {Failure} when the address or the configuration file cannot be understood
 */
export const readSettings = (
  server: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Settings => {
  const named: [string | undefined, string][] = [
    [server, '--server'],
    [env['VNCTL_SERVER'], 'VNCTL_SERVER'],
    [env['VNET_WEBAPI'], 'VNET_WEBAPI'],
  ]
  for (const [text, source] of named) {
    if (text) return { api: apiUrl(text, source, DEFAULT_VERSION), outputFormat: null }
  }
  const config = readOriginalConfig(env['HOME'])
  const value = (key: string, fallback: string) => config.values.get(key) ?? fallback
  const origin = `${value('webapi_protocol', 'http')}://${value('webapi_uri', '127.0.0.1')}:${value('webapi_port', '9090')}`
  return {
    api: apiUrl(origin, config.file, value('webapi_version', DEFAULT_VERSION)),
    outputFormat: config.values.get('output_format') ?? null,
  }
}
