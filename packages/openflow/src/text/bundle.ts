/** ONF's messages around other messages, as `ovs-ofctl ofp-print` prints them. */
import { OFPBCT, OFPBF } from '../constants.ts'
import type { BundleAddMessage, BundleControl, RequestForward } from '../types/message.ts'
import { formatMeterMod } from './meter.ts'
import type { TextNames } from './names.ts'
import { bitNames, bytesToHex, hex } from './number.ts'
import type { FormatMessage } from './symmetric.ts'
import { formatGroupMod } from './traffic.ts'

const BUNDLE_FLAGS = [
  [OFPBF.ATOMIC, 'atomic'],
  [OFPBF.ORDERED, 'ordered'],
] as const
const BUNDLE_CONTROLS = Object.keys(OFPBCT)

export function formatBundleControl(message: BundleControl): string {
  const type = BUNDLE_CONTROLS[message.control] ?? ''
  return `\n bundle_id=${hex(message.bundle_id)} type=${type} flags=${bitNames(message.flags, BUNDLE_FLAGS, '0')}`
}

export function formatBundleAdd(message: BundleAddMessage, formatMessage: FormatMessage): string {
  const flags = bitNames(message.flags, BUNDLE_FLAGS, '0')
  return `\n bundle_id=${hex(message.bundle_id)} flags=${flags}\n${formatMessage(message.message)}`
}

export function formatRequestForward({ request }: RequestForward, names: TextNames): string {
  switch (request.type) {
    case 'group_mod':
      return `reason=group_mod${formatGroupMod(request, names)}`
    case 'meter_mod':
      return `reason=meter_mod ${formatMeterMod(request)}`
    case 'unknown':
      return `type ${request.message_type} data ${bytesToHex(request.data)}`
  }
}
