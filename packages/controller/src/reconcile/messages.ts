/**
 * Changes as OpenFlow messages (1.3.5 §7.3.4.1, .2 and .4). Pure; the sender gives the `xid`.
 *
 * A flow is always set with OFPFC_ADD: it replaces what is there and keeps the counters (no RESET_COUNTS), and it
 * is the only command that changes the cookie. Deletion is strict and asks for our cookies, so it takes one flow of
 * ours and never somebody else's.
 */
import {
  type FlowMod,
  type GroupMod,
  type MeterMod,
  OFP_NO_BUFFER,
  OFPFC,
  OFPG,
  OFPGC,
  OFPMC,
  OFPP,
} from '@openvnet/openflow'
import { COOKIE_BRAND, COOKIE_BRAND_MASK } from '../pipeline/cookie.ts'
import type { Flow, Group, Meter } from '../pipeline/flow.ts'
import { readFlowKey, readFlowValue } from '../pipeline/identity.ts'
import type { Change } from './change.ts'

function flowAdd(flow: Flow, xid: number): FlowMod {
  const { table_id, priority, match } = readFlowKey(flow.key)
  const { cookie, idle_timeout, hard_timeout, flags, instructions } = readFlowValue(flow.value)
  return {
    type: 'flow_mod',
    xid,
    cookie,
    cookie_mask: 0n,
    table_id,
    command: OFPFC.ADD,
    idle_timeout,
    hard_timeout,
    priority,
    buffer_id: OFP_NO_BUFFER,
    out_port: OFPP.ANY,
    out_group: OFPG.ANY,
    flags,
    match,
    instructions,
  }
}

function flowDelete(key: string, xid: number): FlowMod {
  const { table_id, priority, match } = readFlowKey(key)
  return {
    type: 'flow_mod',
    xid,
    cookie: COOKIE_BRAND,
    cookie_mask: COOKIE_BRAND_MASK,
    table_id,
    command: OFPFC.DELETE_STRICT,
    idle_timeout: 0,
    hard_timeout: 0,
    priority,
    buffer_id: OFP_NO_BUFFER,
    out_port: OFPP.ANY,
    out_group: OFPG.ANY,
    flags: 0,
    match,
    instructions: [],
  }
}

function groupSet(group: Group, command: number, xid: number): GroupMod {
  const { group_type, group_id, buckets } = group
  return { type: 'group_mod', xid, command, group_type, group_id, buckets }
}

function groupDelete(group_id: number, xid: number): GroupMod {
  return { type: 'group_mod', xid, command: OFPGC.DELETE, group_type: 0, group_id, buckets: [] }
}

function meterSet({ meter_id, flags, bands }: Meter, command: number, xid: number): MeterMod {
  return { type: 'meter_mod', xid, command, flags, meter_id, bands }
}

const meterDelete = (meter_id: number, xid: number): MeterMod => ({
  ...{ type: 'meter_mod', xid, command: OFPMC.DELETE, flags: 0, meter_id, bands: [] },
})

/** The message that makes a change. */
export function message(change: Change, xid: number): FlowMod | GroupMod | MeterMod {
  switch (change.kind) {
    case 'flow_add':
      return flowAdd(change.flow, xid)
    case 'flow_delete':
      return flowDelete(change.key, xid)
    case 'group_add':
      return groupSet(change.group, OFPGC.ADD, xid)
    case 'group_modify':
      return groupSet(change.group, OFPGC.MODIFY, xid)
    case 'group_delete':
      return groupDelete(change.group_id, xid)
    case 'meter_add':
      return meterSet(change.meter, OFPMC.ADD, xid)
    case 'meter_modify':
      return meterSet(change.meter, OFPMC.MODIFY, xid)
    case 'meter_delete':
      return meterDelete(change.meter_id, xid)
  }
}
