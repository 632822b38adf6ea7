/** What vnetd is to do: flag before environment variable before configuration file before default. */
import type { Address } from './address.ts'
import { parseCommandLine } from './command-line.ts'
import { readConfigFile } from './config-file.ts'
import {
  type Adopt,
  definition,
  environmentName,
  type LogLevel,
  type OptionKey,
  type Part,
} from './definitions.ts'
import { checkTogether, withoutPassword } from './together.ts'
import { UsageError } from './usage-error.ts'

export interface VnetdOptions {
  readonly http: Address
  /** Who may use the REST API; `null`: everybody. */
  readonly tokenFile: string | null
  /** Whether that is meant, also where others than this machine reach it. */
  readonly insecure: boolean
  /** Under which the REST API may be asked without token. */
  readonly hostNames: readonly string[]
  readonly tlsCert: string | null
  readonly tlsKey: string | null
  readonly tlsClientCa: string | null
  /** Requests per second and client; `null`: as the API thinks. */
  readonly rateLimit: number | 'off' | null
  readonly openflow: readonly Address[]
  /** File of the database. */
  readonly db: string
  /** Where a controller remembers which ports bridges had. */
  readonly places: string
  readonly redis: string | null
  /** The only part to run; `null` for both. */
  readonly only: Part | null
  /** Where a controller without API of its own finds it. */
  readonly api: string
  readonly apiTokenFile: string | null
  /** The token itself, where it came in the environment. */
  readonly apiToken: string | null
  readonly apiCa: string | null
  /** Whether a bridge without datapath row is acted for. */
  readonly adopt: Adopt
  /** Remotes, or `auto`; empty: none. */
  readonly ovsdb: readonly string[]
  /** Files, for those at `ssl:`. */
  readonly ovsdbTls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null }
  readonly logLevel: LogLevel
  readonly logFile: string | null
}

export type Invocation =
  | { readonly kind: 'run'; readonly options: VnetdOptions }
  | { readonly kind: 'print'; readonly text: string }

export interface InvocationInput {
  /** Without the program's name. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
}

/** @throws {UsageError} */
export function readInvocation({ argv, env, version }: InvocationInput): Invocation {
  const { values, print } = parseCommandLine(argv, version)
  if (print !== null) return { kind: 'print', text: print }
  const configFile = values.get('config')?.at(-1) ?? nonEmpty(env[environmentName('config')])
  const config = configFile === undefined ? new Map<string, readonly string[]>() : readConfigFile(configFile)
  const options = readOptions({ values, env, config, configFile: configFile ?? '' })
  checkTogether(options)
  return { kind: 'run', options }
}

/** The one secret that is no option: what is typed, others see. */
const API_TOKEN = 'VNETD_API_TOKEN'

interface Origins {
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly env: InvocationInput['env']
  readonly config: ReadonlyMap<string, readonly string[]>
  readonly configFile: string
}

function readOptions(origins: Origins): VnetdOptions {
  const one = (key: OptionKey): unknown => read(key, origins).at(-1) ?? null
  return {
    http: one('http') as Address,
    tokenFile: one('tokenFile') as string | null,
    insecure: one('insecure') === true,
    hostNames: read('hostName', origins) as readonly string[],
    tlsCert: one('tlsCert') as string | null,
    tlsKey: one('tlsKey') as string | null,
    tlsClientCa: one('tlsClientCa') as string | null,
    rateLimit: one('rateLimit') as number | 'off' | null,
    openflow: read('openflow', origins) as readonly Address[],
    db: one('db') as string,
    places: (one('places') as string | null) ?? `${one('db') as string}.places`,
    redis: one('redis') as string | null,
    only: one('only') as Part | null,
    api: one('api') as string,
    apiTokenFile: one('apiTokenFile') as string | null,
    apiToken: nonEmpty(origins.env[API_TOKEN]) ?? null,
    apiCa: one('apiCa') as string | null,
    adopt: one('adopt') as Adopt,
    ovsdb: databasesOf(read('ovsdb', origins) as readonly string[]),
    ovsdbTls: {
      ca: one('ovsdbCa') as string | null,
      cert: one('ovsdbCert') as string | null,
      key: one('ovsdbKey') as string | null,
    },
    logLevel: one('logLevel') as LogLevel,
    logFile: one('logFile') as string | null,
  }
}

const databasesOf = (remotes: readonly string[]): readonly string[] => {
  if (remotes.includes('none') && remotes.length > 1)
    throw new UsageError(
      `ovsdb: none and ${remotes.find((remote) => remote !== 'none')} contradict each other`,
    )
  return remotes.filter((remote) => remote !== 'none')
}

/** Values of one option from its strongest origin; a wrong one is reported by the name under which it was given. */
function read(key: OptionKey, origins: Origins): readonly unknown[] {
  const option = definition(key)
  const shown = option.isSecret === true ? withoutPassword : (text: string) => text
  const { texts, origin } = strongest(key, origins)
  return texts.map((text) => {
    const value = option.read(text.trim())
    if (value === null) throw new UsageError(`${origin}: '${shown(text)}' is not ${option.expected}`)
    return value
  })
}

function strongest(key: OptionKey, origins: Origins): { texts: readonly string[]; origin: string } {
  const { name, repeatable, default: standard } = definition(key)
  const typed = origins.values.get(name)
  if (typed !== undefined) return { texts: typed, origin: `--${name}` }
  const variable = environmentName(name)
  const exported = nonEmpty(origins.env[variable])
  if (exported !== undefined)
    return { texts: repeatable === true ? exported.split(',') : [exported], origin: variable }
  const configured = origins.config.get(name)
  if (configured !== undefined && configured.length > 0)
    return { texts: configured, origin: `${origins.configFile}: ${name}` }
  return { texts: standard === undefined ? [] : [standard].flat(), origin: 'default' }
}

/** A variable that is exported empty counts as not exported, as compose files do it. */
const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
