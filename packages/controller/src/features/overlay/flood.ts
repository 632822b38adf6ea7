/**
 * What is for all goes once to each other switch that has a guest of the domain, through a group, so that the flow stays
 * as it is while switches come and go.
 */
import type { Bucket } from '@openvnet/openflow'
import type { Compiled, GroupDraft } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { sendToGroup, setField } from '../../pipeline/actions.ts'
import { MULTICAST_BIT } from '../../pipeline/addresses.ts'
import { bucketOf, OFPGT_ALL } from '../../pipeline/buckets.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
import { REMOTE_PARTS, remoteFloodGroup } from '../../pipeline/group_space.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { domainName, gatewayOfSegment, switchesOfDomain } from '../presence/queries.ts'
import { type Way, wayToAll } from './egress.ts'
import { keyOf } from './networks.ts'
import { overlayTable } from './tables.ts'

/** Buckets of a group above which it is divided: a group-mod of more than about 900 would not fit into a message. */
const CROWD = 128

/** A switch stays in its part while others come and go. */
const partOf = (dpid: string): number => 1 + Number(BigInt(dpid) % BigInt(REMOTE_PARTS))

/**
 * The groups that send a packet once to each switch. A bucket has the packet to itself: a destination, or an address,
 * that is set for one switch is not there for the next.
 */
export const floodGroups = (
  domain: number,
  name: string,
  ways: readonly (readonly [string, Way])[],
): GroupDraft[] => {
  const why = `The other switches with guests of ${name}.`
  const group = (part: number, buckets: readonly Bucket[], text = why): GroupDraft => ({
    ...{ group_id: remoteFloodGroup(domain, part), group_type: OFPGT_ALL, buckets, why: text },
  })
  const buckets = ways.map(([, { steps }]) => bucketOf(steps.flatMap(({ actions }) => actions)))
  if (buckets.length <= CROWD) return [group(0, buckets)]
  const parts = Map.groupBy(buckets.keys(), (index) => partOf(ways[index]![0]))
  const groups = [...parts]
    .sort(([a], [b]) => a - b)
    .map(([part, indexes]) =>
      group(
        part,
        indexes.map((index) => buckets[index]!),
        `Part ${part} of ${REMOTE_PARTS} of the other switches with guests of ${name}.`,
      ),
    )
  const top = groups.map(({ group_id }) => bucketOf(sendToGroup(group_id).actions))
  return [group(0, top), ...groups]
}

const gatewayIsOn = (dpid: string, domain: number, view: View): boolean => {
  const segment = segmentOfDomain(domain)
  return segment !== null && view.query(gatewayOfSegment, segment)?.dpid === dpid
}

export const floodDomain = (domain: number, view: View, dpid: string): Compiled => {
  const ways = switchesOfDomain(domain, view)
    .filter((other) => other !== dpid)
    .flatMap((other) => {
      const way = wayToAll(domain, dpid, other, view)
      return way === null ? [] : [[other, way] as const]
    })
  if (ways.length === 0) return {}
  return {
    groups: floodGroups(domain, domainName(domain, view), ways),
    flows: [
      overlayTable.flow({
        priority: PRIORITY.low,
        match: { domain, eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT } },
        steps: [setField('tunnel_id', keyOf(domain)), sendToGroup(remoteFloodGroup(domain, 0))],
        // Others are behind the gateway too.
        ...(gatewayIsOn(dpid, domain, view) ? { goto: 'uplink' as const } : {}),
        why: () =>
          `Broadcast and multicast in ${domainName(domain, view)} go once to each other switch with guests of it: ${ways.map(([, { text }]) => text).join(', ')}.`,
      }),
    ],
  }
}
