/**
 * What the original's `vnctl` could say, in its last version and in that of 2013 (openvnet.md §2.1, §2.2): each command with
 * each of its options is typed against a live server, in the original's spelling, and taken.
 */
import t from 'tap'
import { serve } from './server.ts'

/** Command → its options, as the original listed them. */
const FINAL: Readonly<Record<string, string>> = {
  'datapaths add': 'uuid display_name dpid node_id enable_ovs_learn_action',
  'datapaths modify': 'display_name enable_ovs_learn_action',
  'datapaths networks add': 'interface_uuid mac_address',
  'datapaths segments add': 'interface_uuid mac_address',
  'datapaths route_links add': 'interface_uuid mac_address',
  'networks add':
    'uuid display_name domain_name mode network_mode ipv4_network ipv4_prefix segment_uuid topology_uuid',
  'networks modify': 'display_name domain_name',
  'segments add': 'uuid mode topology_uuid',
  'interfaces add':
    'uuid mode owner_datapath_uuid network_uuid segment_uuid mac_address ipv4_address port_name enable_routing ' +
    'enable_route_translation enable_filtering',
  'interfaces modify': 'enable_routing enable_route_translation enable_filtering owner_datapath_uuid',
  'interfaces rename': 'new_uuid',
  'interfaces ports add': 'datapath_uuid port_name singular',
  'interfaces ports del': 'datapath_uuid port_name',
  'interfaces networks modify': 'static',
  'interfaces segments modify': 'static',
  'interfaces route_links modify': 'static',
  'mac_leases add': 'uuid interface_uuid mac_address segment_uuid',
  'mac_leases modify': 'interface_uuid',
  'ip_leases add': 'uuid ipv4_address network_uuid interface_uuid mac_lease_uuid enable_routing',
  'ip_leases modify': 'enable_routing',
  'ip_leases attach': 'interface_uuid mac_lease_uuid',
  'ip_leases release': '',
  'ip_lease_containers add': 'uuid',
  'ip_retention_containers add': 'uuid lease_time grace_time',
  'ip_range_groups add': 'uuid allocation_type',
  'ip_range_groups modify': 'allocation_type',
  'ip_range_groups ip_ranges add': 'uuid begin_ipv4_address end_ipv4_address',
  'mac_range_groups add': 'uuid allocation_type',
  'mac_range_groups mac_ranges add': 'uuid begin_mac_address end_mac_address',
  'lease_policies add': 'uuid mode timing',
  'lease_policies modify': 'timing',
  'lease_policies networks add': 'ip_range_group_uuid',
  'lease_policies interfaces add': '',
  'lease_policies ip_lease_containers add': '',
  'lease_policies ip_retention_containers add': '',
  'network_services add': 'uuid display_name interface_uuid incoming_port outgoing_port mode type',
  'network_services modify': 'display_name',
  'dns_services add': 'uuid network_service_uuid public_dns',
  'dns_services modify': 'public_dns',
  'dns_services dns_records add': 'uuid name ipv4_address',
  'route_links add': 'uuid mac_address topology_uuid',
  'routes add': 'uuid interface_uuid network_uuid route_link_uuid ipv4_network ipv4_prefix ingress egress',
  'filters add': 'uuid interface_uuid mode ingress_passthrough egress_passthrough',
  'filters modify': 'ingress_passthrough egress_passthrough',
  'filters static add': 'protocol src_address dst_address src_port dst_port action',
  'filters static del': 'protocol src_address dst_address src_port dst_port action',
  'translations add': 'uuid interface_uuid mode passthrough',
  'translations static_address add':
    'ingress_ipv4_address egress_ipv4_address ingress_port_number egress_port_number route_link_uuid ' +
    'ingress_network_uuid egress_network_uuid',
  'translations static_address del':
    'ingress_ipv4_address egress_ipv4_address ingress_port_number egress_port_number route_link_uuid',
  'topologies add': 'uuid mode',
  'topologies datapaths add': 'interface_uuid ip_lease_uuid',
  'topologies networks add': '',
  'topologies segments add': '',
  'topologies route_links add': '',
  'topologies mac_range_groups add': '',
  'topologies underlays add': '',
}

/** In an order in which what is named is there. */
const LINES = `topologies add --uuid topo-over --mode simple_overlay
topologies add --uuid topo-under --mode simple_underlay
datapaths add --uuid dp-a --display_name a --dpid 0x000002fdee8e0a44 --node_id vna1 --enable_ovs_learn_action true
datapaths modify dp-a --display-name b --no-enable-ovs-learn-action
segments add --uuid seg-a --mode virtual --topology_uuid topo-over
networks add --uuid nw-a --display_name a --domain_name dom --mode virtual --ipv4_network 10.0.0.0 --ipv4_prefix 24 --segment_uuid seg-a --topology_uuid topo-over
networks add --uuid nw-b --network_mode virtual --ipv4-network=10.1.0.0
networks modify nw-a --display_name x --domain_name y
interfaces add --uuid if-h --mode host --owner_datapath_uuid dp-a --network_uuid nw-b --mac_address 52:54:00:00:00:01 --ipv4_address 10.1.0.9 --port_name eth0
interfaces add --uuid if-a --mode vif --network_uuid nw-a --segment_uuid seg-a --mac_address 52:54:00:00:00:02 --ipv4_address 10.0.0.2 --enable_routing --enable_route_translation false --no-enable_filtering
interfaces add --uuid if-gw --mode simulated --network_uuid nw-a --ipv4_address 10.0.0.254 --mac_address 52:54:00:74:00:00
interfaces modify if-a --enable_routing true --enable_route_translation true --enable_filtering true --owner_datapath_uuid dp-a
interfaces modify if-a --owner_datapath_uuid=
interfaces ports add if-gw --datapath_uuid dp-a --port_name eth9 --singular true
interfaces ports show if-gw
interfaces ports del if-gw --datapath_uuid dp-a --port_name eth9
interfaces rename if-a --new_uuid if-z
route_links add --uuid rl-a --mac_address 52:54:00:60:11:11 --topology_uuid topo-over
interfaces networks modify if-z nw-b --static true
interfaces networks show if-z
interfaces segments modify if-z seg-a --static true
interfaces segments show if-z
interfaces route_links modify if-z rl-a --static true
interfaces route_links show if-z
mac_leases add --uuid ml-a --interface_uuid if-z --mac_address 52:54:00:00:00:03 --segment_uuid seg-a
mac_leases modify ml-a --interface_uuid if-z
ip_leases add --uuid il-a --ipv4_address 10.0.0.7 --network_uuid nw-a --interface_uuid if-z --mac_lease_uuid ml-a --enable_routing true
ip_leases modify il-a --enable_routing false
ip_leases release il-a
ip_leases attach il-a --interface_uuid if-z --mac_lease_uuid ml-a
ip_lease_containers add --uuid ilc-a
ip_lease_containers ip_leases ilc-a
ip_retention_containers add --uuid irc-a --lease_time 60 --grace_time 60
ip_retention_containers ip_retentions irc-a
ip_range_groups add --uuid iprg-a --allocation_type incremental
ip_range_groups modify iprg-a --allocation_type decremental
ip_range_groups ip_ranges add iprg-a --uuid ipr-a --begin_ipv4_address 10.0.0.10 --end_ipv4_address 10.0.0.20
ip_range_groups ip_ranges show iprg-a
mac_range_groups add --uuid mrg-a --allocation_type random
mac_range_groups mac_ranges add mrg-a --uuid mr-a --begin_mac_address 52:54:00:01:00:00 --end_mac_address 52:54:00:01:00:ff
mac_range_groups mac_ranges show mrg-a
lease_policies add --uuid lp-a --mode simple --timing immediate
lease_policies networks add lp-a nw-a --ip_range_group_uuid iprg-a
lease_policies ip_lease_containers add lp-a ilc-a
lease_policies ip_retention_containers add lp-a irc-a
lease_policies interfaces add lp-a if-z
lease_policies networks show lp-a --limit 10 --offset 0
lease_policies modify lp-a --timing dhcp
network_services add --uuid ns-a --display_name dns --interface_uuid if-gw --incoming_port 53 --outgoing_port 53 --mode dns
network_services add --uuid ns-b --type dhcp
network_services modify ns-a --display_name x
dns_services add --uuid dnss-a --network_service_uuid ns-a --public_dns 10.0.0.53,10.0.1.53
dns_services modify dnss-a --public_dns 10.0.0.53
dns_services dns_records add dnss-a --uuid dnsr-a --name www --ipv4_address 10.0.0.2
dns_services dns_records show dnss-a
routes add --uuid r-a --interface_uuid if-gw --network_uuid nw-a --route_link_uuid rl-a --ipv4_network 10.0.0.0 --ipv4_prefix 24 --ingress true --egress true
filters add --uuid fil-a --interface_uuid if-z --mode static --ingress_passthrough true --egress_passthrough false
filters modify fil-a --ingress_passthrough false --egress_passthrough true
filters static add fil-a --protocol tcp --src_address 10.0.0.0/24 --dst_address 10.0.0.2 --src_port 0 --dst_port 80 --action pass
filters static show fil-a
filters static del fil-a --protocol tcp --src_address 10.0.0.0/24 --dst_address 10.0.0.2 --src_port 0 --dst_port 80 --action pass
translations add --uuid tr-a --interface_uuid if-gw --mode static_address --passthrough true
translations static_address add tr-a --ingress_ipv4_address 203.0.113.1 --egress_ipv4_address 10.0.0.2 --ingress_port_number 80 --egress_port_number 80 --route_link_uuid rl-a --ingress_network_uuid nw-b --egress_network_uuid nw-a
translations static_address show tr-a
translations static_address del tr-a --ingress_ipv4_address 203.0.113.1 --egress_ipv4_address 10.0.0.2 --ingress_port_number 80 --egress_port_number 80 --route_link_uuid rl-a
datapaths networks add dp-a nw-b --interface_uuid if-h --mac_address 08:00:27:10:03:01
datapaths segments add dp-a seg-a --interface_uuid if-h --mac_address 08:00:27:10:03:02
datapaths route_links add dp-a rl-a --interface_uuid if-h --mac_address 08:00:27:10:03:03
datapaths networks show dp-a
topologies datapaths add topo-under dp-a --interface_uuid if-h --ip_lease_uuid LEASE
topologies networks add topo-over nw-b
topologies segments del topo-over seg-a
topologies segments add topo-over seg-a
topologies route_links del topo-over rl-a
topologies route_links add topo-over rl-a
topologies mac_range_groups add topo-under mrg-a
topologies underlays add topo-over topo-under
topologies underlays show topo-over
topologies underlays del topo-over topo-under
datapaths networks del dp-a nw-b
networks show nw-a nw-b
networks show --limit 1 --offset 1
routes del r-a
topologies del topo-over topo-under`

/** §2.2: the namespaces are singular, and what means nothing today is taken and said to mean nothing. */
const OF_2013 = `datapath add --uuid=dp-br0 --display-name=br0 --dpid=000002fdee8e0a44 --node-id=vnet3 --dc-segment-id=1 --ipv4-address=192.168.122.207 --is_connected
network add --uuid=nw-net1 --display-name=net1 --ipv4-network=172.16.1.0 --ipv4-prefix=24 --domain-name=dom1 --network-mode=virtual --dc_network_uuid=x --editable
network dhcp_ranges add nw-net1 172.16.1.10 172.16.1.20
datapath networks add dp-br0 nw-net1 --broadcast-mac-address=08:00:27:10:03:01
interface add --uuid=if-veth1 --ipv4-address=172.16.1.1 --network-uuid=nw-net1 --mac-address=52:54:00:0d:84:01
interface add --uuid=if-gw --ipv4-address=172.16.1.254 --network-uuid=nw-net1 --mac-address=52:54:00:74:00:00 --mode=simulated
network_service add --uuid=ns-gw --interface-uuid=if-gw --display-name=router
route_link add --uuid=rl-link1 --mac-address=52:54:00:60:11:11
datapath route_links add dp-br0 rl-link1 --mac-address=08:00:27:20:01:01
datapath route_links del dp-br0 rl-link1
datapath route_links add dp-br0 rl-link1 --link-mac-address=08:00:27:20:01:01
route add --uuid=r-1 --interface-uuid=if-gw --route-link-uuid=rl-link1 --ipv4-address=172.16.1.0 --ipv4-prefix=24
security_group add --display_name=web --description=x --rules=tcp:22:0.0.0.0/0 --uuid=sg-web
interface security_groups add if-veth1 sg-web
datapath show
mac_lease show
ip_lease show
translation show`

const namesIn = (line: string): string[] =>
  [...line.matchAll(/ --(?:no-)?([a-z0-9_-]+)/g)].map(([, name = '']) => name.replaceAll('-', '_'))

t.test('the lines below name every command and option of the last version', async (t) => {
  for (const [command, options] of Object.entries(FINAL)) {
    const lines = LINES.split('\n').filter((line) => line.startsWith(`${command} `))
    t.not(lines.length, 0, command)
    const typed = new Set(lines.flatMap(namesIn))
    for (const name of options.split(' ').filter((one) => one !== ''))
      t.ok(typed.has(name), `${command} --${name}`)
  }
})

for (const [version, lines] of [
  ['the last version', LINES],
  ['2013', OF_2013],
] as const) {
  t.test(`every line of ${version} is taken`, async (t) => {
    const { here, json } = await serve(t)
    for (const line of lines.split('\n')) {
      const { mac_leases: leases = [] } = line.includes('LEASE')
        ? ((await json('interfaces show if-h')) as { mac_leases: { ip_leases: { uuid: string }[] }[] })
        : {}
      const { code, stderr } = await here(line.replace('LEASE', leases[0]?.ip_leases[0]?.uuid ?? ''))
      t.equal(code, 0, `${line}: ${stderr}`)
      const hyphened = line.replace(/^\w+/, (word) => word.replaceAll('_', '-'))
      if (line.includes(' show')) t.equal((await here(hyphened)).code, 0, hyphened)
    }
  })
}
