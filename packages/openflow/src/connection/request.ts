/**
 * Requests that wait for their replies: by xid and by the type that the reply must have. The parts of a multipart
 * reply are put together. OpenFlow 1.3.5 §7.1.1 (xid), §7.3.5 (multipart).
 */
import { OFPMPF_MORE } from '../constants.ts'
import { DecodeError } from '../decode-error.ts'
import type {
  BarrierReply,
  BundleControl,
  EchoReply,
  ErrorMessage,
  Experimenter,
  FeaturesReply,
  GetAsyncReply,
  GetConfigReply,
  Message,
  MultipartReply,
  NxtRoleReply,
  NxtTlvTableReply,
  QueueGetConfigReply,
  RoleReply,
} from '../types/message.ts'
import { Deadline } from './deadline.ts'
import { OpenFlowError, RequestTimeout } from './errors.ts'
import { isSameKind, mergeParts } from './multipart.ts'

/** A message whose xid may be left to the connection: absent means the next one. 0 is 0, as switches send it. */
export type Outgoing<M extends Message = Message> = M extends Message
  ? Omit<M, 'xid'> & { readonly xid?: number | undefined }
  : never

/** Which reply answers which request. */
export interface ReplyTypes {
  readonly echo_request: EchoReply
  readonly experimenter: Experimenter
  readonly features_request: FeaturesReply
  readonly get_config_request: GetConfigReply
  readonly multipart_request: MultipartReply
  readonly barrier_request: BarrierReply
  readonly role_request: RoleReply
  readonly queue_get_config_request: QueueGetConfigReply
  readonly get_async_request: GetAsyncReply
  readonly nxt_role_request: NxtRoleReply
  readonly nxt_tlv_table_request: NxtTlvTableReply
  readonly bundle_control: BundleControl
}
export type RequestType = keyof ReplyTypes
/** A message that has a reply. */
export type Request = Extract<Outgoing, { readonly type: RequestType }>

const REPLY_TYPE: Readonly<Record<RequestType, Message['type']>> = {
  echo_request: 'echo_reply',
  experimenter: 'experimenter',
  features_request: 'features_reply',
  get_config_request: 'get_config_reply',
  multipart_request: 'multipart_reply',
  barrier_request: 'barrier_reply',
  role_request: 'role_reply',
  queue_get_config_request: 'queue_get_config_reply',
  get_async_request: 'get_async_reply',
  nxt_role_request: 'nxt_role_reply',
  nxt_tlv_table_request: 'nxt_tlv_table_reply',
  bundle_control: 'bundle_control',
}

/** About what the objects of a part without entries take: a reply of nothing but such parts has an end too. */
const PART_OVERHEAD_BYTES = 256

interface Pending {
  readonly request: Request
  readonly deadline: Deadline
  readonly resolve: (reply: Message) => void
  readonly reject: (error: Error) => void
  readonly parts: MultipartReply[]
  bytes: number
}

export class PendingRequests {
  readonly #pending = new Map<number, Pending>()
  readonly #maxReplyBytes: number

  constructor(maxReplyBytes: number) {
    this.#maxReplyBytes = maxReplyBytes
  }

  get size(): number {
    return this.#pending.size
  }

  has(xid: number): boolean {
    return this.#pending.has(xid)
  }

  /** The promise is marked as handled: a caller that does not look at it causes no unhandled rejection. */
  add(xid: number, request: Request, timeoutMs: number): Promise<Message> {
    const promise = new Promise<Message>((resolve, reject) => {
      const deadline = new Deadline(timeoutMs, () => {
        this.#settle(xid)?.reject(new RequestTimeout(request.type, timeoutMs))
      })
      this.#pending.set(xid, { request, deadline, resolve, reject, parts: [], bytes: 0 })
    })
    promise.catch(() => undefined)
    return promise
  }

  /**
   * Takes a message that answers a request.
   * @param bytes its length
   * @returns `none` if it answers nothing, `part` if more parts must come, `done`, or `overflow`
   */
  take(message: Message, bytes: number): 'none' | 'part' | 'done' | 'overflow' {
    const pending = this.#pending.get(message.xid)
    if (pending === undefined) return 'none'
    if (message.type === 'error') return this.#takeError(message)
    if (!answers(message, pending.request)) return 'none'
    if (message.type === 'multipart_reply') return this.#takePart(pending, message, bytes)
    this.#settle(message.xid)?.resolve(message)
    return 'done'
  }

  #takeError(error: ErrorMessage): 'done' {
    this.#settle(error.xid)?.reject(new OpenFlowError(error))
    return 'done'
  }

  #takePart(pending: Pending, part: MultipartReply, bytes: number): 'part' | 'done' | 'overflow' {
    const first = pending.parts[0] ?? part
    if (!isSameKind(first.body, part.body)) {
      throw new DecodeError('value', 8, `a ${part.body.type} part in a ${first.body.type} reply`)
    }
    pending.parts.push(part)
    pending.bytes += bytes + PART_OVERHEAD_BYTES
    if (pending.bytes > this.#maxReplyBytes) return 'overflow'
    if ((part.flags & OFPMPF_MORE) === 0) {
      this.#settle(part.xid)?.resolve(mergeParts(first, pending.parts))
      return 'done'
    }
    // A long reply that keeps coming is not late.
    pending.deadline.refresh()
    return 'part'
  }

  /** What would have answered it does not decode. */
  reject(xid: number, error: Error): void {
    this.#settle(xid)?.reject(error)
  }

  rejectAll(error: Error): void {
    for (const xid of [...this.#pending.keys()]) this.#settle(xid)?.reject(error)
  }

  #settle(xid: number): Pending | undefined {
    const pending = this.#pending.get(xid)
    pending?.deadline.stop()
    this.#pending.delete(xid)
    return pending
  }
}

function answers(reply: Message, request: Request): boolean {
  if (reply.type !== REPLY_TYPE[request.type]) return false
  if (reply.type !== 'bundle_control' || request.type !== 'bundle_control') return true
  return reply.bundle_id === request.bundle_id && reply.control === request.control + 1
}
