/**
 * What Open vSwitch refuses when it reads a message, before it looks at its tables: in a bundle, such a message is
 * refused when it is added, and a commit carries out the others. `lib/ofp-*.c`.
 */
import { OFP_NO_BUFFER, OFPFC } from '../constants.ts'
import { OFPET } from '../error-names.ts'
import type { Message } from '../types/message.ts'
import { validate } from '../validate/message.ts'
import { type Refusal, refusal } from './refusal.ts'

export function refuseMalformed(message: Message): Refusal | null {
  const found = validate(message)
  if (found !== null)
    return { error_type: found.error_type, code: found.code, experimenter: found.experimenter }
  if (message.type !== 'flow_mod' || message.buffer_id === OFP_NO_BUFFER) return null
  const deletes = message.command === OFPFC.DELETE || message.command === OFPFC.DELETE_STRICT
  return deletes ? null : refusal(OFPET.BAD_REQUEST, 8)
}
