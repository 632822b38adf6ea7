/** uuid of a resource: its prefix, a hyphen, 1 to 16 characters of `[a-z0-9]`, e.g. `nw-net1`. */
import { invalid, type Kind, valid } from './kind.ts'

export const uuid = (prefix: string): Kind<string> => {
  const pattern = `^${prefix}-[a-z0-9]{1,16}$`
  const regexp = new RegExp(pattern)
  return {
    name: 'uuid',
    prefix,
    expects: `${prefix}- and 1 to 16 characters of a-z and 0-9`,
    parse: (input) =>
      typeof input === 'string' && regexp.test(input)
        ? valid(input)
        : invalid(`not ${prefix}- followed by 1 to 16 characters of a-z and 0-9`),
    jsonSchema: { type: 'string', examples: [`${prefix}-1`], pattern },
    sql: 'TEXT',
  }
}
