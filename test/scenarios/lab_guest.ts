/** Guests of scenarios as namespaces: one guest may be of a scenario in each family. */
import type { Guest, GuestOptions } from '../lab/guest.ts'
import { isIpv6 } from './ip.ts'
import type { GuestSpec } from './scenario.ts'

/** What a namespace needs to be all of these, which have one name. */
export const guestOptionsOf = (specs: readonly GuestSpec[]): GuestOptions => {
  const [{ name, port, mac }] = specs as [GuestSpec]
  return {
    ...{ name, port, mac, ipv6: specs.some(({ address }) => isIpv6(address)) },
    addresses: specs.map(({ address }) => address),
    routes: specs.flatMap(({ gateway, routes = [], forwards = {} }) => [
      ...routes.map((route) => `${route} via ${gateway}`),
      ...Object.entries(forwards).map(([subnet, next]) => `${subnet} via ${next}`),
    ]),
  }
}

/** By name, in the order of their first ones. */
export const byName = (guests: readonly GuestSpec[]): readonly (readonly [GuestSpec, ...GuestSpec[]])[] =>
  [...Map.groupBy(guests, ({ name }) => name).values()] as unknown as readonly [GuestSpec, ...GuestSpec[]][]

const FORWARDING = [
  ...['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.send_redirects=0', 'net.ipv6.conf.all.forwarding=1'],
  // Addresses of others that are local are none to ask by ARP with: port security drops that.
  'net.ipv4.conf.all.arp_announce=2',
]

/** What only some are: appliances, and owners of whole subnets. */
export const prepare = async (guest: Guest, specs: readonly GuestSpec[]): Promise<void> => {
  const serves = specs.flatMap(({ serves: subnets = [] }) => subnets)
  const isSpecial = serves.length > 0 || specs.some(({ forwards }) => forwards !== undefined)
  if (!isSpecial) return
  await guest.namespace.run(['sysctl', '-qw', ...FORWARDING])
  await guest.namespace.ip(
    ...serves.map((subnet) =>
      // Of a single address a kernel also says that nobody listens there.
      /\/(32|128)$/.test(subnet) ? `address add ${subnet} dev lo` : `route add local ${subnet} dev lo`,
    ),
  )
}
