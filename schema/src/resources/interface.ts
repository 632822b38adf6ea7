import { defaulted, derived, optional, optionalReference } from '../field.ts'
import { ipv4OrAuto, mac } from '../kinds/address.ts'
import { hostName } from '../kinds/dns_name.ts'
import { ipv6OrAuto } from '../kinds/ip_address.ts'
import { boolean, integer, oneOf, portName, text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const interfaceResource = defineResource({
  name: 'interface',
  collection: 'interfaces',
  model: 'Interface',
  prefix: 'if',
  help: 'A port of a guest (vif), or one that the switch plays itself (simulated), e.g. the leg of a router.',
  fields: {
    display_name: derived(text, { help: 'A name for people; the uuid when absent.', mutable: true }),
    hostname: optional(hostName, {
      help: 'Its name in the domain of its networks, unique in each of them: DNS tells it to others, DHCP to the guest.',
      mutable: true,
    }),
    mode: defaulted(
      oneOf(['vif', 'simulated', 'host', 'internal', 'patch', 'promiscuous', 'remote', 'edge']),
      'vif',
      {
        help: 'vif: a port of a guest; simulated: played by the switch; host: the uplink of its bridge and the host itself; patch: an uplink alone; internal: the host alone; promiscuous: the gateway of a segment to a foreign network; edge: a port whose VLANs are networks, see vlan_translations; remote is stored and gets no traffic yet.',
      },
    ),
    port_name: optional(portName, {
      help: 'The switch port; when absent the port that is named like the uuid.',
      mutable: true,
    }),
    port_number: optional(integer(1, 0xff_ff_ff_00), {
      help: 'The switch port by its OpenFlow number, instead of its name.',
      mutable: true,
    }),
    iface_id: optional(text, {
      help: 'The switch port by its external_ids:iface-id, instead of its name; needs vnetd --ovsdb.',
      mutable: true,
    }),
    trunk_interface: optionalReference('interface', {
      help: 'The interface on whose port it is, in the VLAN vlan_id: a sub-interface, which has no port of its own. Of mode edge: it is a machine behind that, in the VLAN of its network.',
      onDelete: 'cascade',
    }),
    vlan_id: optional(integer(1, 4094), {
      help: 'Its VLAN on the port of the trunk_interface.',
      mutable: true,
    }),
    owner_datapath: optionalReference('datapath', {
      help: 'The only bridge on which it may appear; any bridge when absent.',
      mutable: true,
      onDelete: 'restrict',
    }),
    network: optionalReference('network', {
      help: 'The network that it belongs to while it has no IP lease.',
      onDelete: 'set null',
    }),
    segment: optionalReference('segment', {
      help: 'The segment in which its MAC addresses are that have no IP lease; that of the network when absent.',
      onDelete: 'set null',
    }),
    enable_routing: defaulted(boolean, false, {
      help: 'Of a guest: it routes, so it may send packets of others with its MAC address, as the next hop (via) of a route does. A leg of a router needs a route only.',
      mutable: true,
    }),
    enable_route_translation: defaulted(boolean, false, {
      help: 'Stored; addresses of routed packets are not translated yet.',
      mutable: true,
    }),
    enable_filtering: defaulted(boolean, false, {
      help: 'Stored; what goes in and out is not filtered yet.',
      aliases: ['ingress_filtering_enabled'],
      mutable: true,
    }),
  },
  parameters: {
    mac_address: { kind: mac, help: 'Makes a MAC lease; allocated for a simulated interface when absent.' },
    mac_range_group_uuid: {
      kind: text,
      to: 'mac_range_group',
      help: 'Makes a MAC lease with an address of the group.',
    },
    ipv4_address: {
      kind: ipv4OrAuto,
      help: 'Makes an IP lease in the network, auto with a free address; needs network_uuid.',
    },
    ipv6_address: {
      kind: ipv6OrAuto,
      help: 'The same with an IPv6 address; auto: the one that guests make of their MAC address where they do, else a free one.',
    },
  },
  computed: {
    sub_interfaces: {
      kind: text,
      help: 'Interfaces on its port: sub-interfaces of a trunk, machines behind an edge.',
      nullable: false,
      isPlain: true,
    },
  },
  unique: [
    ['port_name', 'owner_datapath_id'],
    ['port_number', 'owner_datapath_id'],
    ['iface_id'],
    ['trunk_interface_id', 'vlan_id'],
  ],
})
