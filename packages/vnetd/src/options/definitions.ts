/**
 * The options of vnetd, each once: flag `--log-level`, environment variable `VNETD_LOG_LEVEL` and key `log-level` of
 * the configuration file are all derived from its name. `read` turns a text into the value or says what it is not.
 */
import { formatRemote, OvsdbError, parseRemote } from '@openvnet/ovsdb'
import { type Address, parseAddress } from './address.ts'

type OptionValue = string | number | boolean | Address

interface Definition<T> {
  readonly name: string
  /** What stands for the value in the help. */
  readonly value: string
  readonly help: string
  /** As it would be typed; none: the option is absent unless given. */
  readonly default?: string | readonly string[]
  readonly repeatable?: boolean
  /** `--insecure`: stands alone on the command line; elsewhere its value is `true` or `false`. */
  readonly isFlag?: boolean
  /** Its value may hold a password, which no message repeats. */
  readonly isSecret?: boolean
  /** @returns the value, or `null` when the text is not `expected`. */
  readonly read: (text: string) => T | null
  /** Completes "'x' is not …". */
  readonly expected: string
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const ADOPTIONS = ['auto', 'approve'] as const
const PARTS = ['api', 'controller'] as const
export type LogLevel = (typeof LEVELS)[number]
export type Adopt = (typeof ADOPTIONS)[number]
export type Part = (typeof PARTS)[number]

const oneOf =
  <T extends string>(values: readonly T[]) =>
  (text: string): T | null =>
    values.find((value) => value === text) ?? null

const urlWith =
  (...protocols: readonly string[]) =>
  (text: string): string | null =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).host !== ''
      ? text
      : null

/** `auto`, `none`, or a remote in its full spelling. */
const database = (text: string): string | null => {
  if (text === 'auto' || text === 'none') return text
  try {
    return formatRemote(parseRemote(text))
  } catch (error) {
    if (error instanceof OvsdbError) return null
    throw error
  }
}

const fileName = (text: string): string | null => (text === '' ? null : text)

/** A URL that the log may name: what it holds of a name and a password belongs elsewhere. */
const urlWithoutPassword = (text: string): string | null => {
  const url = urlWith('http:', 'https:')(text)
  return url !== null && new URL(url).username === '' && new URL(url).password === '' ? url : null
}

/** Requests per second: a whole number, or none. */
const rate = (text: string): number | 'off' | null => {
  if (text === 'off') return text
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null
}

/** As a URL has it: lower case, IPv6 in brackets. */
const hostName = (text: string): string | null => {
  const url = URL.parse(`http://${text.includes(':') && !text.startsWith('[') ? `[${text}]` : text}/`)
  return url === null || url.pathname !== '/' || url.port !== '' || url.username !== '' ? null : url.hostname
}

const flag = (text: string): true | false | null =>
  /^(?:true|yes|1)$/i.test(text) ? true : /^(?:false|no|0)$/i.test(text) ? false : null

export const OPTIONS = {
  http: {
    name: 'http',
    value: 'HOST:PORT',
    help: 'where the REST API listens',
    default: '127.0.0.1:9090',
    read: parseAddress,
    expected: 'HOST:PORT, as in 127.0.0.1:9090',
  },
  tokenFile: {
    name: 'token-file',
    value: 'FILE',
    help: 'who may use the REST API: hashed tokens, one a line; vnetd token add makes them',
    read: fileName,
    expected: 'a file name',
  },
  insecure: {
    name: 'insecure',
    value: 'true|false',
    help: 'let everybody who reaches the REST API use it, also where that is not this machine only',
    isFlag: true,
    read: flag,
    expected: 'true or false',
  },
  hostName: {
    name: 'host-name',
    value: 'NAME',
    help: 'name or address under which the REST API may be asked without token, besides localhost: others that lead here, as of a page that rebinds its name, are refused; several times',
    repeatable: true,
    read: hostName,
    expected: 'a name or an address, without port',
  },
  tlsCert: {
    name: 'tls-cert',
    value: 'FILE',
    help: 'certificate of the REST API and those above it, PEM: HTTPS instead of HTTP',
    read: fileName,
    expected: 'a file name',
  },
  tlsKey: {
    name: 'tls-key',
    value: 'FILE',
    help: 'its private key, PEM',
    read: fileName,
    expected: 'a file name',
  },
  tlsClientCa: {
    name: 'tls-client-ca',
    value: 'FILE',
    help: 'authority of the certificates that clients of the REST API must have, besides a token',
    read: fileName,
    expected: 'a file name',
  },
  rateLimit: {
    name: 'rate-limit',
    value: 'N|off',
    help: 'requests per second that one client may make; 500 where there are tokens or other machines',
    read: rate,
    expected: 'a number of requests per second, or off',
  },
  openflow: {
    name: 'openflow',
    value: 'HOST:PORT',
    help: 'where switches connect; may be given several times',
    default: ['127.0.0.1:6633', '127.0.0.1:6653'],
    repeatable: true,
    read: parseAddress,
    expected: 'HOST:PORT, as in 127.0.0.1:6633',
  },
  db: {
    name: 'db',
    value: 'FILE',
    help: 'SQLite database; it and its directory are made when missing',
    default: './var/openvnet.db',
    read: fileName,
    expected: 'a file name',
  },
  places: {
    name: 'places',
    value: 'FILE',
    help: 'where a controller remembers which ports bridges had, for its next start; absent: FILE of --db with .places at its end',
    read: fileName,
    expected: 'a file name',
  },
  redis: {
    name: 'redis',
    value: 'URL',
    help: 'Redis that connects several vnetd processes; without it everything is in this one',
    read: urlWith('redis:', 'rediss:'),
    isSecret: true,
    expected: 'a URL as in redis://127.0.0.1:6379',
  },
  only: {
    name: 'only',
    value: PARTS.join('|'),
    help: 'run only this part; the other one runs elsewhere, with the same --redis',
    read: oneOf(PARTS),
    expected: `one of ${PARTS.join(', ')}`,
  },
  api: {
    name: 'api',
    value: 'URL',
    help: 'where a controller of its own finds the REST API',
    default: 'http://127.0.0.1:9090',
    read: urlWithoutPassword,
    isSecret: true,
    expected: 'a URL as in http://127.0.0.1:9090',
  },
  apiTokenFile: {
    name: 'api-token-file',
    value: 'FILE',
    help: 'the token for --api: the first line of this file; read-only will do, admin for lease policies of timing dhcp',
    read: fileName,
    expected: 'a file name',
  },
  apiCa: {
    name: 'api-ca',
    value: 'FILE',
    help: 'authority of the certificate of --api, PEM, besides those that this machine knows',
    read: fileName,
    expected: 'a file name',
  },
  adopt: {
    name: 'adopt',
    value: ADOPTIONS.join('|'),
    help: 'what to do with a bridge without datapath row: act for it, or wait until its row is made',
    default: 'auto',
    read: oneOf(ADOPTIONS),
    expected: `one of ${ADOPTIONS.join(', ')}`,
  },
  ovsdb: {
    name: 'ovsdb',
    value: 'REMOTE',
    help: 'database of Open vSwitch to read, and to make the ports for tunnels in, as unix:FILE, tcp:HOST:PORT, ssl:HOST:PORT; several times. auto: the local one, if it is there, only read; none',
    default: 'auto',
    repeatable: true,
    read: database,
    expected: 'unix:FILE, tcp:HOST:PORT, ssl:HOST:PORT, auto or none',
  },
  ovsdbCa: {
    name: 'ovsdb-ca',
    value: 'FILE',
    help: 'who signed the certificates of databases at ssl:, as PEM',
    read: fileName,
    expected: 'a file name',
  },
  ovsdbCert: {
    name: 'ovsdb-cert',
    value: 'FILE',
    help: 'certificate that they are shown, as PEM',
    read: fileName,
    expected: 'a file name',
  },
  ovsdbKey: {
    name: 'ovsdb-key',
    value: 'FILE',
    help: 'its private key, as PEM',
    read: fileName,
    expected: 'a file name',
  },
  logLevel: {
    name: 'log-level',
    value: 'LEVEL',
    help: LEVELS.join(', '),
    default: 'info',
    read: oneOf(LEVELS),
    expected: `one of ${LEVELS.join(', ')}`,
  },
  logFile: {
    name: 'log-file',
    value: 'FILE',
    help: 'append the log to this file, as JSON, instead of showing it',
    read: fileName,
    expected: 'a file name',
  },
} as const satisfies Record<string, Definition<OptionValue>>

export type OptionKey = keyof typeof OPTIONS
export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[]

/** An option as any of them: what the generic code needs to know of it. */
export const definition = (key: OptionKey): Definition<OptionValue> => OPTIONS[key]

export const environmentName = (name: string): string => `VNETD_${name.toUpperCase().replaceAll('-', '_')}`
