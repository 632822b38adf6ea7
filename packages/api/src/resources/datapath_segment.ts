/** A segment on a datapath has a MAC address by which other hosts reach it there. */
import type { Behaviour } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { internalMac } from '../rules/internal_mac.ts'
import { keptByTopologies } from '../rules/kept_by_topologies.ts'

export const datapathSegment: Behaviour<'datapath_segment'> = {
  complete: (work, { values }) => {
    const datapath = uuidOf(work, 'datapath', values.datapath_id as number)
    const segment = uuidOf(work, 'segment', values.segment_id as number)
    return { mac_address: internalMac(work, values.mac_address, `${datapath}/${segment}`) }
  },
  ...keptByTopologies('datapath_segment'),
}
