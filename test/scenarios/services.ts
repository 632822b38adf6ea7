/**
 * What guests ask of a network before and while they use it: addresses, names, routers. Servers say the same on every host, as
 * all of it follows from rows.
 */
import type { Question, QuestionSpec } from './question.ts'
import type { PingSpec, Scenario } from './scenario.ts'
import { DHCP, guestOf, ipv4, ipv6, legMac, MEMBERS, type Network, SERVICE_WRITES } from './service_rows.ts'
import { BR0 } from './walkthrough.ts'

const asks = (from: string, why: string, asked: Question, ...answers: readonly string[]): QuestionSpec => ({
  ...{ why: `${from}: ${why}`, from, asks: asked },
  gets: answers.length === 0 ? {} : { [from]: answers },
})

const WANTS = [1, 3, 6, 15, 26, 28, 51, 121] as const
const [CRANE, SERVER] = [ipv4('dock', 10), DHCP.address]
const TIMES = 'lease-time=3600 renewal-time=1800 rebinding-time=3150'
const DAY = 'lease-time=86400 renewal-time=43200 rebinding-time=75600'
/** Each network that a router joins to it, and the default route by the first of them. */
const WHOLE = [
  `${TIMES} subnet-mask=255.255.255.0 router=10.21.1.253,10.21.1.254 dns-servers=10.21.1.254`,
  'domain-name=dock.example mtu=1450 broadcast=10.21.1.255',
  'static-routes=0.0.0.0/0 via 10.21.1.253,10.21.2.0/24 via 10.21.1.254,10.21.3.0/24 via 10.21.1.254',
].join(' ')

const acknowledged = (what: string): string => `dhcp ack of ${CRANE} from ${SERVER} to ${CRANE}: ${what}`
const refused = (why: string): string => `dhcp nak from ${SERVER} to 255.255.255.255: message=${why}`

const DHCP4: readonly QuestionSpec[] = [
  asks(
    'crane',
    'discover',
    { dhcp4: 'discover', wants: WANTS },
    `dhcp offer of ${CRANE} from ${SERVER} to ${CRANE}: ${WHOLE}`,
  ),
  asks(
    'crane',
    'selecting',
    { dhcp4: 'request', requested: CRANE, server: SERVER, wants: WANTS },
    acknowledged(WHOLE),
  ),
  asks(
    'crane',
    'renewing',
    { dhcp4: 'request', ciaddr: CRANE, to: SERVER, wants: [51] },
    acknowledged(TIMES),
  ),
  asks('crane', 'rebinding', { dhcp4: 'request', ciaddr: CRANE, wants: [51] }, acknowledged(TIMES)),
  asks('crane', 'init-reboot', { dhcp4: 'request', requested: CRANE, wants: [51] }, acknowledged(TIMES)),
  asks(
    'crane',
    'the address of another',
    { dhcp4: 'request', requested: ipv4('dock', 11) },
    refused('this address is not leased to you'),
  ),
  asks(
    'crane',
    'an address of another network',
    { dhcp4: 'request', requested: ipv4('ship', 10) },
    refused('this address is of another network'),
  ),
  asks('crane', 'another server', { dhcp4: 'request', requested: CRANE, server: ipv4('dock', 254) }),
  asks(
    'crane',
    'inform',
    { dhcp4: 'inform', ciaddr: CRANE, wants: [6, 15] },
    `dhcp ack from ${SERVER} to ${CRANE}: dns-servers=10.21.1.254 domain-name=dock.example`,
  ),
  asks('crane', 'release', { dhcp4: 'release', ciaddr: CRANE, to: SERVER, server: SERVER }),
  asks(
    'barge',
    'discover',
    { dhcp4: 'discover', wants: [3, 26, 121] },
    `dhcp offer of 10.21.2.10 from 10.21.2.254 to 10.21.2.10: ${DAY} router=10.21.2.254 mtu=1400 static-routes=0.0.0.0/0 via 10.21.2.254,10.21.1.0/24 via 10.21.2.254,10.21.3.0/24 via 10.21.2.254`,
  ),
  asks(
    'boat',
    'discover',
    { dhcp4: 'discover', wants: [3] },
    `dhcp offer of 10.21.3.10 from 10.21.3.254 to 10.21.3.10: ${DAY} router=10.21.3.253,10.21.3.254`,
  ),
]

const OWN6 = ipv6('dock', '10')
const told6 = (kind: string, ...what: readonly string[]): string =>
  [`dhcp6 ${kind} from fe80::5054:ff:fe75:301 to fe80::5054:ff:fe75:1: by ${DHCP.mac}`, ...what].join(' ')
const LEASE6 = `${OWN6} for 3600 s`
const BESIDES = `dns ${ipv6('dock', 'fe')} search dock.example`

const DHCP6: readonly QuestionSpec[] = [
  asks('crane', 'solicit', { dhcp6: 'solicit', wants: [23, 24] }, told6('advertise', `(${LEASE6})`, BESIDES)),
  asks(
    'crane',
    'request',
    { dhcp6: 'request', address: OWN6, server: DHCP.mac, wants: [23, 24] },
    told6('reply', `(${LEASE6})`, BESIDES),
  ),
  asks('crane', 'renew', { dhcp6: 'renew', address: OWN6, server: DHCP.mac }, told6('reply', `(${LEASE6})`)),
  asks(
    'crane',
    'rebind with an address that is not its own',
    { dhcp6: 'rebind', address: ipv6('dock', '11') },
    told6('reply', `(${LEASE6} ${ipv6('dock', '11')} for 0 s)`),
  ),
  asks('crane', 'confirm', { dhcp6: 'confirm', address: OWN6 }, told6('reply', 'status 0')),
  asks('crane', 'another server', { dhcp6: 'request', address: OWN6, server: legMac('harbour', 'dock') }),
  asks('crane', 'information', { dhcp6: 'information_request', wants: [23, 24] }, told6('reply', BESIDES)),
  asks(
    'boat',
    'information',
    { dhcp6: 'information_request', wants: [23, 24] },
    `dhcp6 reply from fe80::5054:ff:fe75:103 to fe80::5054:ff:fe75:3: by ${legMac('harbour', 'ship')} search ship.example`,
  ),
  asks('boat', 'there are no addresses', { dhcp6: 'solicit' }),
  asks('barge', 'there is nobody', { dhcp6: 'solicit' }),
]

const ADVERTISED = {
  crane: `router fe80::5054:ff:fe75:201: lifetime 65535, managed, other, at ${legMac('canal', 'dock')}, mtu 1450, prefix fd00:21:1::/64 on-link, dns fd00:21:1::fe, search dock.example`,
  barge: `router fe80::5054:ff:fe75:102: lifetime 65535, at ${legMac('harbour', 'quay')}, mtu 1400, prefix fd00:21:2::/64 on-link autonomous, dns fd00:21:2::fe, search quay.example`,
  boat: `router fe80::5054:ff:fe75:203: lifetime 65535, other, at ${legMac('canal', 'ship')}, mtu 1450, prefix fd00:21:3::/64 on-link`,
} as const

const ADVERTISEMENTS: readonly QuestionSpec[] = Object.entries(ADVERTISED).flatMap(([name, told]) => [
  asks(name, 'who routes', { routers: 'known' }, told),
  asks(name, 'who routes, asked without an address', { routers: 'nameless' }, told),
])

/** As the name of an address is asked for: RFC 3596 §2.5. */
const REVERSED = '0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.1.2.0.0.0.0.d.f.ip6.arpa'

/** By the addresses of the services, of one family. */
const names = (dock: string, quay: string, ship: string): readonly QuestionSpec[] => {
  const ask = (from: string, why: string, dns: string, type: string, answer: string): QuestionSpec => {
    const [outcome, records] = answer.split(': ')
    return asks(from, why, { dns, type, to: dock }, `dns ${outcome} from ${dock}: ${records}`)
  }
  return [
    ask(
      ...(['crane', 'a record, in any case', 'WWW.Corp.example', 'A'] as const),
      'NOERROR aa: WWW.Corp.example A 192.0.2.80, WWW.Corp.example A 192.0.2.81',
    ),
    ask('crane', 'of IPv6', 'www.corp.example', 'AAAA', 'NOERROR aa: www.corp.example AAAA 2001:db8::80'),
    ask(
      ...(['crane', 'an alias', 'web.corp.example', 'AAAA'] as const),
      'NOERROR aa: web.corp.example CNAME www.corp.example, www.corp.example AAAA 2001:db8::80',
    ),
    ask(
      ...(['barge', 'a guest, from elsewhere', 'crane.dock.example', 'A'] as const),
      `NOERROR aa: crane.dock.example A ${CRANE}`,
    ),
    ask(
      ...(['barge', 'a guest in the other family', 'crane.dock.example', 'AAAA'] as const),
      `NOERROR aa: crane.dock.example AAAA ${OWN6}`,
    ),
    ask(
      ...(['crane', 'who has an address', '10.1.21.10.in-addr.arpa', 'PTR'] as const),
      'NOERROR aa: 10.1.21.10.in-addr.arpa PTR crane.dock.example',
    ),
    ask(
      ...(['crane', 'who has one of IPv6', REVERSED, 'PTR'] as const),
      `NOERROR aa: ${REVERSED} PTR crane.dock.example`,
    ),
    ask('crane', 'nobody', 'nobody.dock.example', 'A', 'NXDOMAIN aa: nothing'),
    ask('crane', 'a name of others', 'example.com', 'A', 'REFUSED: nothing'),
    asks(
      'boat',
      'the other service, and an address that the guest makes',
      { dns: 'barge.quay.example', type: 'AAAA', to: quay },
      `dns NOERROR aa from ${quay}: barge.quay.example AAAA ${MEMBERS[1]!.addresses[6]}`,
    ),
    asks(
      'boat',
      'where nobody listens',
      { dns: 'www.corp.example', type: 'A', to: ship },
      `port unreachable from ${ship} for udp 53 to ${ship}`,
    ),
  ]
}

const reaches = (from: string, at: string, to: string, eth_src: string): PingSpec => ({
  ...{ why: 'through the router that joins them', from, to, answered: true, answerTtl: 63 },
  arrives: { at, ttl: 63, eth_src },
})

export const services = (family: 4 | 6): Scenario => {
  const at = (network: Network): string => (family === 4 ? ipv4(network, 254) : ipv6(network, 'fe'))
  return {
    name: `addresses, names and routers for guests, IPv${family}`,
    bridges: [BR0],
    guests: MEMBERS.map((member) => guestOf(member, family)),
    writes: SERVICE_WRITES,
    pings: [
      reaches('crane', 'barge', MEMBERS[1]!.addresses[family], legMac('harbour', 'quay')),
      reaches('barge', 'boat', MEMBERS[2]!.addresses[family], legMac('harbour', 'ship')),
    ],
    sends: [],
    questions: [
      ...(family === 4 ? DHCP4 : [...DHCP6, ...ADVERTISEMENTS]),
      ...names(at('dock'), at('quay'), at('ship')),
    ],
  }
}
