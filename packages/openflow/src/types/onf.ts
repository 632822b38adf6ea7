/** ONF's extensions for OpenFlow 1.3: bundles (230), role status (191), forwarded requests (235). */
import type { Base } from './base.ts'
import type { FlowMod } from './flow.ts'
import type { GroupMod } from './group.ts'
import type { MeterMod } from './meter.ts'
import type { PacketOut } from './packet.ts'
import type { PortMod } from './port.ts'
import type { ExperimenterProperty, UnknownMessage, UnknownProperty } from './unknown.ts'

/** What a bundle message or a role status may carry beside what it says: ONF defines those of experimenters only. */
export type OnfProperty = ExperimenterProperty | UnknownProperty

/** ONF_BUNDLE_CONTROL (extension 230, 2300): opens, closes, commits or discards a bundle, or says that it was done. */
export interface BundleControl extends Base {
  readonly type: 'bundle_control'
  /** 32 bits; its own number on each connection. */
  readonly bundle_id: number
  /** Of `OFPBCT`: 0/1 open request/reply, 2/3 close, 4/5 commit, 6/7 discard. */
  readonly control: number
  /** Of `OFPBF`: 1 atomic, 2 ordered; the same in all messages of a bundle, 0 in replies. */
  readonly flags: number
  /** Absent where there are none. */
  readonly properties?: readonly OnfProperty[]
}
/**
 * ONF_BUNDLE_ADD_MESSAGE (extension 230, 2301): a message to carry out when the bundle is committed. It carries the
 * same xid as this one; encode sets it. Open vSwitch takes flow-mods, group-mods, port-mods and packet-outs.
 */
export interface BundleAddMessage extends Base {
  readonly type: 'bundle_add_message'
  /** 32 bits. */
  readonly bundle_id: number
  /** Of `OFPBF`: as in the message that opened the bundle. */
  readonly flags: number
  readonly message: FlowMod | GroupMod | PortMod | PacketOut | UnknownMessage
  /** Absent where there are none. */
  readonly properties?: readonly OnfProperty[]
}
/** ONF_ROLE_STATUS (extension 191, 1911): the controller's role changed without its asking. */
export interface RoleStatus extends Base {
  readonly type: 'role_status'
  /** Of `OFPCR`. */
  readonly role: number
  /** 0: another controller became primary, 1: configuration, 2: experimenter. */
  readonly reason: number
  /** 64 bits; all ones where none was set. */
  readonly generation_id: bigint
  /** Absent where there are none. */
  readonly properties?: readonly OnfProperty[]
}
/** ONF_REQUESTFORWARD (extension 235, 2350): what another controller changed. */
export interface RequestForward extends Base {
  readonly type: 'requestforward'
  readonly request: GroupMod | MeterMod | UnknownMessage
}
