/**
 * Networks of a router, each with the addresses of its gateway where these are not to be the first of the network:
 * `nw-a,nw-b=10.0.2.254=fd00:2::fe`. JSON may have a list, of such texts or of objects.
 */
import { familyOf } from '../ip.ts'
import { ipv4, ipv6 } from './address.ts'
import { ip } from './ip_address.ts'
import { invalid, type Kind, type Parsed, valid } from './kind.ts'
import { uuid } from './uuid.ts'

/** A network, and the addresses of the gateway in it that are said. */
export interface RouterNetwork {
  readonly network: string
  readonly ipv4_address?: string
  readonly ipv6_address?: string
}

const EXAMPLE = 'nw-a,nw-b=10.0.2.254'
const network = uuid('nw')
const MEMBERS = new Set(['network_uuid', 'ipv4_address', 'ipv6_address'])

const textOf = (item: unknown): string | undefined => {
  if (typeof item === 'string') return item
  if (typeof item !== 'object' || item === null || Object.keys(item).some((key) => !MEMBERS.has(key))) {
    return undefined
  }
  const { network_uuid: name, ipv4_address, ipv6_address } = item as Record<string, unknown>
  const said = [ipv4_address, ipv6_address].filter((address) => address !== undefined && address !== null)
  return [name, ...said].join('=')
}

const parseItem = (text: string): Parsed<string> => {
  const [name = '', ...addresses] = text.split('=').map((part) => part.trim())
  const named = network.parse(name)
  if (!named.ok) return invalid(`not a list of networks like ${EXAMPLE}`)
  const found: string[] = []
  for (const address of addresses) {
    const parsed = ip.parse(address)
    if (!parsed.ok) return parsed
    found.push(parsed.value)
  }
  const sorted = found.toSorted((a, b) => familyOf(a) - familyOf(b))
  return new Set(found.map(familyOf)).size < found.length
    ? invalid(`a list with two gateways of one address family in ${name}`)
    : valid([named.value, ...sorted].join('='))
}

const parseList = (input: unknown): Parsed<string> => {
  const given = Array.isArray(input) ? input.map(textOf) : [textOf(input)]
  if (given.includes(undefined)) return invalid(`not a list of networks like ${EXAMPLE}`)
  const texts = given.flatMap((text) => (text as string).split(',')).filter((text) => text.trim() !== '')
  const found: string[] = []
  for (const text of texts) {
    const item = parseItem(text)
    if (!item.ok) return item
    found.push(item.value)
  }
  const names = found.map((text) => text.split('=')[0])
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? valid(found.join(',')) : invalid(`a list that has ${twice} twice`)
}

export const networkList: Kind<string> = {
  name: 'networks',
  expects: `networks like ${EXAMPLE}, with the addresses of the gateway (=10.0.2.254=fd00:2::fe) if they are not to be the first`,
  isList: true,
  parse: parseList,
  jsonSchema: {
    oneOf: [
      { type: 'string', examples: [EXAMPLE] },
      {
        type: 'array',
        items: {
          oneOf: [
            { type: 'string' },
            {
              type: 'object',
              properties: {
                network_uuid: network.jsonSchema,
                ipv4_address: ipv4.jsonSchema,
                ipv6_address: ipv6.jsonSchema,
              },
              required: ['network_uuid'],
              additionalProperties: false,
            },
          ],
        },
      },
    ],
  },
  sql: 'TEXT',
}

/** @param list in canonical form */
export const routerNetworks = (list: string): RouterNetwork[] =>
  list
    .split(',')
    .filter((item) => item !== '')
    .map((item) => {
      const [name = '', ...addresses] = item.split('=')
      const said = addresses.map((address) => [`ipv${familyOf(address)}_address`, address])
      return { network: name, ...Object.fromEntries(said) }
    })
