/** Why a switch does not do what it was asked: the fields of an OFPT_ERROR. */
import { EXPERIMENTER } from '../constants.ts'
import { OFPET } from '../error-names.ts'

/** What a switch answers instead of doing it. */
export interface Refusal {
  /** Of `OFPET`. */
  readonly error_type: number
  /** 16 bits; of an experimenter its own type. */
  readonly code: number
  /** 32 bits; `null` unless `error_type` is of experimenters. */
  readonly experimenter: number | null
}

/** Of the specification: `refusal(OFPET.FLOW_MOD_FAILED, 1)` for a full table. */
export const refusal = (error_type: number, code: number): Refusal => ({
  error_type,
  code,
  experimenter: null,
})

/** Of ONF's extensions: `onfRefusal(ONF_ERROR.OFPBFC_BUNDLE_EXIST)`. */
export const onfRefusal = (code: number): Refusal => ({
  error_type: OFPET.EXPERIMENTER,
  code,
  experimenter: EXPERIMENTER.ONF,
})
