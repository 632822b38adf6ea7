/**
 * Runs a line as it would be typed at the host: `vnctl …`, or `curl …` with the options that our examples use. The
 * latter is sent by ourselves, as curl is not everywhere.
 */
import { parseArgs } from 'node:util'
import type { CommandResult } from './command.ts'
import type { RestRequest } from './rest.ts'
import type { Site } from './vnetd.ts'

/** Words, with what stands in single quotes as one. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)

const encoded = (field: string): string => {
  const at = field.indexOf('=')
  return `${field.slice(0, at)}=${encodeURIComponent(field.slice(at + 1))}`
}

const OPTIONS = {
  silent: { type: 'boolean', short: 's' },
  request: { type: 'string', short: 'X' },
  header: { type: 'string', short: 'H', multiple: true },
  data: { type: 'string', short: 'd', multiple: true },
  'data-urlencode': { type: 'string', multiple: true },
} as const

const headerOf = (line: string): readonly [string, string] => {
  const [name = '', ...value] = line.split(': ')
  return [name.toLowerCase(), value.join(': ')]
}

/** What curl makes of its arguments. @throws for an option that our examples do not use */
export const readCurl = (args: readonly string[]): RestRequest => {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  const { pathname, search } = new URL(positionals[0]!)
  const data = [...(values.data ?? []), ...(values['data-urlencode'] ?? []).map(encoded)]
  const headers = Object.fromEntries((values.header ?? []).map(headerOf))
  const sent = { path: pathname + search, headers }
  if (data.length === 0) return { ...sent, method: values.request ?? 'GET' }
  headers['content-type'] ??= 'application/x-www-form-urlencoded'
  return { ...sent, method: values.request ?? 'POST', body: data.join('&') }
}

/** As a program ends: curl succeeds whenever there is an answer, here it must be a good one. */
const runCurl = async (site: Site, args: readonly string[]): Promise<CommandResult> => {
  const { status, text } = await site.rest.send(readCurl(args))
  return { stdout: text, stderr: status < 300 ? '' : text, code: status < 300 ? 0 : 22 }
}

export const type = (site: Site, line: string): Promise<CommandResult> => {
  const [program, ...args] = words(line)
  if (program === 'vnctl') return site.vnctl(...args)
  if (program === 'curl') return runCurl(site, args)
  throw new Error(`not typed here: ${line}`)
}
