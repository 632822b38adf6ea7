/**
 * The server's side of DHCPv4 as a function: RFC 2131 §4.3. Which address a client has is decided by leases, so there is
 * nothing to remember between offer and request, and a client that asks twice is told the same twice.
 */
import { DHCP4_TYPE, type Dhcp4, type Dhcp4Wishes } from '../../packet/index.ts'

export interface Facts4 {
  /** Address of this server. */
  readonly server: number
  /** What is leased to the client here; `undefined`: nothing. */
  readonly leased: number | undefined
  /** The client has found somebody else using it. */
  readonly isQuarantined: boolean
  readonly isInSubnet: (address: number) => boolean
}

/** What is answered. */
export type Spoken4 =
  /** `rapid`: without an offer before it. */
  | { readonly type: 'offer' | 'ack'; readonly yiaddr: number; readonly rapid?: true }
  /** In answer to DHCPINFORM: no address, no times. */
  | { readonly type: 'inform' }
  | { readonly type: 'nak'; readonly message: string }

export type Decision4 = Spoken4 | { readonly type: 'silence' | 'declined'; readonly why: string }

const silence = (why: string): Decision4 => ({ type: 'silence', why })
const nak = (message: string): Decision4 => ({ type: 'nak', message })

const OTHER_SERVER = 'for another server'
const NOT_LEASED = 'this address is not leased to you'
const WRONG_NETWORK = 'this address is of another network'

/** Who says so has its address after two messages (RFC 4039): another server would have no other for it. */
const discover = ({ rapid_commit }: Dhcp4Wishes, { leased, isQuarantined }: Facts4): Decision4 => {
  if (leased === undefined) return silence('no address is leased to the client')
  if (isQuarantined) return silence('the client declined its address')
  return rapid_commit ? { type: 'ack', yiaddr: leased, rapid: true } : { type: 'offer', yiaddr: leased }
}

const confirm = (address: number, { leased, isInSubnet }: Facts4): Decision4 => {
  if (address === leased) return { type: 'ack', yiaddr: leased }
  return nak(isInSubnet(address) ? NOT_LEASED : WRONG_NETWORK)
}

/** After a reboot the client asks whether an address of before still holds; who is not known is left to others. */
const reboot = (address: number, facts: Facts4): Decision4 =>
  facts.leased === undefined && facts.isInSubnet(address)
    ? silence('no address is leased to the client')
    : confirm(address, facts)

/** Table 4 of §4.3.6 tells the four forms apart. */
const request = ({ ciaddr }: Dhcp4, wishes: Dhcp4Wishes, facts: Facts4): Decision4 => {
  const { requested_address, server_id } = wishes
  if (server_id !== undefined && server_id !== facts.server) return silence(OTHER_SERVER)
  if (ciaddr !== 0) return confirm(ciaddr, facts)
  if (requested_address === undefined) return silence('a request without an address')
  if (server_id === undefined) return reboot(requested_address, facts)
  if (facts.isQuarantined) return silence('the client declined its address')
  return confirm(requested_address, facts)
}

const decline = ({ requested_address, server_id }: Dhcp4Wishes, { server, leased }: Facts4): Decision4 => {
  if (server_id !== server) return silence(OTHER_SERVER)
  return leased === undefined || requested_address !== leased
    ? silence('declines an address that is not its own')
    : { type: 'declined', why: 'declined: somebody else uses the address' }
}

export const decide4 = (message: Dhcp4, wishes: Dhcp4Wishes, facts: Facts4): Decision4 => {
  switch (message.type) {
    case DHCP4_TYPE.discover:
      return discover(wishes, facts)
    case DHCP4_TYPE.request:
      return request(message, wishes, facts)
    case DHCP4_TYPE.decline:
      return decline(wishes, facts)
    case DHCP4_TYPE.release:
      return silence('released: the lease stays')
    case DHCP4_TYPE.inform:
      return message.ciaddr === 0 || !facts.isInSubnet(message.ciaddr)
        ? silence('asks for information without an address of the network')
        : { type: 'inform' }
    default:
      return silence('a message for clients')
  }
}
