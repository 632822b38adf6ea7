import { defaulted, derived, optional, optionalReference } from '../field.ts'
import { ipv4, ipv6 } from '../kinds/address.ts'
import { boolean, integer, oneOf, text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

/** RFC 4861 §4.2 (M and O), RFC 4862 (A), RFC 8415. */
const ipv6AddressMode = oneOf(['slaac', 'dhcpv6_stateless', 'dhcpv6_stateful', 'none'])

export const network = defineResource({
  name: 'network',
  collection: 'networks',
  model: 'Network',
  prefix: 'nw',
  help: 'An isolated layer-2 domain with its IP subnets: one of IPv4, one of IPv6, or both.',
  fields: {
    display_name: derived(text, { help: 'A name for people; the uuid when absent.', mutable: true }),
    domain_name: derived(text, {
      help: 'DNS domain of its guests; the uuid without its prefix when absent.',
      mutable: true,
    }),
    mode: defaulted(oneOf(['virtual', 'physical', 'internal']), 'virtual', {
      help: 'virtual: isolated, over all hosts; physical: leaves through the uplink of each bridge; internal: within a bridge and its host.',
      aliases: ['network_mode'],
    }),
    ipv4_network: optional(ipv4, {
      help: 'The address of the subnet, e.g. 172.16.1.0; none when ipv6_network is given alone.',
    }),
    ipv4_prefix: defaulted(integer(1, 32), 24, { help: 'The prefix length of the subnet.' }),
    ipv6_network: optional(ipv6, {
      help: 'The address of the IPv6 subnet, e.g. fd00:1::. Guests do not hear of their router yet.',
      mutable: true,
    }),
    ipv6_prefix: defaulted(integer(1, 128), 64, {
      help: 'The prefix length of the IPv6 subnet.',
      mutable: true,
    }),
    ipv6_address_mode: defaulted(ipv6AddressMode, 'slaac', {
      help: 'What router advertisements tell guests: to make addresses of their own (slaac), the same and to ask DHCPv6 for the rest (dhcpv6_stateless), to ask DHCPv6 for addresses too (dhcpv6_stateful), or that addresses are set by hand (none).',
      mutable: true,
    }),
    dhcp_lease_time: defaulted(integer(60, 0xff_ff_ff_fe), 86_400, {
      help: 'Seconds for which an address by DHCP holds; clients renew it after half of that.',
      mutable: true,
    }),
    vlan_id: optional(integer(1, 4094), {
      help: 'The VLAN in which a physical network leaves through uplinks; untagged when absent.',
      mutable: true,
    }),
    mtu: optional(integer(576, 65_535), {
      help: 'The MTU of its guests, in octets; what the network between the hosts leaves (guest_mtu) when absent.',
      mutable: true,
    }),
    vlan_transparent: defaulted(boolean, false, {
      help: 'Whether its guests may send each other frames with a VLAN tag; they are dropped otherwise. Routers are in no VLAN of guests.',
      mutable: true,
    }),
    segment: optionalReference('segment', {
      help: 'The segment of which it is a subnet: one layer-2 domain with all its networks.',
      onDelete: 'cascade',
    }),
  },
  parameters: {
    topology_uuid: { kind: text, to: 'topology', help: 'Puts it into a topology.' },
  },
  computed: {
    guest_mtu: {
      kind: integer(0, 65_535),
      help: 'The MTU that its guests may use: its mtu, else what fits between all hosts.',
      nullable: false,
      isPlain: true,
    },
    mtu_warning: {
      kind: text,
      help: 'What is wrong with its mtu: larger packets than fit between the hosts are lost, and IPv6 needs 1280.',
      nullable: true,
      isPlain: true,
    },
  },
  obsolete: {
    dc_network_uuid: 'the underlay follows from the hosts of a network',
    editable: 'every network can be edited',
  },
})
