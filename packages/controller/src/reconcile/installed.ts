/**
 * What one switch is known to hold of ours: key → value, strings and numbers only.
 *
 * Filled from a dump, then changed only by what the switch acknowledged; thrown away when an outcome is unknown.
 */
import type { FlowStats, GroupDesc } from '@openvnet/openflow'
import { COOKIE_BRAND, COOKIE_BRAND_MASK } from '../pipeline/cookie.ts'
import type { Tables } from '../pipeline/flow.ts'
import { isOurGroup } from '../pipeline/group_space.ts'
import { flowKey, flowValue, groupValue } from '../pipeline/identity.ts'
import type { Change } from './change.ts'

/** Flows by `flowKey` and groups by id, each with its value. */
export interface Installed {
  readonly flows: Map<string, string>
  readonly groups: Map<number, string>
}

export const emptyInstalled = (): Installed => ({ flows: new Map(), groups: new Map() })

/** Takes a part of a flow dump over. Flows without our brand are left out, whatever the dump was asked for. */
export function recordFlows(installed: Installed, flows: readonly FlowStats[], desired?: Tables): void {
  for (const flow of flows) {
    if ((flow.cookie & COOKIE_BRAND_MASK) !== COOKIE_BRAND) continue
    const key = flowKey(flow.table_id, flow.priority, flow.match)
    const value = flowValue(flow)
    const same = desired?.flows.get(key)
    // One string instead of two where the switch holds what it should.
    if (same?.value === value) installed.flows.set(same.key, same.value)
    else installed.flows.set(key, value)
  }
}

/** Takes a part of a group dump over; groups outside of our id space are left out. */
export function recordGroups(installed: Installed, groups: readonly GroupDesc[]): void {
  for (const group of groups) {
    if (isOurGroup(group.group_id)) installed.groups.set(group.group_id, groupValue(group))
  }
}

/** Follows a change that the switch acknowledged. */
export function acknowledge({ flows, groups }: Installed, change: Change): void {
  switch (change.kind) {
    case 'flow_add':
      flows.set(change.flow.key, change.flow.value)
      break
    case 'flow_delete':
      flows.delete(change.key)
      break
    case 'group_add':
    case 'group_modify':
      groups.set(change.group.group_id, change.group.value)
      break
    case 'group_delete':
      groups.delete(change.group_id)
      break
  }
}
