/**
 * Guests that route (`enable_routing`): they may send on packets of others, so any IP source goes with their MAC address. What
 * they say about themselves by ARP and neighbour discovery is looked at all the same: of IPv6 `nd/security.ts` does both.
 * Known by the MAC address alone, such an interface must be in one network only.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { setSlice } from '../../pipeline/actions.ts'
import { ETH_TYPE, macNumber } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { freeSegment, interfaceName, onlyNetwork, switchOfMacLease } from '../presence/queries.ts'
import { portSecurityTable } from './tables.ts'

const compileAppliance = (lease: Row<'mac_lease'>, view: View): Compiled => {
  const owner = view.get('interface', lease.interface_id)
  const network = onlyNetwork(lease.interface_id, view)
  if (owner?.enable_routing !== true || owner.mode !== 'vif' || network === undefined) return {}
  if (freeSegment(lease, view) !== null) return {}
  return {
    flows: [
      portSecurityTable.flow({
        priority: PRIORITY.low,
        match: {
          ...{ ingress_interface: owner.id, eth_src: macNumber(lease.mac_address) },
          eth_type: ETH_TYPE.ipv4,
        },
        steps: [setSlice('domain', network)],
        goto: 'router_leg',
        why: () =>
          `${interfaceName(owner.id, view)} routes: it may send packets of others with its MAC ${lease.mac_address}.`,
      }),
    ],
  }
}

export const applianceRules = [
  rule({ name: 'appliance', entity: 'mac_lease', on: switchOfMacLease, compile: compileAppliance }),
]
