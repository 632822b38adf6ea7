/** ONF's extensions for OpenFlow 1.3: bundles (230), role status (191), forwarded requests (235). */
import type { Base } from './base.ts'
import type { FlowMod } from './flow.ts'
import type { GroupMod } from './group.ts'
import type { MeterMod } from './meter.ts'
import type { PacketOut } from './packet.ts'
import type { PortMod } from './port.ts'
import type { UnknownMessage } from './unknown.ts'

/** `control`: 0/1 open request/reply, 2/3 close, 4/5 commit, 6/7 discard. `flags`: 1 atomic, 2 ordered. */
export interface BundleControl extends Base {
  readonly type: 'bundle_control'
  readonly bundle_id: number
  readonly control: number
  readonly flags: number
}
/** The embedded message carries the same xid as this one; encode sets it. */
export interface BundleAddMessage extends Base {
  readonly type: 'bundle_add_message'
  readonly bundle_id: number
  readonly flags: number
  readonly message: FlowMod | GroupMod | PortMod | PacketOut | UnknownMessage
}
/** The controller's role changed without its asking. */
export interface RoleStatus extends Base {
  readonly type: 'role_status'
  readonly role: number
  /** 0: another controller became primary, 1: configuration, 2: experimenter. */
  readonly reason: number
  readonly generation_id: bigint
}
/** What another controller changed. */
export interface RequestForward extends Base {
  readonly type: 'requestforward'
  readonly request: GroupMod | MeterMod | UnknownMessage
}
