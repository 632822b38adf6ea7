/**
 * The rules of a security group as version 0.7 of the original had them: one per line or between commas, `#` begins a
 * comment. `tcp:22:10.0.0.0/8`, `icmp:-1:0.0.0.0/0`, `udp:53:sg-dns`. Stored as it is written.
 */
import { ipv4Block } from './ipv4_block.ts'
import { invalid, type Kind, type Parsed, valid } from './kind.ts'
import { isUnicode } from './scalar.ts'
import { uuid } from './uuid.ts'

const LONGEST = 16_384

const group = uuid('sg')

/** Whose packets a rule lets in. @returns what is wrong with it */
const peerProblem = (peer: string): string | undefined => {
  if (group.parse(peer).ok) return undefined
  const block = ipv4Block.parse(peer)
  if (block.ok) return undefined
  return /^[\d.]+(\/|$)/.test(peer)
    ? `'${peer}' is ${block.reason}`
    : `'${peer}' is neither a subnet like 10.0.0.0/8 nor a security group like sg-web`
}

const portProblem = (protocol: string, port: string): string | undefined => {
  if (protocol === 'icmp') return port === '-1' ? undefined : `icmp has the port -1, not '${port}'`
  const isPort = /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536
  return isPort ? undefined : `'${port}' is no port from 1 to 65535`
}

const ruleProblem = (rule: string): string | undefined => {
  const parts = rule.split(':').map((part) => part.trim())
  const [protocol = '', port = '', peer = ''] = parts
  if (parts.length !== 3 || !['tcp', 'udp', 'icmp'].includes(protocol)) {
    return `'${rule.slice(0, 100)}' is no rule like tcp:22:10.0.0.0/8, icmp:-1:0.0.0.0/0 or udp:53:sg-dns`
  }
  return portProblem(protocol, port) ?? peerProblem(peer)
}

const parseRules = (input: unknown): Parsed<string> => {
  if (typeof input !== 'string') return invalid('not text')
  if (input.length > LONGEST) return invalid(`${input.length} characters long, the limit is ${LONGEST}`)
  if (!isUnicode(input)) return invalid('text with characters that are not valid UTF-8')
  if (/[^\P{Cc}\t\r\n]/u.test(input)) return invalid('text with control characters')
  const rules = input
    .split(/\r?\n/)
    .flatMap((line) => line.replace(/#.*$/, '').split(','))
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
  const problem = rules.map(ruleProblem).find((one) => one !== undefined)
  return problem === undefined ? valid(input) : invalid(`not a list of rules: ${problem}`)
}

export const securityRules: Kind<string> = {
  name: 'security rules',
  expects: 'rules like tcp:22:10.0.0.0/8,icmp:-1:0.0.0.0/0,udp:53:sg-dns, one per line or with commas',
  parse: parseRules,
  jsonSchema: { type: 'string', maxLength: LONGEST, examples: ['tcp:22:10.0.0.0/8,icmp:-1:0.0.0.0/0'] },
  sql: 'TEXT',
}
