/**
 * The way out of a bridge into physical networks and segments, and out of a virtual segment at its gateway. What is for
 * nobody on the bridge leaves through the uplink, with the tag of the network or segment; what came from there is not sent back, as no switch sends a packet out of the port that it came from.
 * The host itself gets what might be for it: its MAC address need not be known.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { ANY_TAG, output, pushVlan } from '../../pipeline/actions.ts'
import { MULTICAST_BIT } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { domainName, domainsOfInterface, portOfInterface } from '../presence/queries.ts'
import { type CarriedDomain, domainsOfUplink, switchOfUplink, uplinkOf } from './queries.ts'
import { uplinkTable } from './tables.ts'

/** Port of the host, where it is in the domain and its MAC address is not known. */
const unknownHost = (row: Row<'interface'>, domain: number, view: View): number | undefined => {
  if (row.mode !== 'host' || view.list('mac_lease.interface_id', row.id).length > 0) return undefined
  const isIn = view.query(domainsOfInterface, row.id).includes(domain)
  return isIn ? view.query(portOfInterface, row.id)?.port_no : undefined
}

const compileUplink = (row: Row<'interface'>, view: View): Compiled => {
  const uplink = view.query(uplinkOf, row.id)
  if (uplink === null) return {}
  const out = ({ vlan_id }: CarriedDomain) => [
    ...(vlan_id === null ? [] : [pushVlan(vlan_id)]),
    output(uplink.port_no),
  ]
  return {
    flows: (view.query(domainsOfUplink, row.id) ?? []).flatMap((carried) => {
      const { domain } = carried
      const host = unknownHost(row, domain, view)
      return [
        uplinkTable.flow({
          priority: PRIORITY.ordinary,
          match: { domain, eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT } },
          steps: out(carried),
          why: () => `Broadcast and multicast in ${domainName(domain, view)} leave by ${row.uuid}.`,
        }),
        uplinkTable.flow({
          priority: PRIORITY.low,
          match: { domain },
          steps: [...(host === undefined ? [] : [output(host)]), ...out(carried)],
          why: () =>
            `What nobody on this bridge has in ${domainName(domain, view)} leaves by ${row.uuid}${host === undefined ? '' : ', and may be for the host'}.`,
        }),
      ]
    }),
  }
}

export const uplinkRules = [
  rule({ name: 'uplink', entity: 'interface', on: switchOfUplink, compile: compileUplink }),
]

export const uplinkStanding = [
  uplinkTable.flow({
    priority: PRIORITY.high,
    match: { vlan_vid: ANY_TAG },
    why: 'Outside, the VLAN tag of a guest would be that of another network.',
  }),
]
