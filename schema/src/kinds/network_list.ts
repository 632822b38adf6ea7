/**
 * Networks of a router, each with the address of its gateway where that is not to be the first of the network:
 * `nw-a,nw-b=10.0.2.254`. JSON may have a list, of such texts or of objects.
 */
import { ipv4 } from './address.ts'
import { invalid, type Kind, type Parsed, valid } from './kind.ts'
import { uuid } from './uuid.ts'

/** A network, and the address of the gateway in it when that is said. */
export interface RouterNetwork {
  readonly network: string
  readonly address: string | undefined
}

const network = uuid('nw')
const MEMBERS = new Set(['network_uuid', 'ipv4_address'])

const textOf = (item: unknown): string | undefined => {
  if (typeof item === 'string') return item
  if (typeof item !== 'object' || item === null || Object.keys(item).some((key) => !MEMBERS.has(key))) {
    return undefined
  }
  const { network_uuid: name, ipv4_address: address } = item as Record<string, unknown>
  return address === undefined || address === null ? String(name) : `${name}=${address}`
}

const parseItem = (text: string): Parsed<string> => {
  const [name = '', address, ...rest] = text.trim().split('=')
  const named = network.parse(name.trim())
  if (!named.ok || rest.length > 0) return invalid('not a list of networks like nw-a,nw-b=10.0.2.254')
  if (address === undefined) return named
  const parsed = ipv4.parse(address.trim())
  return parsed.ok ? valid(`${named.value}=${parsed.value}`) : parsed
}

const parseList = (input: unknown): Parsed<string> => {
  const given = Array.isArray(input) ? input.map(textOf) : [textOf(input)]
  if (given.includes(undefined)) return invalid('not a list of networks like nw-a,nw-b=10.0.2.254')
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
  expects: 'networks like nw-a,nw-b=10.0.2.254, with the address of the gateway if it is not to be the first',
  isList: true,
  parse: parseList,
  jsonSchema: {
    oneOf: [
      { type: 'string', examples: ['nw-a,nw-b=10.0.2.254'] },
      {
        type: 'array',
        items: {
          oneOf: [
            { type: 'string' },
            {
              type: 'object',
              properties: { network_uuid: network.jsonSchema, ipv4_address: ipv4.jsonSchema },
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
      const [name = '', address] = item.split('=')
      return { network: name, address }
    })
