/**
 * DHCPv6 messages between client and server: RFC 8415 §8. What a server must discard (§16) is told apart from what it may
 * answer, each with a reason. Messages of relay agents are refused: there is no relay between a guest and its switch.
 */
import { type Malformed, malformed } from '../malformed.ts'
import { concat } from '../octets.ts'
import { buildDhcp6Options, type Dhcp6Option, parseDhcp6Options } from './option.ts'

export const DHCP6_PORT = { client: 546, server: 547 } as const
/** `ff02::1:2`. */
export const ALL_DHCP_RELAYS_AND_SERVERS = (0xff02n << 112n) | 0x1_0002n

export const DHCP6_TYPE = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  information_request: 11,
} as const
const TYPES: readonly number[] = Object.values(DHCP6_TYPE)
const RELAY = { forward: 12, reply: 13 } as const

export interface Dhcp6 {
  /** One of `DHCP6_TYPE`. */
  readonly type: number
  /** Transaction id of 24 bits. */
  readonly xid: number
  readonly options: readonly Dhcp6Option[]
}

const HEADER = 4

/** @param bytes the payload of a UDP datagram */
export const decodeDhcp6 = (bytes: Uint8Array): Dhcp6 | Malformed => {
  if (bytes.length < HEADER) return malformed('cut: shorter than its header')
  const type = bytes[0]!
  if (type === RELAY.forward || type === RELAY.reply) return malformed('a message of a relay agent')
  if (!TYPES.includes(type)) return malformed('an unknown message type')
  const options = parseDhcp6Options(bytes.subarray(HEADER))
  if (options === null) return malformed('a malformed option')
  return { type, xid: (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!, options }
}

export const encodeDhcp6 = ({ type, xid, options }: Dhcp6): Uint8Array =>
  concat(Uint8Array.of(type, xid >>> 16, (xid >>> 8) & 0xff, xid & 0xff), buildDhcp6Options(options))

type Kind = Dhcp6Option['kind']
type Of<K extends Kind> = Extract<Dhcp6Option, { readonly kind: K }>

/** The first option of a kind. */
export const dhcp6Option = <K extends Kind>(options: readonly Dhcp6Option[], kind: K): Of<K> | undefined =>
  options.find((option): option is Of<K> => option.kind === kind)

/** Identifiers that a message to a server has, by type: RFC 8415 §16.2 to §16.12. */
const IDENTIFIERS: Readonly<Record<number, { readonly client?: true; readonly server: boolean | 'either' }>> =
  {
    [DHCP6_TYPE.solicit]: { client: true, server: false },
    [DHCP6_TYPE.request]: { client: true, server: true },
    [DHCP6_TYPE.confirm]: { client: true, server: false },
    [DHCP6_TYPE.renew]: { client: true, server: true },
    [DHCP6_TYPE.rebind]: { client: true, server: false },
    [DHCP6_TYPE.release]: { client: true, server: true },
    [DHCP6_TYPE.decline]: { client: true, server: true },
    [DHCP6_TYPE.information_request]: { server: 'either' },
  }

const ASSOCIATIONS = [3, 4, 25] as readonly number[]
const asksForAddresses = (options: readonly Dhcp6Option[]): boolean =>
  options.some(
    (option) => option.kind === 'ia_na' || (option.kind === 'other' && ASSOCIATIONS.includes(option.code)),
  )

/**
 * Why a server leaves a message unanswered; `undefined` when it is to be answered.
 * @param duid the server's own
 */
export const dhcp6Discard = ({ type, options }: Dhcp6, duid: Uint8Array): string | undefined => {
  const expected = IDENTIFIERS[type]
  if (expected === undefined) return 'a message for clients'
  if (expected.client && dhcp6Option(options, 'client_id') === undefined) return 'no client identifier'
  const server = dhcp6Option(options, 'server_id')
  if (expected.server === true && server === undefined) return 'no server identifier'
  if (expected.server === false && server !== undefined) return 'a server identifier where none may be'
  if (server !== undefined && Buffer.compare(server.duid, duid) !== 0) return 'for another server'
  const informs = type === DHCP6_TYPE.information_request
  return informs && asksForAddresses(options) ? 'asks for information and for addresses' : undefined
}
