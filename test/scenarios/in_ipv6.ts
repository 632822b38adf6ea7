/**
 * A scenario of IPv4 as one of IPv6: `172.16.1.2` becomes `fd00:172:16:1::2`, ARP becomes neighbour discovery, and what goes
 * to all goes to all nodes. All else must come out the same.
 */
import { formatMac, multicastMacIpv6, solicitedNodeAddress } from '@openvnet/controller/packet'
import { fromIpAddress, toIpAddress } from '@openvnet/schema'
import type { QuestionSpec } from './question.ts'
import type { FrameSpec, GuestSpec, Scenario, SendSpec, Write } from './scenario.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const ALL_NODES = { mac: '33:33:00:00:00:01', address: 'ff02::1' }
const ADDRESS = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/

const canonical = (address: string): string => fromIpAddress(toIpAddress(address))

/** As many octets of the address as in IPv4. */
const PREFIX_IN_6: Readonly<Record<number, number>> = { 24: 64, 16: 48 }

/** With prefix length or without. */
export const addressIn6 = (text: string): string => {
  const [address = '', prefix] = text.split('/')
  if (address === '0.0.0.0') return '::'
  if (address.endsWith('.255')) return ALL_NODES.address
  const [, a, b, c, d] = ADDRESS.exec(address) ?? []
  if (d === undefined) return text
  const made = canonical(`fd00:${a}:${b}:${c}::${Number(d).toString(16)}`)
  return prefix === undefined ? made : `${made}/${PREFIX_IN_6[Number(prefix)] ?? Number(prefix) + 96}`
}

/** Addresses of hosts stay as they are: in which family hosts reach each other is another matter. */
const OF_HOSTS = /^10\.255\./

const writeIn6 = ({ body, ...write }: Write): Write => {
  const cells = Object.entries(body).map(([name, value]): [string, unknown] => {
    if (name === 'ipv4_prefix') return ['ipv6_prefix', PREFIX_IN_6[Number(value)] ?? value]
    if (name === 'via') return [name, addressIn6(String(value))]
    if (!name.startsWith('ipv4_')) return [name, value]
    return [name.replace('ipv4', 'ipv6'), addressIn6(String(value))]
  })
  const isOfHost = Object.values(body).some((value) => OF_HOSTS.test(String(value)))
  return { ...write, body: isOfHost ? body : Object.fromEntries(cells) }
}

const guestIn6 = (guest: GuestSpec): GuestSpec => ({
  ...guest,
  address: addressIn6(guest.address),
  ...(guest.gateway === undefined ? {} : { gateway: addressIn6(guest.gateway) }),
  ...deeply({ routes: guest.routes ?? [], serves: guest.serves ?? [] }),
  ...(guest.forwards === undefined ? {} : { forwards: deeply(guest.forwards) }),
})

const solicitedNode = (target: string): { readonly mac: string; readonly address: string } => {
  const group = solicitedNodeAddress(toIpAddress(target).value)
  return { mac: formatMac(multicastMacIpv6(group)), address: fromIpAddress({ family: 6, value: group }) }
}

const question = (eth_src: string, eth_dst: string, arp: NonNullable<FrameSpec['arp']>): FrameSpec => {
  const target = addressIn6(arp.tpa)
  const group = solicitedNode(target)
  const src = addressIn6(arp.spa)
  return {
    eth_src,
    eth_dst: eth_dst === BROADCAST ? group.mac : eth_dst,
    nd: {
      ...{ kind: 'solicitation', src, dst: group.address, target },
      ...(src === '::' ? {} : { link: arp.sha }),
    },
  }
}

const frameIn6 =
  (legs: ReadonlySet<string>) =>
  (frame: FrameSpec): FrameSpec => {
    const { eth_src, eth_dst, arp, echo } = frame
    if (arp?.op === 1) return question(eth_src, eth_dst, arp)
    if (arp !== undefined) {
      const [src, dst] = [addressIn6(arp.spa), addressIn6(arp.tpa)]
      const flags = legs.has(arp.sha) ? 'RSO' : 'SO'
      return { eth_src, eth_dst, nd: { kind: 'advertisement', src, dst, target: src, link: arp.sha, flags } }
    }
    if (echo === undefined) return frame
    return {
      eth_src,
      eth_dst: eth_dst === BROADCAST ? ALL_NODES.mac : eth_dst,
      echo: { ...echo, src: addressIn6(echo.src), dst: addressIn6(echo.dst) },
    }
  }

/** Others need not hear that somebody asks for the own address: nobody takes anything from it, as from such a request of ARP. */
const isOwnProbe = ({ frame: { arp } }: Pick<SendSpec, 'frame'>): boolean =>
  arp?.op === 1 && arp.spa === '0.0.0.0'

const ANYWHERE = /\d+\.\d+\.\d+\.\d+(\/\d+)?/g

/** The same with all addresses in it. */
const deeply = <T>(value: T): T => {
  if (typeof value === 'string') return value.replaceAll(ANYWHERE, (address) => addressIn6(address)) as T
  if (Array.isArray(value)) return value.map(deeply) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [deeply(name), deeply(each)])) as T
}

/** Nobody cuts packets of IPv6 but who sends them: what may be cut is of IPv4 alone. */
const questionsIn6 = (questions: readonly QuestionSpec[]): readonly QuestionSpec[] =>
  questions.filter(({ asks }) => !('mayFragment' in asks)).map(deeply)

export const inIpv6 = (scenario: Scenario): Scenario => {
  const legs = new Set(
    scenario.writes
      .filter(({ body }) => body['mode'] === 'simulated')
      .map(({ body }) => String(body['mac_address'])),
  )
  const frame = frameIn6(legs)
  const arrivals = (arrives: SendSpec['arrives']): SendSpec['arrives'] =>
    arrives.map((arrival) => ({ ...arrival, frame: frame(arrival.frame) }))
  return {
    ...scenario,
    name: `${scenario.name}, over IPv6`,
    writes: scenario.writes.map(writeIn6),
    guests: scenario.guests.map(guestIn6),
    pings: scenario.pings.map((ping) => ({ ...ping, to: addressIn6(ping.to) })),
    sends: scenario.sends.map((send) => ({
      ...send,
      frame: frame(send.frame),
      arrives: isOwnProbe(send) ? [] : arrivals(send.arrives),
    })),
    ...(scenario.questions === undefined ? {} : { questions: questionsIn6(scenario.questions) }),
    ...(scenario.shares === undefined ? {} : { shares: deeply(scenario.shares) }),
    ...(scenario.forgeries === undefined
      ? {}
      : {
          forgeries: scenario.forgeries.map((forgery) => ({
            ...forgery,
            frame: frame(forgery.frame),
            arrives: arrivals(forgery.arrives),
          })),
        }),
  }
}

/** What a row of the API has for one family only: it is made once for each. */
const ONE_FAMILY: readonly string[] = ['routes', 'ip_leases']

const bodyOf = (writes: readonly Write[], uuid: unknown): Write['body'] =>
  writes.find(({ body }) => body['uuid'] === uuid)?.body ?? {}

/** A route that names its leg alone is of IPv4 where the leg has that too. */
const subnetOfLeg = (writes: readonly Write[], { path, body }: Write): Write['body'] => {
  if (path !== 'routes' || body['ipv6_network'] !== undefined) return {}
  const leg = bodyOf(writes, body['interface_uuid'])
  const subnet = bodyOf(writes, leg['network_uuid'])['ipv4_network']
  return { ipv6_network: addressIn6(String(subnet)), ipv6_prefix: 64 }
}

/** The same rows with addresses of both families. */
export const writesInBoth = (writes: readonly Write[]): readonly Write[] =>
  writes.flatMap((write) => {
    const other = writeIn6(write)
    if (!ONE_FAMILY.includes(write.path)) return [{ ...write, body: { ...write.body, ...other.body } }]
    const uuid = write.body['uuid']
    const named = uuid === undefined ? {} : { uuid: `${uuid}6` }
    return [write, { ...other, body: { ...other.body, ...subnetOfLeg(writes, other), ...named } }]
  })
