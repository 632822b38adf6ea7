/**
 * The message that an error is about, as `ovs-ofctl ofp-print` prints it: also where it was cut, which the header that
 * is left tells of, or where it is malformed, which may be why it was refused. Without dumps of bytes.
 */
import { decode } from '../codec/message.ts'
import { EXPERIMENTER, NXT, OFP_VERSION, OFPMP, OFPT, ONFMP, ONFT } from '../constants.ts'
import { DecodeError } from '../decode-error.ts'
import type { Message } from '../types/message.ts'

const HEADER_BYTES = 8

/** @param formatMessage what is printed of a whole message */
export function formatOffender(data: Uint8Array, formatMessage: (message: Message) => string): string {
  const { length } = data
  if (length === 0) return 'OpenFlow message is empty'
  if (length < HEADER_BYTES) return `OpenFlow packet too short (only ${length} bytes):`
  const view = new DataView(data.buffer, data.byteOffset, length)
  const said = view.getUint16(2)
  if (said < length) return `(***only uses ${said} bytes out of ${length}***)`
  const head = headOf(view)
  if (said > length)
    return `${head === '' ? '' : `${head}\n`}(***truncated to ${length} bytes from ${said}***)`
  try {
    return formatMessage(decode(data))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return `${head === '' ? '' : `${head} `}***decode error: ${error.message}***`
  }
}

/** `OFPT_FLOW_MOD (OF1.3) (xid=0x7):`; empty for another version, or if the type is not known or cut away. */
function headOf(view: DataView): string {
  if (view.getUint8(0) !== OFP_VERSION) return ''
  const name = nameOf(view)
  return name === undefined ? '' : `${name} (OF1.3) (xid=0x${view.getUint32(4).toString(16)}):`
}

type Names = ReadonlyMap<number, string>
const namesOf = (prefix: string, numbers: Readonly<Record<string, number>>): Names =>
  new Map(Object.entries(numbers).map(([name, number]) => [number, `${prefix}_${name}`]))

const TYPES = namesOf('OFPT', OFPT)
const MULTIPARTS: Names = new Map([...namesOf('OFPST', OFPMP), [OFPMP.PORT_STATS, 'OFPST_PORT']])
const EXPERIMENTERS: ReadonlyMap<number, Names> = new Map([
  [EXPERIMENTER.NICIRA, namesOf('NXT', NXT)],
  [EXPERIMENTER.ONF, namesOf('ONFT', ONFT)],
])

function nameOf(view: DataView): string | undefined {
  switch (view.getUint8(1)) {
    case OFPT.MULTIPART_REQUEST:
      return multipartName(view, 'request')
    case OFPT.MULTIPART_REPLY:
      return multipartName(view, 'reply')
    case OFPT.EXPERIMENTER:
      if (view.byteLength < HEADER_BYTES + 8) return undefined
      return EXPERIMENTERS.get(view.getUint32(8))?.get(view.getUint32(12))
    default:
      return TYPES.get(view.getUint8(1))
  }
}

function multipartName(view: DataView, direction: string): string | undefined {
  if (view.byteLength < HEADER_BYTES + 8) return undefined
  const type = view.getUint16(8)
  const name = type === OFPMP.EXPERIMENTER ? experimenterName(view) : MULTIPARTS.get(type)
  return name === undefined ? undefined : `${name} ${direction}`
}

function experimenterName(view: DataView): string | undefined {
  if (view.byteLength < HEADER_BYTES + 16) return undefined
  const isOnf = view.getUint32(16) === EXPERIMENTER.ONF && view.getUint32(20) === ONFMP.FLOW_MONITOR
  return isOnf ? 'ONFST_FLOW_MONITOR' : undefined
}
