/** Messages that either side may send: OpenFlow 1.3.5 §7.4.4, §7.5. */
import type { Base } from './base.ts'

/** OFPHET_VERSIONBITMAP (§7.5.1.1): the versions that a side speaks. */
export interface HelloElement {
  readonly type: 'versionbitmap'
  /** Version bytes: 1 is 1.0, 4 is 1.3. */
  readonly versions: readonly number[]
}
/** An element that this library does not know; it is to be ignored. */
export interface UnknownHelloElement {
  readonly type: 'unknown'
  /** 16 bits. */
  readonly element_type: number
  readonly data: Uint8Array
}
/** The only message whose `version` may differ from 4. */
export interface Hello extends Base {
  readonly type: 'hello'
  /** The highest that it speaks, 8 bits. */
  readonly version: number
  readonly elements: readonly (HelloElement | UnknownHelloElement)[]
}
/** OFPT_ERROR. `version` because a peer that cannot speak 1.3 answers in its own. */
export interface ErrorMessage extends Base {
  readonly type: 'error'
  /** 8 bits. */
  readonly version: number
  /** Of `OFPET`. */
  readonly error_type: number
  /** 16 bits; `errorName` knows its name. */
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
  /** 32 bits: who gives the rest its meaning. */
  readonly experimenter: number
  /** 32 bits: the type among those of the experimenter. */
  readonly exp_type: number
  readonly data: Uint8Array
}
