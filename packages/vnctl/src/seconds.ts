/** Seconds to wait: a number from 0 to 3600, fractions allowed. */
import { invalid, type Kind, valid } from '@openvnet/schema'

const MAXIMUM = 3600

export const secondsKind: Kind<number> = {
  name: 'seconds',
  expects: `seconds from 0 to ${MAXIMUM}`,
  parse: (input) => {
    const value = typeof input === 'string' && /^\d{1,4}(\.\d{1,3})?$/.test(input) ? Number(input) : input
    if (typeof value !== 'number') return invalid('not a number of seconds')
    return value >= 0 && value <= MAXIMUM ? valid(value) : invalid(`outside of 0..${MAXIMUM}`)
  },
  jsonSchema: { type: 'number', minimum: 0, maximum: MAXIMUM },
  sql: 'INTEGER',
}
