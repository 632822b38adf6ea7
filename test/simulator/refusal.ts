/** What a switch answers with an OFPT_ERROR, as an exception that names the flow or group. */

/** Names of the errors as in the specification (OpenFlow 1.3.5 §7.4.4). */
export type RefusalCode =
  | 'OFPBMC_BAD_FIELD'
  | 'OFPBMC_BAD_VALUE'
  | 'OFPBMC_BAD_MASK'
  | 'OFPBMC_BAD_WILDCARDS'
  | 'OFPBMC_BAD_PREREQ'
  | 'OFPBMC_DUP_FIELD'
  | 'OFPBAC_BAD_TYPE'
  | 'OFPBAC_BAD_OUT_PORT'
  | 'OFPBAC_BAD_OUT_GROUP'
  | 'OFPBAC_BAD_ARGUMENT'
  | 'OFPBAC_BAD_TAG'
  | 'OFPBAC_MATCH_INCONSISTENT'
  | 'OFPBAC_BAD_SET_TYPE'
  | 'OFPBAC_BAD_SET_ARGUMENT'
  | 'OFPBAC_BAD_SET_MASK'
  | 'OFPBIC_UNKNOWN_INST'
  | 'OFPBIC_UNSUP_INST'
  | 'OFPBIC_BAD_TABLE_ID'
  | 'OFPBIC_DUP_INST'
  | 'OFPBRC_BAD_TABLE_ID'
  | 'OFPGMFC_INVALID_GROUP'
  | 'OFPGMFC_BAD_BUCKET'
  | 'OFPGMFC_LOOP'
  | 'OFPMMFC_INVALID_METER'
  /** Not an error of the protocol: two flows of one table and priority match the same packet and differ. */
  | 'OVERLAP'

export class Refusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'Refusal'
    this.code = code
  }
}
