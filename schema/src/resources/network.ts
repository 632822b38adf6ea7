import { defaulted, derived, optional, optionalReference, required } from '../field.ts'
import { ipv4 } from '../kinds/address.ts'
import { boolean, integer, oneOf, text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const network = defineResource({
  name: 'network',
  collection: 'networks',
  model: 'Network',
  prefix: 'nw',
  help: 'An isolated layer-2 domain with its IP subnet.',
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
    ipv4_network: required(ipv4, { help: 'The address of the subnet, e.g. 172.16.1.0.' }),
    ipv4_prefix: defaulted(integer(1, 32), 24, { help: 'The prefix length of the subnet.' }),
    vlan_id: optional(integer(1, 4094), {
      help: 'The VLAN in which a physical network leaves through uplinks; untagged when absent.',
      mutable: true,
    }),
    mtu: optional(integer(576, 65_535), {
      help: 'The MTU of its guests, in octets; what the network between the hosts leaves when absent.',
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
  obsolete: {
    dc_network_uuid: 'the underlay follows from the hosts of a network',
    editable: 'every network can be edited',
  },
})
