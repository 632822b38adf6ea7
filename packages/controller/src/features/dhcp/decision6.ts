/**
 * The server's side of DHCPv6 as a function: RFC 8415 §18.3. Which addresses a client has is decided by leases, so a
 * server has nothing to remember; where the network has guests make their addresses themselves it tells them the rest only.
 */
import {
  DHCP6_STATUS,
  DHCP6_TYPE,
  type Dhcp6,
  type Dhcp6Option,
  dhcp6Option,
  type IdentityAssociation,
} from '../../packet/index.ts'

export interface Facts6 {
  /** The addresses that are leased to the client here; `undefined`: this network gives none by DHCPv6. */
  readonly leased: readonly bigint[] | undefined
  /** Of these the ones that the client has not declined. */
  readonly offered: readonly bigint[]
  readonly isInSubnet: (address: bigint) => boolean
  /** Seconds: the valid lifetime; what follows from it is in proportion. */
  readonly lifetime: number
}

export type Decision6 =
  | {
      readonly type: 'advertise' | 'reply'
      readonly options: readonly Dhcp6Option[]
      /** Whether the client also gets what goes with an address: DNS and the like. */
      readonly isInformed: boolean
      readonly declined?: readonly bigint[]
    }
  | { readonly type: 'silence'; readonly why: string }

const status = (code: number, text: string): Dhcp6Option => ({ kind: 'status', status: code, text })
const silence = (why: string): Decision6 => ({ type: 'silence', why })
const SUCCESS = status(DHCP6_STATUS.success, '')

const associationsOf = ({ options }: Dhcp6): IdentityAssociation[] =>
  options.filter((option): option is IdentityAssociation => option.kind === 'ia_na')

const addressesOf = ({ options }: Pick<Dhcp6, 'options'>): bigint[] =>
  options.flatMap((option) => (option.kind === 'address' ? [option.address] : []))

/** Lifetimes of zero take an address away: §18.3.4. */
const address = (value: bigint, valid: number): Dhcp6Option => ({
  ...{ kind: 'address', address: value, options: [] },
  ...{ preferred_lifetime: Math.floor(valid * 0.75), valid_lifetime: valid },
})

const associate = (iaid: number, options: readonly Dhcp6Option[], valid: number): IdentityAssociation => ({
  ...{ kind: 'ia_na', iaid, options },
  ...{ t1: Math.floor(valid * 0.375), t2: Math.floor(valid * 0.6) },
})

/** The first association of the client has its addresses: it has one interface here. Others get none. */
const give = (message: Dhcp6, { offered, lifetime }: Facts6): Dhcp6Option[] =>
  associationsOf(message).map(({ iaid }, index) =>
    index === 0 && offered.length > 0
      ? associate(
          iaid,
          offered.map((each) => address(each, lifetime)),
          lifetime,
        )
      : associate(iaid, [status(DHCP6_STATUS.no_addresses, 'nothing is leased to you')], 0),
  )

const solicit = (message: Dhcp6, facts: Facts6): Decision6 => {
  if (facts.leased === undefined) return silence('asks for an address where there is none by DHCPv6')
  const isRapid = dhcp6Option(message.options, 'rapid_commit') !== undefined && facts.offered.length > 0
  return {
    type: isRapid ? 'reply' : 'advertise',
    options: [...(isRapid ? [{ kind: 'rapid_commit' } as const] : []), ...give(message, facts)],
    isInformed: true,
  }
}

/** Addresses of another link make the client begin anew: §18.3.2. */
const request = (message: Dhcp6, facts: Facts6): Decision6 => {
  const associations = associationsOf(message)
  const isElsewhere = associations.flatMap(addressesOf).some((each) => !facts.isInSubnet(each))
  const options = isElsewhere
    ? associations.map(({ iaid }) =>
        associate(iaid, [status(DHCP6_STATUS.not_on_link, 'this address is of another network')], 0),
      )
    : give(message, facts)
  return { type: 'reply', options, isInformed: true }
}

/** What the client has and should not is taken from it: §18.3.4 and §18.3.5. */
const extend = (message: Dhcp6, { leased = [], lifetime }: Facts6): Decision6 => {
  const options = associationsOf(message).map(({ iaid, options: held }, index) => {
    const own = index === 0 ? leased : []
    const gone = addressesOf({ options: held }).filter((each) => !own.includes(each))
    if (own.length === 0 && gone.length === 0)
      return associate(iaid, [status(DHCP6_STATUS.no_binding, 'nothing is leased to you')], 0)
    return associate(
      iaid,
      [...own.map((each) => address(each, lifetime)), ...gone.map((each) => address(each, 0))],
      own.length === 0 ? 0 : lifetime,
    )
  })
  return { type: 'reply', options, isInformed: true }
}

/** After it has moved, a client asks whether its addresses are of this link: §18.3.3. */
const confirm = (message: Dhcp6, { isInSubnet }: Facts6): Decision6 => {
  const asked = associationsOf(message).flatMap(addressesOf)
  if (asked.length === 0) return silence('asks to confirm no address')
  const option = asked.every(isInSubnet)
    ? SUCCESS
    : status(DHCP6_STATUS.not_on_link, 'this address is of another network')
  return { type: 'reply', options: [option], isInformed: false }
}

/** Nothing is given back, as leases are rows; what is not the client's it is told: §18.3.7 and §18.3.8. */
const giveUp = (message: Dhcp6, { leased = [] }: Facts6): Decision6 => {
  const unknown = associationsOf(message)
    .filter(({ options }) => addressesOf({ options }).some((each) => !leased.includes(each)))
    .map(({ iaid }) => associate(iaid, [status(DHCP6_STATUS.no_binding, 'it is not leased to you')], 0))
  const own = associationsOf(message)
    .flatMap(addressesOf)
    .filter((each) => leased.includes(each))
  const declined = message.type === DHCP6_TYPE.decline ? { declined: own } : {}
  return { type: 'reply', options: [SUCCESS, ...unknown], isInformed: false, ...declined }
}

const ALONE: readonly number[] = [
  DHCP6_TYPE.request,
  DHCP6_TYPE.renew,
  DHCP6_TYPE.release,
  DHCP6_TYPE.decline,
]

/** No client has been told that it may write to one server alone: §18.4. */
export const decideUnicast = ({ type }: Dhcp6): Decision6 =>
  ALONE.includes(type)
    ? {
        type: 'reply',
        options: [status(DHCP6_STATUS.use_multicast, 'write to all servers')],
        isInformed: false,
      }
    : silence('sent to one server alone')

/** @param message one that is not to be discarded: see `dhcp6Discard` */
export const decide6 = (message: Dhcp6, facts: Facts6): Decision6 => {
  if (message.type === DHCP6_TYPE.information_request) return { type: 'reply', options: [], isInformed: true }
  if (message.type === DHCP6_TYPE.solicit) return solicit(message, facts)
  if (facts.leased === undefined) return silence('asks for an address where there is none by DHCPv6')
  switch (message.type) {
    case DHCP6_TYPE.request:
      return request(message, facts)
    case DHCP6_TYPE.confirm:
      return confirm(message, facts)
    case DHCP6_TYPE.renew:
    case DHCP6_TYPE.rebind:
      return extend(message, facts)
    default:
      return giveUp(message, facts)
  }
}
