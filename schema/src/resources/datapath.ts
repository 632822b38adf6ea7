import { defaulted, derived, optional, required } from '../field.ts'
import { dpid, ipv4, ipv6 } from '../kinds/address.ts'
import { ovsdbRemote } from '../kinds/ovsdb_remote.ts'
import { boolean, integer, text } from '../kinds/scalar.ts'
import { transport } from '../kinds/transport.ts'
import { defineResource } from '../resource.ts'

export const datapath = defineResource({
  name: 'datapath',
  collection: 'datapaths',
  model: 'Datapath',
  prefix: 'dp',
  help: 'A bridge, known by its datapath id. Not needed: an unknown bridge that connects is adopted.',
  fields: {
    display_name: derived(text, { help: 'A name for people; the uuid when absent.', mutable: true }),
    dpid: required(dpid, { help: 'The datapath id of the bridge.' }),
    node_id: optional(text, { help: 'The controller node of the original; kept, not used.' }),
    ipv4_address: optional(ipv4, {
      help: 'The address of the host, endpoint of its tunnels.',
      mutable: true,
    }),
    ipv6_address: optional(ipv6, {
      help: 'The IPv6 address of the host, endpoint of its tunnels.',
      mutable: true,
    }),
    transport: optional(transport, {
      help: 'How packets get to other bridges; as its topology says when absent, else vxlan.',
      mutable: true,
    }),
    mtu: optional(integer(576, 65_535), {
      help: 'The MTU of the network between the hosts, in octets; 1500 when absent.',
      mutable: true,
    }),
    ovsdb: optional(ovsdbRemote, {
      help: 'The database of its Open vSwitch, which vnetd connects to: tcp:HOST:PORT or ssl:HOST:PORT, beside vnetd --ovsdb.',
      mutable: true,
    }),
    enable_ovs_learn_action: defaulted(boolean, true, {
      help: 'Kept for clients of the original.',
      mutable: true,
    }),
  },
  obsolete: {
    dc_segment_id: 'hosts that share a layer-2 segment are found from their addresses',
    dc_segment_uuid: 'hosts that share a layer-2 segment are found from their addresses',
    is_connected: 'GET /api/1.0/status tells which bridges are connected',
  },
  unique: [['dpid']],
})
