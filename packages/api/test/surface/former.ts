/** What earlier versions spelt otherwise, and had besides (openvnet.md §1.3). */
import { change, type Endpoint, list, MAC, part, relation, resource } from './endpoint.ts'

export const FORMER: readonly Endpoint[] = [
  {
    call: 'POST datapaths',
    needs: { uuid: 'dp-x', display_name: 'x', dpid: 'a', node_id: 'vnet3' },
    takes: { dc_segment_id: 1, dc_segment_uuid: 'ds-1', ipv4_address: '192.168.122.207', is_connected: true },
    shows: { dpid: null, dc_segment_id: null, dc_segment_uuid: null, is_connected: null },
  },
  ...relation(
    'datapaths/dp-1/networks',
    'nw-2',
    { broadcast_mac_address: MAC },
    { network_uuid: 'nw-2' },
    { broadcast_mac_address: { mac_address: MAC } },
  ),
  ...relation(
    'datapaths/dp-1/segments',
    'seg-1',
    { broadcast_mac_address: MAC },
    {},
    { broadcast_mac_address: { mac_address: MAC } },
  ),
  ...relation(
    'datapaths/dp-1/route_links',
    'rl-1',
    { link_mac_address: MAC },
    { route_link_uuid: 'rl-1' },
    { link_mac_address: { mac_address: MAC } },
  ),
  ...relation('datapaths/dp-1/route_links', 'rl-1', { mac_address: MAC }),
  {
    call: 'POST networks',
    needs: { ipv4_network: '10.9.0.0' },
    takes: { dc_network_uuid: 'dn-1', editable: true },
    shows: { dc_network_uuid: null, editable: null },
  },
  list('networks/nw-1/dhcp_ranges'),
  {
    call: 'POST networks/nw-1/dhcp_ranges',
    needs: { range_begin: '10.0.1.10', range_end: '10.0.1.20' },
    takes: { uuid: 'dr-x' },
  },
  {
    call: 'POST routes',
    needs: { interface_uuid: 'if-sim', route_link_uuid: 'rl-1' },
    takes: { ipv4_address: '10.7.0.0' },
    shows: { '': { network_uuid: 'nw-1', ipv4_prefix: 24 }, ipv4_address: { ipv4_network: '10.7.0.0' } },
  },
  change('routes/r-1', { ingress: true, egress: true }),
  change('route_links/rl-1', {}),
  change('translations/tr-1', { passthrough: false }),
  {
    call: 'PUT translations/tr-1/static_addresses',
    needs: { ingress_ipv4_address: '192.168.0.1', egress_ipv4_address: '10.0.1.1' },
    undo: 'DELETE translations/tr-1/static_address',
  },
  {
    call: 'POST network_services',
    needs: { interface_uuid: 'if-sim', display_name: 'router' },
    shows: { '': { mode: 'router' } },
  },
  { call: 'POST network_services', needs: { type: 'dns' }, shows: { type: { mode: 'dns' } } },
  { call: 'POST interfaces', needs: { mode: 'edge' } },
  {
    call: 'POST interfaces',
    needs: { ingress_filtering_enabled: true },
    shows: { ingress_filtering_enabled: { enable_filtering: true } },
  },
  change(
    'interfaces/if-1',
    { ingress_filtering_enabled: false },
    { ingress_filtering_enabled: { enable_filtering: false } },
  ),
  { call: 'POST translations', needs: { interface_uuid: 'if-1', mode: 'vnet_edge' } },
  ...resource(
    'vlan_translations',
    'vt-x',
    { translation_uuid: 'tr-edge', network_uuid: 'nw-1' },
    { mac_address: MAC, vlan_id: '100' },
    { vlan_id: { vlan_id: 100 } },
  ),
  change('vlan_translations/vt-1', { mac_address: MAC, vlan_id: 4094 }),
  ...resource(
    'security_groups',
    'sg-x',
    { display_name: 'x' },
    { description: 'y', rules: 'tcp:22:0.0.0.0/0' },
  ),
  change(
    'security_groups/sg-1',
    { display_name: 'one', description: '', rules: '# none\nicmp:-1:10.0.0.0/8, udp:53:sg-1\r\n' },
    { description: { description: null } },
  ),
  ...relation('security_groups/sg-1/interfaces', 'if-1'),
  ...relation('interfaces/if-1/security_groups', 'sg-1'),
  ...part(
    'filters/fil-1/static',
    { protocol: 'tcp', ipv4_address: '10.0.0.0/8', port_number: 22, passthrough: true },
    {},
    {
      ipv4_address: { src_address: '10.0.0.0' },
      port_number: { dst_port: 22 },
      passthrough: { action: 'pass' },
    },
  ),
]
