/** What applying and dumping need of a connection to a switch, so that nothing here knows of sockets. */
import {
  type ErrorMessage,
  errorName,
  type Message,
  type MultipartReplyBody,
  type MultipartRequestBody,
} from '@openvnet/openflow'

/** A request with one reply: barrier and bundle control. */
export type ControlRequest = Extract<Message, { readonly type: 'barrier_request' | 'bundle_control' }>

/** An OFPT_ERROR that came in place of the reply, or that it did come. */
export type Answer = { readonly error: ErrorMessage } | 'replied'

export interface Channel {
  /** Whether the connection ended, so that what fails now needs no other explanation. */
  readonly ended: boolean
  /** A transaction id that nothing else on this connection uses. */
  nextXid(): number
  /**
   * Queues a message with its own `xid`.
   * @throws EncodeError when it has no bytes
   */
  send(message: Message): void
  /** Resolves when the socket has room. @throws when the connection ends or there is none for too long. */
  drained(): Promise<void>
  /** @throws when the connection ends or the answer takes too long. */
  request(message: ControlRequest): Promise<Answer>
  /**
   * Sends a multipart request and hands over each part of its reply as it comes; resolves after the last one.
   * @throws on OFPT_ERROR, what `onPart` throws, and as `request`
   */
  multipart(body: MultipartRequestBody, onPart: (body: MultipartReplyBody) => void): Promise<void>
  /** Calls `handler` for each OFPT_ERROR that answers no request; returns the function that ends it. */
  onError(handler: (error: ErrorMessage) => void): () => void
}

/** The specification's name of an error, e.g. OFPBAC_BAD_OUT_GROUP. */
export const nameOf = ({ error_type, code, experimenter }: ErrorMessage): string =>
  errorName(error_type, code, experimenter)
