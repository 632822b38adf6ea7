/** Why a switch does not do what it was asked: the fields of an OFPT_ERROR. */
import { EXPERIMENTER } from '../constants.ts'
import { OFPET } from '../error-names.ts'

export interface Refusal {
  readonly error_type: number
  readonly code: number
  readonly experimenter: number | null
}

export const refusal = (error_type: number, code: number): Refusal => ({
  error_type,
  code,
  experimenter: null,
})

export const onfRefusal = (code: number): Refusal => ({
  error_type: OFPET.EXPERIMENTER,
  code,
  experimenter: EXPERIMENTER.ONF,
})
