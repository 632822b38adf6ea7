/** Ports of guests: which interface and network they are, what they may send, and how packets get out to them. */
import { fromIpAddress, type IpAddress, type Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import type { SwitchPort } from '../../model/ports.ts'
import { ANY_TAG, output, popVlan, pushVlan, setSlice, VLAN_PRESENT } from '../../pipeline/actions.ts'
import { ETH_TYPE, macNumber, matchAddress } from '../../pipeline/addresses.ts'
import { domainOfSegment, segmentOfDomain } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { linkLocalNetworks } from '../nd/queries.ts'
import {
  addressOfLease,
  domainName,
  domainRow,
  domainsOfInterface,
  freeSegment,
  interfaceName,
  networksOfSegment,
  onlyNetwork,
  portOfInterface,
  switchOfInterface,
  switchOfIpLease,
  switchOfMacLease,
} from '../presence/queries.ts'
import { type CarriedDomain, domainsOfUplink, switchOfUplink, uplinkOf } from '../uplink/queries.ts'
import { dhcpRule, dhcpStanding } from './dhcp.ts'
import { guestFlows } from './guests.ts'
import { classifyTable, outputTable, portSecurityTable } from './tables.ts'
import { outputTo } from './trunks.ts'

/** What the host sends is not looked at: it is the one who could change the flows. */
const compileHost = (row: Row<'interface'>, { port_no }: SwitchPort, view: View): Compiled => {
  const domains = view.query(domainsOfInterface, row.id)
  // On its own port a host speaks untagged, so it can only be in one network or segment.
  const domain = domains.find((id) => domainRow(id, view)?.vlan_id === null) ?? domains[0]
  if (domain === undefined) return {}
  return {
    flows: [
      classifyTable.flow({
        priority: PRIORITY.ordinary,
        match: { in_port: port_no },
        steps: [setSlice('ingress_interface', row.id), setSlice('domain', domain)],
        goto: 'learning',
        why: () => `The host itself is ${row.uuid} in ${domainName(domain, view)}.`,
      }),
      outputTo(row, port_no),
    ],
  }
}

const compilePort = (row: Row<'interface'>, view: View): Compiled => {
  const port = view.query(portOfInterface, row.id)
  if (port === null) return {}
  return row.mode === 'vif' ? { flows: guestFlows(row, port, view) } : compileHost(row, port, view)
}

const behindUplink = ({ mode }: Row<'interface'>) => {
  if (mode === 'promiscuous') return 'foreign'
  // By the uplink of a host other hosts send without encapsulation, too.
  return mode === 'host' ? 'mac2mac' : 'arrival'
}

/**
 * The port that leads outside: untagged into one domain, by VLAN tags into others. From a gateway come the frames of
 * foreigners, which are looked at first.
 */
const compileUplink = (row: Row<'interface'>, view: View): Compiled => {
  const uplink = view.query(uplinkOf, row.id)
  if (uplink === null) return {}
  const { port_no } = uplink
  const classify = (domain: number, vlan_id: number | null): FlowDraft =>
    classifyTable.flow({
      priority: vlan_id === null ? PRIORITY.ordinary : PRIORITY.higher,
      match: { in_port: port_no, ...(vlan_id === null ? {} : { vlan_vid: VLAN_PRESENT | vlan_id }) },
      steps: [
        ...(vlan_id === null ? [] : [popVlan()]),
        setSlice('ingress_interface', row.id),
        setSlice('domain', domain),
      ],
      goto: behindUplink(row),
      why: () =>
        `What comes from outside by ${row.uuid}${vlan_id === null ? '' : ` in VLAN ${vlan_id}`} is in ${domainName(domain, view)}.`,
    })
  const carried = view.query(domainsOfUplink, row.id) ?? []
  const answers =
    row.mode === 'promiscuous' ? carried.flatMap((one) => answerForeign(row, port_no, one, view)) : []
  return { flows: [...carried.map(({ domain, vlan_id }) => classify(domain, vlan_id)), ...answers] }
}

/** What the switch itself answers to foreigners, in the segment or in a network of it. */
const answerForeign = (
  row: Row<'interface'>,
  port_no: number,
  { domain: outside, vlan_id }: CarriedDomain,
  view: View,
): FlowDraft[] => {
  const segment = segmentOfDomain(outside)
  const networks = segment === null ? [] : view.query(networksOfSegment, segment)
  return [outside, ...networks].map((domain) =>
    outputTable.flow({
      priority: PRIORITY.ordinary,
      match: { egress_interface: row.id, domain },
      steps: [...(vlan_id === null ? [] : [pushVlan(vlan_id)]), output(port_no)],
      why: () => `Who asks in ${domainName(outside, view)} from outside is behind ${row.uuid}.`,
    }),
  )
}

/** What has no address to be known by, or one that nobody leases, is looked at further. */
const linkLocalFlow = (row: Row<'mac_lease'>, segment: number | null, view: View): FlowDraft =>
  portSecurityTable.flow({
    priority: segment === null ? PRIORITY.low : PRIORITY.ordinary,
    match: {
      ingress_interface: row.interface_id,
      eth_src: macNumber(row.mac_address),
      eth_type: ETH_TYPE.ipv6,
    },
    steps: segment === null ? [] : [setSlice('domain', domainOfSegment(segment))],
    goto: 'link_local',
    why: () =>
      `${interfaceName(row.interface_id, view)} may speak IPv6 with its MAC ${row.mac_address}, if from addresses of its own.`,
  })

/** Who has only a MAC address in a segment may send anything from it; ARP must say the same address. */
const compileFree = (row: Row<'mac_lease'>, segment: number, view: View): Compiled => {
  const mac = macNumber(row.mac_address)
  const sender = { ingress_interface: row.interface_id, eth_src: mac }
  const steps = [setSlice('domain', domainOfSegment(segment))]
  const who = interfaceName(row.interface_id, view)
  const where = domainName(domainOfSegment(segment), view)
  return {
    flows: [
      portSecurityTable.flow({
        priority: PRIORITY.high,
        match: { ...sender, arp_sha: mac },
        steps,
        goto: 'segment_security',
        why: () => `${who} may send ARP with its MAC ${row.mac_address} in ${where}.`,
      }),
      portSecurityTable.flow({
        priority: PRIORITY.ordinary,
        match: { ...sender, eth_type: ETH_TYPE.arp },
        why: () => `${who} may send ARP only for its MAC ${row.mac_address}.`,
      }),
      portSecurityTable.flow({
        priority: PRIORITY.low,
        match: sender,
        steps,
        goto: 'segment_security',
        why: () => `${who} may send anything from its MAC ${row.mac_address} in ${where}.`,
      }),
      linkLocalFlow(row, segment, view),
    ],
  }
}

/** Address probes (RFC 5227 §2.1.1) carry the sender's MAC and no IP address. */
const compileMac = (row: Row<'mac_lease'>, view: View): Compiled => {
  const segment = freeSegment(row, view)
  if (segment !== null) return compileFree(row, segment, view)
  if (onlyNetwork(row.interface_id, view) === undefined) return {}
  const mac = macNumber(row.mac_address)
  return {
    flows: [
      portSecurityTable.flow({
        priority: PRIORITY.ordinary,
        match: { ingress_interface: row.interface_id, eth_src: mac, arp_sha: mac, arp_spa: 0 },
        goto: 'arp',
        why: () =>
          `${interfaceName(row.interface_id, view)} may ask whether an address is free, with its MAC ${row.mac_address}.`,
      }),
      ...(linkLocalNetworks(row, view).length === 0 ? [] : [linkLocalFlow(row, null, view)]),
    ],
  }
}

const arpSource = (address: IpAddress) => (address.family === 4 ? { arp_spa: Number(address.value) } : null)

const compileAddress = (lease: Row<'ip_lease'>, view: View): Compiled => {
  const owned = addressOfLease(lease, view)
  if (owned === null) return {}
  const mac = macNumber(owned.mac)
  const sender = { ingress_interface: owned.owner, eth_src: mac }
  const who = interfaceName(owned.owner, view)
  // Also where the port says it already: the interface may get into another network, and no packet must be lost then.
  const steps = [setSlice('domain', lease.network_id)]
  const arp = arpSource(owned.address)
  const address = fromIpAddress(owned.address)
  return {
    flows: [
      portSecurityTable.flow({
        priority: PRIORITY.ordinary,
        match: { ...sender, ...matchAddress('src', owned.address) },
        steps,
        goto: owned.address.family === 4 ? 'router_leg' : 'nd_security',
        why: () => `${who} may send from its address ${address} with its MAC ${owned.mac}.`,
      }),
      ...(arp === null
        ? []
        : [
            portSecurityTable.flow({
              priority: PRIORITY.ordinary,
              match: { ...sender, arp_sha: mac, ...arp },
              steps,
              goto: 'arp',
              why: () => `${who} may send ARP for its address ${address} with its MAC ${owned.mac}.`,
            }),
          ]),
    ],
  }
}

export const portRules = [
  rule({ name: 'port', entity: 'interface', on: switchOfInterface, compile: compilePort }),
  rule({ name: 'uplink', entity: 'interface', on: switchOfUplink, compile: compileUplink }),
  rule({ name: 'mac', entity: 'mac_lease', on: switchOfMacLease, compile: compileMac }),
  dhcpRule,
  rule({ name: 'address', entity: 'ip_lease', on: switchOfIpLease, compile: compileAddress }),
]

/** Tag protocols of IEEE 802.1Q: a second tag is seen as what the packet is of. */
const TAG_TYPES = [0x8100, 0x88a8]

export const portStanding = [
  ...dhcpStanding,
  ...TAG_TYPES.map((eth_type) =>
    classifyTable.flow({
      priority: PRIORITY.forbidden,
      match: { eth_type },
      why: 'Behind a second VLAN tag nobody sees what the packet is, and without the first it would be in the VLAN of the second.',
    }),
  ),
  classifyTable.flow({
    priority: PRIORITY.high,
    match: { vlan_vid: ANY_TAG },
    goto: 'tunnel_ingress',
    why: 'Guests send untagged frames, unless their network lets tags through. With a tag a frame comes through a tunnel.',
  }),
]
