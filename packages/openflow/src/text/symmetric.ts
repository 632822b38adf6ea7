/** Hello, errors, echo, and what is not known, as `ovs-ofctl ofp-print` prints them. */
import { errorName, OFPET } from '../error-names.ts'
import type { ErrorMessage, Experimenter, Hello, Message, UnknownMessage } from '../types/message.ts'
import { bytesToHex, paddedHex } from './number.ts'
import { formatOffender } from './offender.ts'

/** What `formatMessage` is to texts that hold another message's. */
export type FormatMessage = (message: Message) => string

export function formatHello(hello: Hello): string {
  const bitmap = hello.elements.find((element) => element.type === 'versionbitmap')
  const versions = bitmap?.versions ?? Array.from({ length: hello.version }, (_, index) => index + 1)
  return `\n version bitmap: ${versions.map((version) => paddedHex(version, 2)).join(', ')}`
}

export function formatError(error: ErrorMessage, formatMessage: FormatMessage): string {
  const name = errorName(error.error_type, error.code, error.experimenter)
  if (error.error_type === OFPET.HELLO_FAILED) return `${name}\n${printable(error.data)}`
  return `${name}\n${formatOffender(error.data, (message) => formatWithin(message, formatMessage))}`
}

/** Text of the other end, which may be anything: what is not printable in ASCII as octal digits. */
const printable = (data: Uint8Array): string =>
  Array.from(data, (byte) =>
    byte < 0x20 || byte > 0x7e || byte === BACKSLASH
      ? `\\${byte.toString(8).padStart(3, '0')}`
      : String.fromCharCode(byte),
  ).join('')

const BACKSLASH = 0x5c

/** Of an error the first line: an error about an error about an error would nest as deep as its bytes go. */
function formatWithin(message: Message, formatMessage: FormatMessage): string {
  if (message.type !== 'error') return formatMessage(message)
  return formatMessage({ ...message, data: new Uint8Array(0) })
    .split('\n', 1)
    .join('')
}

export const formatExperimenter = (message: Experimenter): string =>
  `experimenter ${paddedHex(message.experimenter, 8)} type ${message.exp_type} data ${bytesToHex(message.data)}`

export const formatUnknown = (message: UnknownMessage): string =>
  message.data.length === 0 ? '' : `data ${bytesToHex(message.data)}`
