/**
 * Options of DHCPv4 as a user writes and reads them: an option by code or name with a value as text.
 * What cannot be sent is answered with a sentence that says which part is wrong and what to write.
 */
import { DHCP4_OPTION_NAMES, type Dhcp4Option, dhcp4OptionNamed, dhcp4OptionOf } from './option_table.ts'
import { VALUE_TYPES, type ValueType } from './value_type.ts'
import { isWrong } from './wrong.ts'

export interface OptionData {
  readonly code: number
  readonly data: Uint8Array
}

/** Why an option cannot be sent, as a sentence. */
export interface OptionFault {
  readonly fault: string
}

/** An option of a message is at most as long as fits beside the rest into the largest UDP datagram that we send. */
const MAX_OCTETS = 1024

const labelOf = ({ code, name }: Dhcp4Option): string => `option ${code} (${name})`

const findOption = (option: string): Dhcp4Option | string => {
  const code = /^\d+$/.test(option) ? Number(option) : undefined
  if (code !== undefined && (code < 1 || code > 254))
    return `no DHCP option has the code ${option}; codes are 1 to 254`
  const found = code === undefined ? dhcp4OptionNamed(option) : dhcp4OptionOf(code)
  return (
    found ?? `no DHCP option is named '${option}'; give its code, or one of ${DHCP4_OPTION_NAMES.join(', ')}`
  )
}

/**
 * @param option a code from 1 to 254, or a name of the table
 * @param text the value in the form of its type
 */
export const parseDhcp4Option = (option: string, text: string): OptionData | OptionFault => {
  const found = findOption(option.trim())
  if (typeof found === 'string') return { fault: found }
  if (found.protocol)
    return { fault: `${labelOf(found)} is set by client and server themselves; leave it out` }
  const type: ValueType = VALUE_TYPES[found.type]
  const data = type.parse(text)
  if (isWrong(data)) return { fault: `${labelOf(found)} takes ${type.expects}; '${data.wrong}' is not` }
  if (data.length <= MAX_OCTETS) return { code: found.code, data }
  return { fault: `${labelOf(found)} is ${data.length} octets long; at most ${MAX_OCTETS} can be sent` }
}

/** `routers=10.0.0.1`; what does not fit the type is shown as octets. */
export const explainDhcp4Option = ({ code, data }: OptionData): string => {
  const { name, type } = dhcp4OptionOf(code)
  const known: ValueType = VALUE_TYPES[type]
  const value = known.format(data) ?? `0x${Buffer.from(data).toString('hex')}`
  return value === '' ? name : `${name}=${value}`
}
