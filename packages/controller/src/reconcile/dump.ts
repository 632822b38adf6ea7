/**
 * Asks a switch what it holds of ours (OpenFlow 1.3.5 §7.3.5.2, .3, .9 and .13). Flows are asked for by cookie, so those
 * of others do not even travel; groups and meters cannot be, and are sorted out here.
 */
import type { FlowStats, FlowStatsRequest } from '@openvnet/openflow'
import { OFPG, OFPM, OFPP, OFPTT, OpenFlowError } from '@openvnet/openflow'
import { COOKIE_BRAND, COOKIE_BRAND_MASK } from '../pipeline/cookie.ts'
import type { Tables } from '../pipeline/flow.ts'
import type { Channel } from './channel.ts'
import { emptyInstalled, type Installed, recordFlows, recordGroups, recordMeters } from './installed.ts'

/** The fields of a request for flows of ours. */
export const OURS = {
  table_id: OFPTT.ALL,
  out_port: OFPP.ANY,
  out_group: OFPG.ANY,
  cookie: COOKIE_BRAND,
  cookie_mask: COOKIE_BRAND_MASK,
  match: [],
} as const
const FLOWS: FlowStatsRequest = { type: 'flow', ...OURS }

/** Twice what the largest site needs, in a gigabyte's third; where more is wanted, more may be there. */
const MAX_FLOWS = 300_000
const MAX_GROUPS = 100_000
/** As many as the userspace datapath of Open vSwitch has. */
const MAX_METERS = 262_144
const MAX_TIMES_WANTED = 4

/** @throws for a switch that tells of flows without end */
function refuseEndless(flows: number, wanted: number): void {
  const maxFlows = Math.max(MAX_FLOWS, MAX_TIMES_WANTED * wanted)
  if (flows > maxFlows) throw new Error(`it says to have more than ${maxFlows} flows of ours`)
}

/** Takes over all groups of ours. @throws as `Channel.multipart` */
export async function readGroups(channel: Channel, into: Installed): Promise<void> {
  await channel.multipart({ type: 'group_desc' }, (body) => {
    if (body.type === 'group_desc') recordGroups(into, body.groups)
    if (into.groups.size > MAX_GROUPS)
      throw new Error(`it says to have more than ${MAX_GROUPS} groups of ours`)
  })
}

/** Takes over all meters of ours; a switch that refuses the question has none. @throws as `Channel.multipart` */
export async function readMeters(channel: Channel, into: Installed): Promise<void> {
  try {
    await channel.multipart({ type: 'meter_config', meter_id: OFPM.ALL }, (body) => {
      if (body.type === 'meter_config') recordMeters(into, body.meters)
      if (into.meters.size > MAX_METERS)
        throw new Error(`it says to have more than ${MAX_METERS} meters of ours`)
    })
  } catch (error) {
    if (!(error instanceof OpenFlowError)) throw error
  }
}

/**
 * Hands over all flows of ours, part by part.
 * @param wanted how many it should hold
 * @throws as `Channel.multipart`
 */
export async function readFlows(
  channel: Channel,
  wanted: number,
  onFlows: (flows: readonly FlowStats[]) => void,
): Promise<void> {
  let count = 0
  await channel.multipart(FLOWS, (body) => {
    if (body.type !== 'flow') return
    count += body.flows.length
    refuseEndless(count, wanted)
    onFlows(body.flows)
  })
}

/**
 * All flows, groups and meters of ours.
 * @param desired strings of flows that are as they should be are taken from here instead of kept twice
 * @throws as `Channel.multipart`
 */
export async function dump(channel: Channel, desired?: Tables): Promise<Installed> {
  const installed = emptyInstalled()
  await readGroups(channel, installed)
  await readMeters(channel, installed)
  await readFlows(channel, desired?.flows.size ?? 0, (flows) => recordFlows(installed, flows, desired))
  return installed
}
