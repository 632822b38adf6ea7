/**
 * Asks a switch what it holds of ours (OpenFlow 1.3.5 §7.3.5.2, .3 and .9). Flows are asked for by cookie, so those
 * of others do not even travel; groups cannot be, and are sorted out here.
 */
import type { AggregateStatsRequest, FlowStatsRequest } from '@openvnet/openflow'
import { OFPG, OFPP, OFPTT } from '@openvnet/openflow'
import { COOKIE_BRAND, COOKIE_BRAND_MASK } from '../pipeline/cookie.ts'
import type { Tables } from '../pipeline/flow.ts'
import type { Channel } from './channel.ts'
import { emptyInstalled, type Installed, recordFlows, recordGroups } from './installed.ts'

const OURS = {
  table_id: OFPTT.ALL,
  out_port: OFPP.ANY,
  out_group: OFPG.ANY,
  cookie: COOKIE_BRAND,
  cookie_mask: COOKIE_BRAND_MASK,
  match: [],
} as const
const FLOWS: FlowStatsRequest = { type: 'flow', ...OURS }
const COUNT: AggregateStatsRequest = { type: 'aggregate', ...OURS }

/** Twice what the largest site needs, in a gigabyte's third; where more is wanted, more may be there. */
const MAX_FLOWS = 300_000
const MAX_GROUPS = 100_000
const MAX_TIMES_WANTED = 4

/** @throws for a switch that tells of flows or groups without end */
function refuseEndless({ flows, groups }: Installed, desired?: Tables): void {
  const maxFlows = Math.max(MAX_FLOWS, MAX_TIMES_WANTED * (desired?.flows.size ?? 0))
  if (flows.size > maxFlows) throw new Error(`it says to have more than ${maxFlows} flows of ours`)
  if (groups.size > MAX_GROUPS) throw new Error(`it says to have more than ${MAX_GROUPS} groups of ours`)
}

async function readGroups(channel: Channel, into: Installed): Promise<void> {
  await channel.multipart({ type: 'group_desc' }, (body) => {
    if (body.type === 'group_desc') recordGroups(into, body.groups)
    refuseEndless(into)
  })
}

/**
 * All flows and groups of ours.
 * @param desired strings of flows that are as they should be are taken from here instead of kept twice
 * @throws as `Channel.multipart`
 */
export async function dump(channel: Channel, desired?: Tables): Promise<Installed> {
  const installed = emptyInstalled()
  await readGroups(channel, installed)
  await channel.multipart(FLOWS, (body) => {
    if (body.type === 'flow') recordFlows(installed, body.flows, desired)
    refuseEndless(installed, desired)
  })
  return installed
}

/** What an audit looks at. */
export interface Digest {
  readonly flows: number
  /** Values by group id. */
  readonly groups: ReadonlyMap<number, string>
}

/** The number of our flows, and our groups: cheap enough to ask every few seconds. @throws as `Channel.multipart` */
export async function digest(channel: Channel): Promise<Digest> {
  const found = emptyInstalled()
  let flows = 0
  await readGroups(channel, found)
  await channel.multipart(COUNT, (body) => {
    if (body.type === 'aggregate') flows = body.flow_count
  })
  return { flows, groups: found.groups }
}

/** Whether a digest can be that of what is installed. */
export function agrees({ flows, groups }: Digest, installed: Installed): boolean {
  if (flows !== installed.flows.size || groups.size !== installed.groups.size) return false
  for (const [group_id, value] of groups) if (installed.groups.get(group_id) !== value) return false
  return true
}
