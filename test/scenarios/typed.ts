/**
 * The walkthrough as people type it. In 2013 as the scripts of the original's first users did, now in the final
 * spelling. Both mean the rows of `walkthrough.ts`.
 */
import { GUESTS } from './walkthrough.ts'

const API = 'http://127.0.0.1:9090'
const form = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `--data-urlencode ${name}=${value}`)
    .join(' ')
const post = (path: string, fields: Readonly<Record<string, string>>): string =>
  `curl -s -X POST ${form(fields)} ${API}/api/${path}`

const NETWORK_2013 = [
  { n: 1, subnet: '172.16.1.0', domain: 'dom1' },
  { n: 2, subnet: '172.16.2.0', domain: 'dom1' },
  { n: 3, subnet: '172.16.1.0', domain: 'dom2' },
]
const networkOf = (guest: number): number => Math.ceil(guest / 2)
const addressOf = (cidr: string): string => cidr.split('/')[0]!

export const TYPED_IN_2013: readonly string[] = [
  'vnctl datapath add --uuid dp-br0 --display-name=br0 --dc-segment-id=seg1 --dpid=0x000002fdee8e0a44 --ipv4-address=192.168.122.207 --node-id=vnet3',
  ...NETWORK_2013.flatMap(({ n, subnet, domain }) => [
    `vnctl network add --uuid nw-net${n} --display-name=net${n} --ipv4-network=${subnet} --ipv4-prefix=24 --domain-name=${domain} --network-mode=virtual`,
    `vnctl datapath networks add dp-br0 nw-net${n} --broadcast-mac-address=08:00:27:10:03:0${n}`,
  ]),
  ...GUESTS.map(
    ({ port, mac, address }, index) =>
      `vnctl interface add --uuid=${port} --ipv4-address=${addressOf(address)} --network-uuid=nw-net${networkOf(index + 1)} --mac-address=${mac}`,
  ),
  post('interfaces', {
    uuid: 'if-vnet1gw',
    network_uuid: 'nw-net1',
    mac_address: '52:54:00:74:00:00',
    ipv4_address: '172.16.1.254',
    mode: 'simulated',
  }),
  post('interfaces', {
    uuid: 'if-vnet2gw',
    network_uuid: 'nw-net2',
    mac_address: '52:54:00:74:22:22',
    ipv4_address: '172.16.2.254',
    mode: 'simulated',
  }),
  'vnctl network_service add --uuid=ns-vnet1gw --interface-uuid=if-vnet1gw --display-name=router',
  'vnctl network_service add --uuid=ns-vnet2gw --interface-uuid=if-vnet2gw --display-name=router',
  'vnctl route_link add --uuid=rl-vnetlink1 --mac-address=52:54:00:60:11:11',
  post('datapaths/dp-br0/route_links/rl-vnetlink1', {
    route_link_uuid: 'rl-vnetlink1',
    mac_address: '08:00:27:20:01:01',
  }),
  post('routes', {
    uuid: 'r-vnet1',
    interface_uuid: 'if-vnet1gw',
    route_link_uuid: 'rl-vnetlink1',
    ipv4_network: '172.16.1.0',
  }),
  post('routes', {
    uuid: 'r-vnet2',
    interface_uuid: 'if-vnet2gw',
    route_link_uuid: 'rl-vnetlink1',
    ipv4_network: '172.16.2.0',
  }),
]

const json = (path: string, body: Readonly<Record<string, unknown>>): string =>
  `curl -s -H 'Content-Type: application/json' -d '${JSON.stringify(body)}' ${API}/api/1.0/${path}`

export const TYPED_NETWORKS: readonly string[] = NETWORK_2013.map(
  ({ n, subnet }) =>
    `vnctl networks add --uuid nw-net${n} --display-name net${n} --ipv4-network ${subnet} --ipv4-prefix 24 --mode virtual`,
)
export const TYPED_GUESTS: readonly string[] = GUESTS.map(
  ({ port, mac, address }, index) =>
    `vnctl interfaces add --uuid ${port} --network-uuid nw-net${networkOf(index + 1)} --mac-address ${mac} --ipv4-address ${addressOf(address)}`,
)
export const TYPED_ROUTER: readonly string[] = [
  'vnctl interfaces add --uuid if-vnet1gw --mode simulated --network-uuid nw-net1 --mac-address 52:54:00:74:00:00 --ipv4-address 172.16.1.254',
  'vnctl interfaces add --uuid if-vnet2gw --mode simulated --network-uuid nw-net2 --mac-address 52:54:00:74:22:22 --ipv4-address 172.16.2.254',
  'vnctl route-links add --uuid rl-vnetlink1',
  'vnctl routes add --uuid r-vnet1 --interface-uuid if-vnet1gw --route-link-uuid rl-vnetlink1',
  json('routes', { uuid: 'r-vnet2', interface_uuid: 'if-vnet2gw', route_link_uuid: 'rl-vnetlink1' }),
]
export const TYPED_TODAY: readonly string[] = [...TYPED_NETWORKS, ...TYPED_GUESTS, ...TYPED_ROUTER]
