/** Counters and abilities of groups as `ovs-ofctl dump-group-stats` and `dump-group-features` print them. */
import type { GroupFeatures, GroupStats } from '../types/message.ts'
import { actionNames } from './action-names.ts'
import { duration, hex, paddedHex } from './number.ts'

const UNSUPPORTED = 0xffff_ffff_ffff_ffffn

/** Buckets that the switch does not count are left out. */
export function formatGroupStats(stats: GroupStats): string {
  const buckets = stats.bucket_stats.map((bucket, index) =>
    bucket.packet_count === UNSUPPORTED
      ? ''
      : `,bucket${index}:packet_count=${bucket.packet_count},byte_count=${bucket.byte_count}`,
  )
  return [
    ` group_id=${stats.group_id},duration=${duration(stats.duration_sec, stats.duration_nsec)}`,
    `,ref_count=${stats.ref_count},packet_count=${stats.packet_count},byte_count=${stats.byte_count}`,
    ...buckets,
  ].join('')
}

const TYPES = ['all', 'select', 'indirect', 'fast failover'] as const

export function formatGroupFeatures(features: GroupFeatures): string {
  const types = TYPES.flatMap((name, type) =>
    (features.types & (1 << type)) === 0
      ? []
      : [
          `    ${name} group:`,
          `       max_groups=${hex(features.max_groups[type] ?? 0)}`,
          `       actions: ${formatActionBits(features.actions[type] ?? 0)}`,
        ],
  )
  return [
    '',
    ' Group table:',
    `    Types:  ${paddedHex(features.types, 1)}`,
    `    Capabilities:  ${paddedHex(features.capabilities, 1)}`,
    ...types,
  ].join('\n')
}

function formatActionBits(bits: number): string {
  const ids = Array.from({ length: 32 }, (_, id) => id).filter((id) => ((bits >>> id) & 1) === 1)
  return actionNames(ids)
}
