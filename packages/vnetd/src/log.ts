/**
 * The log. On a terminal: short lines on stderr, made to be read beside what vnetd itself prints on stdout.
 * Elsewhere: pino's JSON on stderr, or in `--log-file`.
 */
import { styleText } from 'node:util'
import { TOKEN } from '@openvnet/api'
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'
import type { LogLevel } from './options/definitions.ts'

export interface LogOptions {
  readonly level: LogLevel
  readonly file: string | null
}

/** Where libraries put what is secret: headers of requests, and the command that Redis refused (AUTH …). */
const SECRET = ['authorization', 'cookie', 'password', 'token']
const SECRET_PATHS = [
  ...SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  'err.command',
  'err.cause.command',
  'err.previousErrors',
]

/** Whatever else a message holds: our tokens can be told by their form, passwords in URLs by their place. */
const withoutSecrets = (line: string): string =>
  line.replaceAll(TOKEN, 'vnet_***').replaceAll(/:\/\/[^\s/@"\\]*@/g, '://***@')

const optionsOf = (level: LogLevel): LoggerOptions => ({
  level,
  redact: { paths: SECRET_PATHS, censor: '***' },
  hooks: { streamWrite: withoutSecrets },
})

/** @throws when the file cannot be opened. */
export function createLog({ level, file }: LogOptions): Logger {
  const options = optionsOf(level)
  // Written at once: the last line before a crash is the one that matters.
  if (file !== null) return pino(options, pino.destination({ dest: file, mkdir: true, sync: true }))
  if (process.stderr.isTTY) return pino({ ...options, base: null }, readable(process.stderr))
  return pino(options, pino.destination({ dest: 2, sync: true }))
}

const readable = (stream: NodeJS.WritableStream): DestinationStream => ({
  write: (line: string) => void stream.write(formatLine(line)),
})

const LABELS: Readonly<Record<number, string>> = {
  10: styleText('dim', 'trace'),
  20: styleText('dim', 'debug'),
  30: styleText('green', 'info '),
  40: styleText('yellow', 'warn '),
  50: styleText('red', 'error'),
  60: styleText('red', 'fatal'),
}

/** `12:03:04 info  switch connected  dpid=0x… peer=…`, with the stack below where something failed. */
export function formatLine(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const error = err as { message?: string; stack?: string } | undefined
  const shown = error === undefined ? fields : { ...fields, error: error.message }
  const pairs = Object.entries(shown).map(([key, value]) => `${key}=${textOf(value)}`)
  const clock = new Date(time as number).toTimeString().slice(0, 8)
  const text = [styleText('dim', clock), LABELS[level as number], msg]
  if (pairs.length > 0) text.push(styleText('dim', pairs.join(' ')))
  const stack = (level as number) >= 50 && error?.stack !== undefined ? `${error.stack}\n` : ''
  return `${text.join(' ')}\n${stack}`
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
