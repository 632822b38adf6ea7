/** Values of DHCP options as text, by the form of the option. Pure; how they become octets is the codec's. */
import { type Family, formatCidr, toCidr } from '../ip.ts'
import { ipv4, ipv6 } from './address.ts'
import type { DhcpForm } from './dhcp_options.ts'
import { dnsName } from './dns_name.ts'
import { invalid, type Kind, type Parsed, valid } from './kind.ts'
import { boolean, integer, isUnicode } from './scalar.ts'

/** Octets of one option in a message (RFC 2132 §2); longer ones would have to be split (RFC 3396). */
const LONGEST = 255

/** `3`, or a name such as `ntp-servers`, in lower case. */
export const dhcpCode: Kind<string> = {
  name: 'dhcp code',
  expects: 'the number of a DHCP option or its name, like 42 or ntp-servers',
  parse: (input) => {
    const word = String(input).trim().toLowerCase().replaceAll('_', '-')
    if (/^\d{1,5}$/.test(word)) {
      const code = Number(word)
      return code > 0 && code <= 0xff_ff ? valid(String(code)) : invalid('not the number of a DHCP option')
    }
    return /^[a-z][a-z0-9-]{0,62}$/.test(word)
      ? valid(word)
      : invalid('neither the number of a DHCP option nor a name like ntp-servers')
  },
  jsonSchema: {
    anyOf: [
      { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$', examples: ['ntp-servers'] },
      { type: 'integer', minimum: 1, maximum: 65_535 },
    ],
  },
  sql: 'TEXT',
}

/** Any value, before the option is known. */
export const dhcpText: Kind<string> = {
  name: 'dhcp value',
  expects: 'the value of a DHCP option as text',
  parse: (input) => {
    const value = typeof input === 'number' || typeof input === 'boolean' ? String(input) : input
    if (typeof value !== 'string' || value.trim() === '') return invalid('not text')
    if (value.length > 4 * LONGEST) return invalid(`${value.length} characters long, too long for an option`)
    if (!isUnicode(value)) return invalid('text with characters that are not valid UTF-8')
    return /\p{Cc}/u.test(value) ? invalid('text with control characters') : valid(value.trim())
  },
  jsonSchema: { type: 'string', minLength: 1, maxLength: 4 * LONGEST, examples: ['10.0.0.1,10.0.0.2'] },
  sql: 'TEXT',
}

const parts = (text: string): string[] => text.split(',').map((part) => part.trim())

const addressKind = (family: Family): Kind<string> => (family === 4 ? ipv4 : ipv6)

const list = (text: string, kind: Kind<string>): Parsed<string> => {
  const found: string[] = []
  for (const part of parts(text)) {
    const parsed = kind.parse(part)
    if (!parsed.ok) return invalid(`not a list with commas: '${part}' is ${parsed.reason}`)
    found.push(parsed.value)
  }
  return valid(found.join(','))
}

const number = (text: string, min: number, max: number): Parsed<string> => {
  const parsed = integer(min, max).parse(text)
  return parsed.ok ? valid(String(parsed.value)) : parsed
}

const ROUTE = /^(\S+)\/(\d{1,2}) +via +(\S+)$/

/** One route: `10.9.0.0/16 via 10.0.0.1` (RFC 3442). */
const parseRoute = (text: string): Parsed<string> => {
  const [, network = '', bits = '', via = ''] = ROUTE.exec(text) ?? []
  const [destination, hop] = [ipv4.parse(network), ipv4.parse(via)]
  const prefix = Number(bits)
  if (!destination.ok || !hop.ok || prefix > 32)
    return invalid(`'${text}' is no route like 10.9.0.0/16 via 10.0.0.1`)
  const subnet = toCidr(destination.value, prefix)
  return formatCidr(subnet) === `${destination.value}/${prefix}`
    ? valid(`${formatCidr(subnet)} via ${hop.value}`)
    : invalid(`'${text}' has bits set behind the prefix; did you mean ${formatCidr(subnet)}?`)
}

const parseRoutes = (text: string): Parsed<string> => {
  const found: string[] = []
  for (const part of parts(text)) {
    const parsed = parseRoute(part)
    if (!parsed.ok) return parsed
    found.push(parsed.value)
  }
  return valid(found.join(','))
}

const parseText = (text: string): Parsed<string> => {
  const octets = new TextEncoder().encode(text).length
  return octets > LONGEST ? invalid(`${octets} octets long, the limit is ${LONGEST}`) : valid(text)
}

const HEX = /^0x(?:[0-9a-f]{2})+$/

const hexOf = (text: string): string => {
  const octets = [...new TextEncoder().encode(text)].map((octet) => octet.toString(16).padStart(2, '0'))
  return `0x${octets.join('')}`
}

/** Octets as `0x0a0b`. Text is said to be such by double quotes: an address would otherwise go out as its letters. */
const parseFree = (text: string): Parsed<string> => {
  const quoted = /^"(.+)"$/.exec(text)?.[1]
  const hex = quoted === undefined ? text.toLowerCase() : hexOf(quoted)
  if (!HEX.test(hex)) return invalid('neither octets like 0x0a0b nor text in double quotes')
  return hex.length / 2 - 1 > LONGEST ? invalid(`longer than ${LONGEST} octets`) : valid(hex)
}

const FORMS: Readonly<Record<DhcpForm, (text: string, family: Family) => Parsed<string>>> = {
  address: (text, family) => addressKind(family).parse(text),
  addresses: (text, family) => list(text, addressKind(family)),
  domain: (text) => dnsName.parse(text),
  domains: (text) => list(text, dnsName),
  text: parseText,
  boolean: (text) => {
    const parsed = boolean.parse(text)
    return parsed.ok ? valid(String(parsed.value)) : parsed
  },
  uint8: (text) => number(text, 0, 0xff),
  uint16: (text) => number(text, 0, 0xff_ff),
  uint32: (text) => number(text, 0, 0xff_ff_ff_ff),
  int32: (text) => number(text, -(2 ** 31), 2 ** 31 - 1),
  routes: parseRoutes,
  free: parseFree,
}

/** The value of an option in canonical form. */
export const parseDhcpValue = (family: Family, form: DhcpForm, text: string): Parsed<string> =>
  FORMS[form](text, family)

/** A route of option 121: where to, and by which next hop. @param text canonical */
export const dhcpRoutesOf = (text: string): { network: string; prefix: number; via: string }[] =>
  parts(text).map((part) => {
    const [, network = '', prefix = '', via = ''] = ROUTE.exec(part) ?? []
    return { network, prefix: Number(prefix), via }
  })
