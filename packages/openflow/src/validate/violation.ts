/** What is wrong with a message, as the error that a switch answers it with: OpenFlow 1.3.5 §7.4.4. */
import { EXPERIMENTER } from '../constants.ts'
import { NX_ERROR, OFPET, ONF_ERROR } from '../error-names.ts'

/** Why a message that decodes means nothing, or nothing that Open vSwitch does. */
export interface Violation {
  /** Type and code of the OFPT_ERROR that Open vSwitch answers. */
  readonly error_type: number
  readonly code: number
  /** Whose error it is where `error_type` is 0xffff, else `null`. */
  readonly experimenter: number | null
  /** Its name: `OFPBMC_BAD_PREREQ`. */
  readonly name: ViolationName
  /** Where in the message: `instructions[0].actions[2]`; empty for the message itself. */
  readonly path: string
}

/** Type, code and experimenter. */
const ERRORS = {
  OFPBRC_EPERM: [OFPET.BAD_REQUEST, 5, null],
  OFPBRC_BAD_PORT: [OFPET.BAD_REQUEST, 11, null],
  OFPBAC_BAD_TYPE: [OFPET.BAD_ACTION, 0, null],
  OFPBAC_BAD_OUT_PORT: [OFPET.BAD_ACTION, 4, null],
  OFPBAC_MATCH_INCONSISTENT: [OFPET.BAD_ACTION, 10, null],
  OFPBAC_BAD_SET_ARGUMENT: [OFPET.BAD_ACTION, 15, null],
  OFPBIC_BAD_TABLE_ID: [OFPET.BAD_INSTRUCTION, 2, null],
  OFPBIC_DUP_INST: [OFPET.EXPERIMENTER, ONF_ERROR.OFPBIC_DUP_INST, EXPERIMENTER.ONF],
  OFPBMC_BAD_FIELD: [OFPET.BAD_MATCH, 6, null],
  OFPBMC_BAD_VALUE: [OFPET.BAD_MATCH, 7, null],
  OFPBMC_BAD_PREREQ: [OFPET.BAD_MATCH, 9, null],
  OFPBMC_DUP_FIELD: [OFPET.BAD_MATCH, 10, null],
  OFPFMFC_BAD_TABLE_ID: [OFPET.FLOW_MOD_FAILED, 2, null],
  OFPFMFC_BAD_COMMAND: [OFPET.FLOW_MOD_FAILED, 6, null],
  OFPFMFC_BAD_FLAGS: [OFPET.FLOW_MOD_FAILED, 7, null],
  OFPGMFC_INVALID_GROUP: [OFPET.GROUP_MOD_FAILED, 1, null],
  OFPGMFC_WATCH_UNSUPPORTED: [OFPET.GROUP_MOD_FAILED, 6, null],
  OFPGMFC_BAD_TYPE: [OFPET.GROUP_MOD_FAILED, 10, null],
  OFPGMFC_BAD_COMMAND: [OFPET.GROUP_MOD_FAILED, 11, null],
  OFPGMFC_BAD_WATCH: [OFPET.GROUP_MOD_FAILED, 13, null],
  OFPSCFC_BAD_FLAGS: [OFPET.SWITCH_CONFIG_FAILED, 0, null],
  OFPRRFC_BAD_ROLE: [OFPET.ROLE_REQUEST_FAILED, 2, null],
  OFPMMFC_INVALID_METER: [OFPET.METER_MOD_FAILED, 2, null],
  OFPMMFC_BAD_COMMAND: [OFPET.METER_MOD_FAILED, 4, null],
  OFPMMFC_BAD_FLAGS: [OFPET.METER_MOD_FAILED, 5, null],
  OFPMMFC_BAD_BAND: [OFPET.METER_MOD_FAILED, 8, null],
  OFPMOFC_BAD_FLAGS: [OFPET.EXPERIMENTER, NX_ERROR.OFPMOFC_BAD_FLAGS, EXPERIMENTER.NICIRA],
  NXTTMFC_BAD_COMMAND: [OFPET.EXPERIMENTER, NX_ERROR.NXTTMFC_BAD_COMMAND, EXPERIMENTER.NICIRA],
  NXTTMFC_BAD_OPT_LEN: [OFPET.EXPERIMENTER, NX_ERROR.NXTTMFC_BAD_OPT_LEN, EXPERIMENTER.NICIRA],
  NXTTMFC_BAD_FIELD_IDX: [OFPET.EXPERIMENTER, NX_ERROR.NXTTMFC_BAD_FIELD_IDX, EXPERIMENTER.NICIRA],
  OFPBFC_MSG_BAD_XID: [OFPET.EXPERIMENTER, ONF_ERROR.OFPBFC_MSG_BAD_XID, EXPERIMENTER.ONF],
  OFPBFC_MSG_UNSUP: [OFPET.EXPERIMENTER, ONF_ERROR.OFPBFC_MSG_UNSUP, EXPERIMENTER.ONF],
} as const satisfies Readonly<Record<string, readonly [number, number, number | null]>>

/** The name of an error that `validate` gives, as `errorName` does. */
export type ViolationName = keyof typeof ERRORS

export function violation(name: ViolationName, path: string): Violation {
  const [error_type, code, experimenter] = ERRORS[name]
  return { error_type, code, experimenter, name, path }
}

/**
 * The first violation in a list, with the item's place before its path.
 * @param check gives paths that begin within the item: '' or '.actions[0]'
 */
export function firstIn<T>(
  items: readonly T[],
  name: string,
  check: (item: T) => Violation | null,
): Violation | null {
  for (const [index, item] of items.entries()) {
    const found = check(item)
    if (found !== null) return { ...found, path: `${name}[${index}]${found.path}` }
  }
  return null
}
