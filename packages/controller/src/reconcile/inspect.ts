/**
 * Compares what a switch holds of ours with what it is known to hold, without keeping it. Somebody else may have
 * changed it: groups, meters and the number of flows are cheap enough to look at every few seconds, each flow is not always.
 */
import type { AggregateStatsRequest } from '@openvnet/openflow'
import { flowKey, flowValue } from '../pipeline/identity.ts'
import type { Channel } from './channel.ts'
import { OURS, readFlows, readGroups, readMeters } from './dump.ts'
import { emptyInstalled, type Installed, isOurs } from './installed.ts'

const COUNT: AggregateStatsRequest = { type: 'aggregate', ...OURS }

/** What was found at a switch. */
export interface Inspection {
  /** Number of flows, groups and meters. */
  readonly flows: number
  readonly groups: number
  readonly meters: number
  /** How many of them have another content than they had, or are new; flows only if they were read. */
  readonly different: number
}

function countDifferent(found: ReadonlyMap<number, string>, known: ReadonlyMap<number, string>): number {
  let different = 0
  for (const [id, value] of found) if (known.get(id) !== value) different += 1
  return different
}

async function countFlows(channel: Channel): Promise<number> {
  let flows = 0
  await channel.multipart(COUNT, (body) => {
    if (body.type === 'aggregate') flows = body.flow_count
  })
  return flows
}

async function compareFlows(channel: Channel, installed: Installed) {
  let flows = 0
  let different = 0
  await readFlows(channel, installed.flows.size, (part) => {
    for (const flow of part.filter(isOurs)) {
      flows += 1
      const key = flowKey(flow.table_id, flow.priority, flow.match)
      if (installed.flows.get(key) !== flowValue(flow)) different += 1
    }
  })
  return { flows, different }
}

/**
 * @param eachFlow whether to read the flows; else they are counted
 * @throws as `Channel.multipart`
 */
export async function inspect(
  channel: Channel,
  installed: Installed,
  eachFlow: boolean,
): Promise<Inspection> {
  const found = emptyInstalled()
  await readGroups(channel, found)
  await readMeters(channel, found)
  const { flows, different } = eachFlow
    ? await compareFlows(channel, installed)
    : { flows: await countFlows(channel), different: 0 }
  return {
    flows,
    groups: found.groups.size,
    meters: found.meters.size,
    different:
      different +
      countDifferent(found.groups, installed.groups) +
      countDifferent(found.meters, installed.meters),
  }
}

/** Whether the switch holds what it is known to hold, as far as was looked. */
export const agrees = ({ flows, groups, meters, different }: Inspection, installed: Installed): boolean =>
  flows === installed.flows.size &&
  groups === installed.groups.size &&
  meters === installed.meters.size &&
  different === 0
