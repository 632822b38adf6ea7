/** Groups and meters in the form that their text reads as: without what has no effect and so is not printed. */
import { canonicalActions } from './canonical-action.ts'
import { OFPMF } from './constants.ts'
import type { GroupDesc } from './types/group.ts'
import type { MeterConfig } from './types/meter.ts'

/** Actions as `canonicalActions` has them. */
export function canonicalGroup({ group_type, group_id, buckets }: GroupDesc): GroupDesc {
  return {
    group_type,
    group_id,
    buckets: buckets.map((bucket) => ({ ...bucket, actions: canonicalActions(bucket.actions) })),
  }
}

/** Bands have a `burst_size` only where the flags say so. */
export function canonicalMeter({ flags, meter_id, bands }: MeterConfig): MeterConfig {
  if ((flags & OFPMF.BURST) !== 0) return { flags, meter_id, bands }
  return { flags, meter_id, bands: bands.map((band) => ({ ...band, burst_size: 0 })) }
}
