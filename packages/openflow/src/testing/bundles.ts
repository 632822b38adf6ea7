/**
 * The bundles of one connection to a fake switch: ONF extension 230 as Open vSwitch does it (`ofproto/bundles.c`).
 * The first message opens a bundle if no OPEN did; flags must be the same throughout.
 */
import { OFPBCT } from '../constants.ts'
import { ONF_ERROR } from '../error-names.ts'
import type { BundleAddMessage, BundleControl } from '../types/message.ts'
import { refuseMalformed } from './malformed.ts'
import { onfRefusal, type Refusal } from './refusal.ts'

interface Bundle {
  readonly flags: number
  readonly messages: BundleAddMessage[]
  closed: boolean
}

export class Bundles {
  readonly #bundles = new Map<number, Bundle>()

  add(message: BundleAddMessage): Refusal | null {
    const { bundle_id, flags } = message
    if (message.message.xid !== message.xid) return onfRefusal(ONF_ERROR.OFPBFC_MSG_BAD_XID)
    if (message.message.type === 'unknown') return onfRefusal(ONF_ERROR.OFPBFC_MSG_UNSUP)
    const malformed = refuseMalformed(message.message)
    if (malformed !== null) return malformed
    let bundle = this.#bundles.get(bundle_id)
    if (bundle === undefined) {
      bundle = { flags, messages: [], closed: false }
      this.#bundles.set(bundle_id, bundle)
    }
    if (bundle.closed) return this.#drop(bundle_id, ONF_ERROR.OFPBFC_BUNDLE_CLOSED)
    if (bundle.flags !== flags) return this.#drop(bundle_id, ONF_ERROR.OFPBFC_BAD_FLAGS)
    bundle.messages.push(message)
    return null
  }

  /**
   * Carries out a control message.
   * @param commit carries out the messages of a bundle, all or none
   */
  control(
    message: BundleControl,
    commit: (messages: readonly BundleAddMessage[]) => Refusal | null,
  ): Refusal | null {
    const { bundle_id, flags } = message
    const bundle = this.#bundles.get(bundle_id)
    if (message.control === OFPBCT.OPEN_REQUEST) {
      if (bundle !== undefined) return this.#drop(bundle_id, ONF_ERROR.OFPBFC_BAD_ID)
      this.#bundles.set(bundle_id, { flags, messages: [], closed: false })
      return null
    }
    if (bundle === undefined) return onfRefusal(ONF_ERROR.OFPBFC_BAD_ID)
    switch (message.control) {
      case OFPBCT.CLOSE_REQUEST:
        if (bundle.closed) return this.#drop(bundle_id, ONF_ERROR.OFPBFC_BUNDLE_CLOSED)
        if (bundle.flags !== flags) return this.#drop(bundle_id, ONF_ERROR.OFPBFC_BAD_FLAGS)
        bundle.closed = true
        return null
      case OFPBCT.COMMIT_REQUEST:
        this.#bundles.delete(bundle_id)
        return bundle.flags === flags ? commit(bundle.messages) : onfRefusal(ONF_ERROR.OFPBFC_BAD_FLAGS)
      case OFPBCT.DISCARD_REQUEST:
        this.#bundles.delete(bundle_id)
        return null
      default:
        return onfRefusal(ONF_ERROR.OFPBFC_BAD_TYPE)
    }
  }

  #drop(bundle: number, code: number): Refusal {
    this.#bundles.delete(bundle)
    return onfRefusal(code)
  }
}
