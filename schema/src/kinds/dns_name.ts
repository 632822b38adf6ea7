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
