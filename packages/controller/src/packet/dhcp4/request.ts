/** What a client says with its options, and which options answer it: RFC 2131 §4.3.1, RFC 2132 §9.8, RFC 6842. */
import { readU16, readU32 } from '../octets.ts'
import { DHCP4_MIN_SIZE, type Dhcp4 } from './message.ts'
import { DHCP4_OPTION, type Dhcp4Option } from './option.ts'

export interface Dhcp4Wishes {
  /** Option 50. */
  readonly requested_address: number | undefined
  /** Option 54: the server that the message is for. */
  readonly server_id: number | undefined
  /** Option 51, in seconds. */
  readonly lease_time: number | undefined
  /** Option 12, where it is text. */
  readonly host_name: string | undefined
  /** Option 55 in its order; `undefined` when there is none. */
  readonly parameters: readonly number[] | undefined
  /** Option 80: it takes an acknowledgement in answer to a discover. */
  readonly rapid_commit: boolean
  /** Option 57: octets of an IP datagram that the client takes. */
  readonly max_size: number
}

const textOf = (data: Uint8Array | undefined): string | undefined => {
  const text = data && Buffer.from(data).toString('latin1').replace(/\0+$/, '')
  return text && /^[ -~]+$/.test(text) ? text : undefined
}

export const dhcp4Wishes = ({ options }: Dhcp4): Dhcp4Wishes => {
  const number = (code: number): number | undefined => {
    const data = options.get(code)
    return data && readU32(data, 0)
  }
  const list = options.get(DHCP4_OPTION.parameter_list)
  const size = options.get(DHCP4_OPTION.max_message_size)
  return {
    requested_address: number(DHCP4_OPTION.requested_address),
    server_id: number(DHCP4_OPTION.server_id),
    lease_time: number(DHCP4_OPTION.lease_time),
    host_name: textOf(options.get(DHCP4_OPTION.host_name)),
    parameters: list && [...new Set(list)],
    rapid_commit: options.has(DHCP4_OPTION.rapid_commit),
    max_size: Math.max(size ? readU16(size, 0) : 0, DHCP4_MIN_SIZE),
  }
}

/** Always sent, in this order, whatever is asked for. */
const FIRST = [
  DHCP4_OPTION.message_type,
  DHCP4_OPTION.server_id,
  DHCP4_OPTION.lease_time,
  DHCP4_OPTION.renewal_time,
  DHCP4_OPTION.rebinding_time,
  DHCP4_OPTION.message,
  DHCP4_OPTION.client_id,
  DHCP4_OPTION.rapid_commit,
] as readonly number[]

/** The subnet mask stands before the routers, whatever was asked for first: RFC 2132 §3.3. */
const maskFirst = (codes: readonly number[]): readonly number[] => {
  if (!codes.includes(DHCP4_OPTION.subnet_mask)) return codes
  const pair = [DHCP4_OPTION.subnet_mask, DHCP4_OPTION.routers]
  return codes.flatMap((code) => (code === DHCP4_OPTION.routers ? pair : [code]))
}

/**
 * The options of an answer in order of importance: those of the protocol, those that are asked for in the order of asking,
 * and at last those to be sent unasked. A client that asks for nothing in particular gets all that there are.
 * @param available options by code; each value is encoded
 * @param unasked codes that are sent though a list does not name them
 */
export const answerOptions = (
  available: ReadonlyMap<number, Uint8Array>,
  parameters: readonly number[] | undefined,
  unasked: readonly number[] = [],
): readonly Dhcp4Option[] => {
  const order = new Set([...FIRST, ...maskFirst([...(parameters ?? available.keys()), ...unasked])])
  // Options of relay agents are echoed last: RFC 3046 §2.1.
  order.delete(DHCP4_OPTION.relay_agent)
  order.add(DHCP4_OPTION.relay_agent)
  return [...order].flatMap((code) => {
    const data = available.get(code)
    return data === undefined ? [] : [{ code, data }]
  })
}
