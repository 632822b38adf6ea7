/** Hello, errors, echo, and what is not known, as `ovs-ofctl ofp-print` prints them. */
import { decodeErrorData } from '../codec/error-data.ts'
import { errorName, OFPET } from '../error-names.ts'
import type { ErrorMessage, Experimenter, Hello, Message, UnknownMessage } from '../types/message.ts'
import { bytesToHex, paddedHex } from './number.ts'

/** What `formatMessage` is to texts that hold another message's. */
export type FormatMessage = (message: Message) => string

export function formatHello(hello: Hello): string {
  const bitmap = hello.elements.find((element) => element.type === 'versionbitmap')
  const versions = bitmap?.versions ?? Array.from({ length: hello.version }, (_, index) => index + 1)
  return `\n version bitmap: ${versions.map((version) => paddedHex(version, 2)).join(', ')}`
}

export function formatError(error: ErrorMessage, formatMessage: FormatMessage): string {
  const name = errorName(error.error_type, error.code, error.experimenter)
  if (error.error_type === OFPET.HELLO_FAILED) return `${name}\n${new TextDecoder().decode(error.data)}`
  return `${name}\n${formatOffender(error, formatMessage)}`
}

/** The message that an error is about, as far as it was sent along. */
function formatOffender(error: ErrorMessage, formatMessage: FormatMessage): string {
  if (error.data.length === 0) return 'OpenFlow message is empty'
  const message = decodeErrorData(error)
  if (message === null) return `(message cut or malformed: ${bytesToHex(error.data.subarray(0, 64))})`
  // Not deeper: an error about an error about an error would nest as deep as its bytes go.
  return message.type === 'error' ? 'OFPT_ERROR' : formatMessage(message)
}

export const formatExperimenter = (message: Experimenter): string =>
  `experimenter ${paddedHex(message.experimenter, 8)} type ${message.exp_type} data ${bytesToHex(message.data)}`

export const formatUnknown = (message: UnknownMessage): string =>
  message.data.length === 0 ? '' : `data ${bytesToHex(message.data)}`
