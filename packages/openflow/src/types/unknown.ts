/** What this library does not know. */
import type { Base } from './base.ts'

/** A message type that this library does not know. */
export interface UnknownMessage extends Base {
  readonly type: 'unknown'
  /** 8 bits. */
  readonly message_type: number
  readonly data: Uint8Array
}
/** A property of an experimenter: `exp_type` and `data` mean what it says that they do. */
export interface ExperimenterProperty {
  readonly type: 'experimenter'
  /** 32 bits. */
  readonly experimenter: number
  /** 32 bits. */
  readonly exp_type: number
  readonly data: Uint8Array
}
/** A property, of any list of properties, that this library does not know. */
export interface UnknownProperty {
  readonly type: 'unknown'
  /** 16 bits. */
  readonly property_type: number
  readonly data: Uint8Array
}
