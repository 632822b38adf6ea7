/** Messages that either side may send: OpenFlow 1.3.5 §7.4.4, §7.5. */
import type { Base } from './base.ts'

export interface HelloElement {
  readonly type: 'versionbitmap'
  readonly versions: readonly number[]
}
export interface UnknownHelloElement {
  readonly type: 'unknown'
  readonly element_type: number
  readonly data: Uint8Array
}
/** The only message whose `version` may differ from 4. */
export interface Hello extends Base {
  readonly type: 'hello'
  readonly version: number
  readonly elements: readonly (HelloElement | UnknownHelloElement)[]
}
/** OFPT_ERROR. `version` because a peer that cannot speak 1.3 answers in its own. */
export interface ErrorMessage extends Base {
  readonly type: 'error'
  readonly version: number
  readonly error_type: number
  readonly code: number
  /** Experimenter id when `error_type` is 0xffff, else `null`. */
  readonly experimenter: number | null
  /** The offending message, whole or cut, or text for HELLO_FAILED. */
  readonly data: Uint8Array
}
/** OFPT_ECHO_REQUEST (§7.5.2): `data` is a view. */
export interface EchoRequest extends Base {
  readonly type: 'echo_request'
  readonly data: Uint8Array
}
/** OFPT_ECHO_REPLY (§7.5.3): `data` is a view. */
export interface EchoReply extends Base {
  readonly type: 'echo_reply'
  readonly data: Uint8Array
}
/** OFPT_EXPERIMENTER (§7.5.4) that this library does not know: `data` is a view. */
export interface Experimenter extends Base {
  readonly type: 'experimenter'
  readonly experimenter: number
  readonly exp_type: number
  readonly data: Uint8Array
}
