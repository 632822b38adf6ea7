/** IPv4 addresses by prefix, for rules: one address, a subnet, or all. Stored as `10.0.0.0/8`. */
import { fromIpAddress, toCidr } from '../ip.ts'
import { ipv4 } from './address.ts'
import { invalid, type Kind, type Parsed, valid } from './kind.ts'

const parseBlock = (input: unknown): Parsed<string> => {
  const match = typeof input === 'string' ? /^([0-9.]+)(?:\/(\d{1,2}))?$/.exec(input) : null
  const address = ipv4.parse(match?.[1])
  if (match === null || !address.ok) return invalid('neither an IPv4 address nor a subnet like 10.0.0.0/8')
  const prefix = Number(match[2] ?? (address.value === '0.0.0.0' ? 0 : 32))
  if (prefix > 32) return invalid('a subnet with a prefix longer than 32')
  if (address.value === '0.0.0.0' && prefix > 0) return invalid('0.0.0.0 with a prefix other than 0')
  const meant = fromIpAddress(toCidr(address.value, prefix).address)
  if (meant === address.value) return valid(`${meant}/${prefix}`)
  return invalid(`a subnet with bits set behind its prefix; did you mean ${meant}/${prefix}?`)
}

/** Without prefix a single address; `0.0.0.0` is all of them. */
export const ipv4Block: Kind<string> = {
  name: 'ipv4 block',
  expects: 'an IPv4 address or subnet like 10.0.0.0/8; 0.0.0.0/0 is all',
  parse: parseBlock,
  jsonSchema: { type: 'string', pattern: '^[0-9.]+(/[0-9]{1,2})?$', examples: ['10.0.0.0/8'] },
  sql: 'TEXT',
}
