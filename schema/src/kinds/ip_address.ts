/** Addresses of either family, and what is said of them in fields that both share. Stored as canonical text. */
import { type Family, familyOf } from '../ip.ts'
import { AUTO, ipv4, ipv6 } from './address.ts'
import { invalid, type Kind, type Parsed, valid } from './kind.ts'

/** An IPv6 address, or `auto` for a free one. */
export const ipv6OrAuto: Kind<string> = {
  name: 'ipv6 or auto',
  expects: 'an IPv6 address like fd00::1, or auto for a free one',
  parse: (input) => (input === AUTO ? valid(AUTO) : ipv6.parse(input)),
  jsonSchema: { anyOf: [ipv6.jsonSchema, { const: AUTO }] },
  sql: 'TEXT',
}

const parseIp = (input: unknown): Parsed<string> => {
  const parsed = typeof input === 'string' && familyOf(input) === 6 ? ipv6.parse(input) : ipv4.parse(input)
  return parsed.ok || /prefix/.test(parsed.reason)
    ? parsed
    : invalid('neither an IPv4 address like 10.0.0.254 nor an IPv6 address like fd00::1')
}

/** An address of either family. */
export const ip: Kind<string> = {
  name: 'ip',
  expects: 'an address like 10.0.0.254 or fd00::1',
  parse: parseIp,
  jsonSchema: { anyOf: [ipv4.jsonSchema, ipv6.jsonSchema] },
  sql: 'TEXT',
}

const parseIpList = (input: unknown): Parsed<string> => {
  if (typeof input !== 'string' || input.length > 255) return invalid('not a list of addresses')
  const parts = input.split(',').map((part) => part.trim())
  const parsed = parts.map((part) => parseIp(part))
  const wrong = parsed.findIndex(({ ok }) => !ok)
  return wrong === -1
    ? valid(parsed.map((one) => (one.ok ? one.value : '')).join(','))
    : invalid(`not a list of addresses: '${parts[wrong]}' is none`)
}

/** Addresses of either family with commas in between, without blanks. */
export const ipList: Kind<string> = {
  name: 'ip list',
  expects: 'addresses with commas in between like 10.0.0.53,fd00::53',
  parse: parseIpList,
  jsonSchema: { type: 'string', maxLength: 255, examples: ['10.0.0.53,fd00::53'] },
  sql: 'TEXT',
}

/** An address family by its number: 4 or 6. */
export const addressFamily: Kind<Family> = {
  name: 'address family',
  expects: '4 for IPv4 or 6 for IPv6',
  parse: (input) => {
    const number = Number(typeof input === 'string' ? input.toLowerCase().replace(/^ipv/, '') : input)
    return number === 4 || number === 6 ? valid(number) : invalid('neither 4 (IPv4) nor 6 (IPv6)')
  },
  jsonSchema: { type: 'integer', enum: [4, 6] },
  sql: 'INTEGER',
}
