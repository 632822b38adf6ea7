/**
 * What one switch is known to hold of ours: key → value, strings and numbers only.
 *
 * Filled from a dump, then changed only by what the switch acknowledged; thrown away when an outcome is unknown.
 */
import type { FlowStats, GroupDesc, MeterConfig } from '@openvnet/openflow'
import { COOKIE_BRAND, COOKIE_BRAND_MASK } from '../pipeline/cookie.ts'
import type { Tables } from '../pipeline/flow.ts'
import { isOurGroup } from '../pipeline/group_space.ts'
import { flowKey, flowValue, groupValue, meterValue } from '../pipeline/identity.ts'
import { isOurMeter } from '../pipeline/meter_space.ts'
import type { Change } from './change.ts'
import { groupsOfFlow, groupsOfGroup, metersOfFlow, Uses } from './uses.ts'

/** Flows by `flowKey`, groups and meters by id, each with its value. */
export interface Installed {
  readonly flows: Map<string, string>
  readonly groups: Map<number, string>
  readonly meters: Map<number, string>
  /** Which flows and groups use which groups, and which flows which meters. */
  readonly uses: {
    readonly flows: Uses<string>
    readonly groups: Uses<number>
    readonly meters: Uses<string>
  }
}

export const emptyInstalled = (): Installed => ({
  flows: new Map(),
  groups: new Map(),
  meters: new Map(),
  uses: { flows: new Uses(), groups: new Uses(), meters: new Uses() },
})

/** Whether a flow of a dump has our brand. */
export const isOurs = ({ cookie }: FlowStats): boolean => (cookie & COOKIE_BRAND_MASK) === COOKIE_BRAND

/** Takes a part of a flow dump over. Flows without our brand are left out, whatever the dump was asked for. */
export function recordFlows(installed: Installed, flows: readonly FlowStats[], desired?: Tables): void {
  for (const flow of flows.filter(isOurs)) {
    const key = flowKey(flow.table_id, flow.priority, flow.match)
    const value = flowValue(flow)
    const wanted = desired?.flows.get(key)
    // One string instead of two where the switch holds what it should.
    const same = wanted?.value === value ? wanted : { key, value }
    setFlow(installed, same.key, same.value)
  }
}

function setFlow({ flows, uses }: Installed, key: string, value: string): void {
  flows.set(key, value)
  uses.flows.set(key, groupsOfFlow(value))
  uses.meters.set(key, metersOfFlow(value))
}

/** Takes a part of a group dump over; groups outside of our id space are left out. */
export function recordGroups(installed: Installed, groups: readonly GroupDesc[]): void {
  for (const group of groups.filter(({ group_id }) => isOurGroup(group_id))) {
    installed.groups.set(group.group_id, groupValue(group))
    installed.uses.groups.set(group.group_id, groupsOfGroup(group))
  }
}

/** Takes a part of a meter dump over; meters outside of our id space are left out. */
export function recordMeters({ meters }: Installed, found: readonly MeterConfig[]): void {
  for (const meter of found) if (isOurMeter(meter.meter_id)) meters.set(meter.meter_id, meterValue(meter))
}

function dropFlow({ flows, uses }: Installed, key: string): void {
  flows.delete(key)
  uses.flows.delete(key)
  uses.meters.delete(key)
}

/** The switch removes the flows that use a group with it (OpenFlow 1.3.5 §6.5). @returns their keys */
function dropGroup(installed: Installed, group_id: number): string[] {
  const fallen = [...installed.uses.flows.users(group_id)]
  for (const key of fallen) dropFlow(installed, key)
  installed.groups.delete(group_id)
  installed.uses.groups.delete(group_id)
  return fallen
}

/** As with a group (§6.5.1). @returns keys of the flows that went with it */
function dropMeter(installed: Installed, meter_id: number): string[] {
  const fallen = [...installed.uses.meters.users(meter_id)]
  for (const key of fallen) dropFlow(installed, key)
  installed.meters.delete(meter_id)
  return fallen
}

/**
 * Follows a change that the switch acknowledged.
 * @returns keys of flows that it removed with a group or meter; one that is wanted all the same has to be compared again
 */
export function acknowledge(installed: Installed, change: Change): readonly string[] {
  const { groups, meters, uses } = installed
  switch (change.kind) {
    case 'flow_add':
      setFlow(installed, change.flow.key, change.flow.value)
      return []
    case 'flow_delete':
      dropFlow(installed, change.key)
      return []
    case 'group_add':
    case 'group_modify':
      groups.set(change.group.group_id, change.group.value)
      uses.groups.set(change.group.group_id, groupsOfGroup(change.group))
      return []
    case 'group_delete':
      return dropGroup(installed, change.group_id)
    case 'meter_add':
    case 'meter_modify':
      meters.set(change.meter.meter_id, change.meter.value)
      return []
    case 'meter_delete':
      return dropMeter(installed, change.meter_id)
  }
}
