/** Where the database of an Open vSwitch is, over the network: ovsdb(7), "Connection Methods". */
import { invalid, type Kind, valid } from './kind.ts'

const PATTERN = '^(tcp|ssl):(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$'
const EXPECTED = 'tcp:HOST[:PORT] or ssl:HOST[:PORT], with an IPv6 host in brackets'
const GREATEST_PORT = 65_535

const portOf = (text: string): number => Number(/:(\d+)$/.exec(text.replace(/\[.*\]/, ''))?.[1] ?? 1)

/** No `unix:`: who writes rows names no files of the controller's host. */
export const ovsdbRemote: Kind<string> = {
  name: 'ovsdb remote',
  expects: EXPECTED,
  parse: (input) => {
    const isRemote = typeof input === 'string' && new RegExp(PATTERN).test(input) && input.length <= 255
    const port = isRemote ? portOf(input) : 0
    return isRemote && port > 0 && port <= GREATEST_PORT ? valid(input) : invalid(`not ${EXPECTED}`)
  },
  jsonSchema: { type: 'string', maxLength: 255, pattern: PATTERN, examples: ['tcp:10.0.0.1:6640'] },
  sql: 'TEXT',
}
