/** Names of hosts, as resolvers ask for them (RFC 1035 §2.3.4; underscores as in RFC 2782). */
import { invalid, type Kind, valid } from './kind.ts'

const NAME = /^(?=.{1,253}\.?$)(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?$/
const PATTERN = '^([A-Za-z0-9_-]{1,63}[.])*[A-Za-z0-9_-]{1,63}[.]?$'

/** Stored as it is written. */
export const dnsName: Kind<string> = {
  name: 'dns name',
  expects: 'a DNS name like www or www.example.com',
  parse: (input) =>
    typeof input === 'string' && NAME.test(input)
      ? valid(input)
      : invalid(
          'not a DNS name like www or www.example.com: letters, digits, - and _, up to 63 between dots',
        ),
  jsonSchema: { type: 'string', maxLength: 254, pattern: PATTERN, examples: ['www.example.com'] },
  sql: 'TEXT',
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** One label of the name of a host (RFC 1123 §2.1), in lower case: names do not differ by it (RFC 4343). */
export const hostName: Kind<string> = {
  name: 'host name',
  expects: 'a host name without dots like web1',
  parse: (input) =>
    typeof input === 'string' && LABEL.test(input.toLowerCase())
      ? valid(input.toLowerCase())
      : invalid(
          'not a host name like web1: 1 to 63 letters, digits and -, no - at either end, no dots; the domain is that of the network',
        ),
  jsonSchema: {
    type: 'string',
    pattern: '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$',
    examples: ['web1'],
  },
  sql: 'TEXT',
}
