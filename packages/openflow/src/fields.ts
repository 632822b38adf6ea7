/**
 * The match fields: wire code, width, prerequisites. One row each; codec, text and pipeline derive from it. A field
 * comes after those that it needs. Sources: OpenFlow 1.3.5 §7.2.3.7, `include/openvswitch/meta-flow.h` of Open vSwitch.
 */
import { PACKET_FIELDS } from './fields/packet.ts'
import { PORT_FIELDS, STATE_FIELDS, TUNNEL_FIELDS } from './fields/pipeline.ts'
import { REGISTER_FIELDS, TUNNEL_METADATA_FIELDS } from './fields/registers.ts'
import type { FieldSpec } from './fields/spec.ts'

export type { FieldKind, FieldSpec, Requirement } from './fields/spec.ts'

/** By name, in an order in which a field comes after those that it needs. */
export const FIELDS = {
  ...PORT_FIELDS,
  ...PACKET_FIELDS,
  ...TUNNEL_FIELDS,
  ...REGISTER_FIELDS,
  ...STATE_FIELDS,
  ...TUNNEL_METADATA_FIELDS,
} as const satisfies Record<string, FieldSpec>

/** Of the specification; of Open vSwitch's own fields the name in `ovs-fields(7)`. */
export type FieldName = keyof typeof FIELDS
