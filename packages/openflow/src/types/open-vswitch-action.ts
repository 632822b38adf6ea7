/**
 * The actions that Open vSwitch adds (`lib/ofp-actions.c`): those of experimenter 0x2320, named as NXAST_* there, and
 * COPY_FIELD of experimenter ONF, by family; `ct` and `clone`, which hold actions, are in `action.ts`. Numbers are those
 * on the wire: ports in 16 bits where the action has 16 bits.
 */
import type {
  CheckPktLarger,
  CopyField,
  DeleteField,
  RegLoad,
  RegLoad2,
  RegMove,
  StackPop,
  StackPush,
} from './open-vswitch-action-field.ts'
import type { Conjunction, FinTimeout, Learn, Learn2 } from './open-vswitch-action-flow.ts'
import type {
  BundleAction,
  BundleLoad,
  Controller2,
  ControllerAction,
  Multipath,
  OutputReg,
  OutputReg2,
  OutputTrunc,
  Resubmit,
  ResubmitTable,
  ResubmitTableCt,
  Sample,
  Sample2,
  Sample4,
} from './open-vswitch-action-output.ts'
import type {
  CtClear,
  Decap,
  DecNshTtl,
  DecTtlCntIds,
  Encap,
  Exit,
  Nat,
  Note,
  PopQueue,
  SetTunnel,
  SetTunnel64,
} from './open-vswitch-action-packet.ts'

export * from './open-vswitch-action-field.ts'
export * from './open-vswitch-action-flow.ts'
export * from './open-vswitch-action-output.ts'
export * from './open-vswitch-action-packet.ts'

/** An action of Open vSwitch's own: `lib/ofp-actions.c`. */
export type OpenVswitchAction =
  | RegMove
  | CopyField
  | RegLoad
  | RegLoad2
  | StackPush
  | StackPop
  | Resubmit
  | ResubmitTable
  | ResubmitTableCt
  | SetTunnel
  | SetTunnel64
  | PopQueue
  | Note
  | Exit
  | Multipath
  | BundleAction
  | BundleLoad
  | OutputReg
  | OutputReg2
  | OutputTrunc
  | DecTtlCntIds
  | FinTimeout
  | ControllerAction
  | Controller2
  | Sample
  | Sample2
  | Sample4
  | Conjunction
  | CtClear
  | Nat
  | Encap
  | Decap
  | DecNshTtl
  | CheckPktLarger
  | DeleteField
  | Learn
  | Learn2
