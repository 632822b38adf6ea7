/** A network on a datapath has a MAC address by which other hosts reach it there. */
import type { Behaviour } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { internalMac } from '../rules/internal_mac.ts'
import { keptByTopologies } from '../rules/kept_by_topologies.ts'

export const datapathNetwork: Behaviour<'datapath_network'> = {
  complete: (work, { values }) => {
    const datapath = uuidOf(work, 'datapath', values.datapath_id as number)
    const network = uuidOf(work, 'network', values.network_id as number)
    return { mac_address: internalMac(work, values.mac_address, `${datapath}/${network}`) }
  },
  ...keptByTopologies('datapath_network'),
}
