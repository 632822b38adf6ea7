/** Groups that send a packet once to each of their buckets, each of which has it to itself. */
import type { Bucket } from '@openvnet/openflow'

export const OFPGT_ALL = 0
/** OFPP_ANY and OFPG_ANY: what a bucket of such a group says it watches. */
const NOT_WATCHED = 0xffff_ffff

export const bucketOf = (actions: Bucket['actions']): Bucket => ({
  weight: 0,
  watch_port: NOT_WATCHED,
  watch_group: NOT_WATCHED,
  actions,
})
