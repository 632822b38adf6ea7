/** Addresses: MAC, IP of either family, prefix lengths, datapath ids. Stored as canonical text. */
import { Address4, Address6 } from 'ip-address'
import { invalid, type Kind, type Parsed, valid } from './kind.ts'

const HEX_PAIRS = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}$/i

const parseMac = (input: unknown): Parsed<string> => {
  if (typeof input !== 'string' || !HEX_PAIRS.test(input))
    return invalid('not a MAC address like 52:54:00:0d:84:01')
  const value = input.toLowerCase().replaceAll('-', ':')
  if ((Number.parseInt(value.slice(0, 2), 16) & 1) === 1)
    return invalid('a multicast MAC address: the first octet of one for an interface is even')
  return value === '00:00:00:00:00:00' ? invalid('the zero MAC address') : valid(value)
}

/** Unicast MAC address (IEEE 802), stored as `52:54:00:0d:84:01`. */
export const mac: Kind<string> = {
  name: 'mac',
  expects: 'a unicast MAC address like 52:54:00:0d:84:01',
  parse: parseMac,
  jsonSchema: {
    type: 'string',
    pattern: '^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$',
    examples: ['52:54:00:0d:84:01'],
  },
  sql: 'TEXT',
}

const parseIpv4 = (input: unknown): Parsed<string> => {
  if (typeof input === 'string' && /^[\d.]+\/\d+$/.test(input)) {
    return invalid(
      'an address with a prefix; give the address alone, and the prefix as ipv4_prefix where one is taken',
    )
  }
  if (typeof input !== 'string' || !/^\d{1,3}(\.\d{1,3}){3}$/.test(input) || !Address4.isValid(input)) {
    return invalid('not an IPv4 address like 172.16.1.1')
  }
  return valid(new Address4(input).correctForm())
}

/** IPv4 address as dotted quad; no leading zeros, no short forms. */
export const ipv4: Kind<string> = {
  name: 'ipv4',
  expects: 'an IPv4 address like 172.16.1.1',
  parse: parseIpv4,
  jsonSchema: { type: 'string', format: 'ipv4', examples: ['172.16.1.1'] },
  sql: 'TEXT',
}

/** Asks for an address instead of naming one. */
export const AUTO = 'auto'

/** An IPv4 address, or `auto` for a free one. */
export const ipv4OrAuto: Kind<string> = {
  name: 'ipv4 or auto',
  expects: 'an IPv4 address like 172.16.1.1, or auto for a free one',
  parse: (input) => (input === AUTO ? valid(AUTO) : parseIpv4(input)),
  jsonSchema: { anyOf: [ipv4.jsonSchema, { const: AUTO }] },
  sql: 'TEXT',
}

const parseIpv6 = (input: unknown): Parsed<string> => {
  if (typeof input === 'string' && /^[0-9a-f:.]+\/\d+$/i.test(input)) {
    return invalid(
      'an address with a prefix; give the address alone, and the prefix as ipv6_prefix where one is taken',
    )
  }
  return typeof input === 'string' && /^[0-9a-f:.]+$/i.test(input) && Address6.isValid(input)
    ? valid(new Address6(input).correctForm())
    : invalid('not an IPv6 address like fd00::1')
}

/** IPv6 address in the form of RFC 5952. */
export const ipv6: Kind<string> = {
  name: 'ipv6',
  expects: 'an IPv6 address like fd00::1',
  parse: parseIpv6,
  jsonSchema: { type: 'string', format: 'ipv6', examples: ['fd00::1'] },
  sql: 'TEXT',
}

const ZERO_DPID = '0x0000000000000000'

/** Datapath id of 64 bits, not zero: hexadecimal, `0x` optional, stored as `0x` and 16 digits. */
export const dpid: Kind<string> = {
  name: 'dpid',
  expects: 'a datapath id of 1 to 16 hexadecimal digits like 0x000002fdee8e0a44',
  parse: (input) => {
    if (typeof input === 'number') return invalid('a number; write the datapath id as text, in hexadecimal')
    const match = typeof input === 'string' ? /^(?:0x)?([0-9a-f]{1,16})$/i.exec(input) : null
    if (match?.[1] === undefined) {
      return invalid('not a datapath id of 1 to 16 hexadecimal digits like 0x000002fdee8e0a44')
    }
    const value = `0x${match[1].toLowerCase().padStart(16, '0')}`
    return value === ZERO_DPID ? invalid('the zero datapath id, which no bridge has') : valid(value)
  },
  jsonSchema: {
    type: 'string',
    pattern: '^(0[xX])?[0-9A-Fa-f]{1,16}$',
    examples: ['0x000002fdee8e0a44'],
  },
  sql: 'TEXT',
}
