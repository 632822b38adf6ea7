/** Ports of guests: which interface and network they are, what they may send, and how packets get out to them. */
import { fromIpAddress, type IpAddress, type Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { output, setSlice } from '../../pipeline/actions.ts'
import { macNumber, matchAddress } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import {
  addressOfLease,
  interfaceName,
  networkName,
  networksOfInterface,
  portOfInterface,
  switchOfInterface,
  switchOfMacLease,
} from '../presence/queries.ts'
import { classifyTable, outputTable, portSecurityTable } from './tables.ts'

const switchOfIpLease = listQuery<string>('switch of IP lease', (id, view) => {
  const lease = view.get('ip_lease', id)
  const owner = lease?.interface_id ?? null
  return owner === null ? [] : view.query(switchOfInterface, owner)
})

/** An interface in one network is known by its port alone; in several, the address it sends with decides. */
const onlyNetwork = (interfaceId: number, view: View): number | undefined => {
  const networks = view.query(networksOfInterface, interfaceId)
  return networks.length === 1 ? networks[0] : undefined
}

const compilePort = (row: Row<'interface'>, view: View): Compiled => {
  const port = view.query(portOfInterface, row.id)
  if (port === null) return {}
  const network = onlyNetwork(row.id, view)
  return {
    flows: [
      classifyTable.flow({
        priority: PRIORITY.ordinary,
        match: { in_port: port.port_no },
        steps: [
          setSlice('ingress_interface', row.id),
          ...(network === undefined ? [] : [setSlice('domain', network)]),
        ],
        goto: 'port_security',
        why: () =>
          `Port ${port.port_no} is ${row.uuid}${network === undefined ? '' : ` in ${networkName(network, view)}`}.`,
      }),
      outputTable.flow({
        priority: PRIORITY.ordinary,
        match: { egress_interface: row.id },
        steps: [output(port.port_no)],
        why: () => `${row.uuid} is behind port ${port.port_no}.`,
      }),
    ],
  }
}

/** Address probes (RFC 5227 §2.1.1) carry the sender's MAC and no IP address. */
const compileProbe = (row: Row<'mac_lease'>, view: View): Compiled => {
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
        goto: 'router_leg',
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
  rule({ name: 'probe', entity: 'mac_lease', on: switchOfMacLease, compile: compileProbe }),
  rule({ name: 'address', entity: 'ip_lease', on: switchOfIpLease, compile: compileAddress }),
]

/** OFPVID_PRESENT: the bit of `vlan_vid` that says that there is a tag. */
const TAGGED = 0x1000

export const portStanding = [
  classifyTable.flow({
    priority: PRIORITY.high,
    match: { vlan_vid: { value: TAGGED, mask: TAGGED } },
    why: 'Guests send untagged frames: a VLAN tag would travel through the network unseen.',
  }),
]
