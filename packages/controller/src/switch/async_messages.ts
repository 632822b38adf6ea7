/**
 * What a switch is to tell unasked (OpenFlow 1.3.5 §7.3.10): said outright, because a `Controller` of Open vSwitch may
 * have all of it turned off. Who stands by hears of ports, as the primary does, so that it knows what to do when it takes over.
 *
 * The second message asks for what OpenFlow 1.3 has as extensions of ONF: who was replaced hears of it at once, and
 * whoever acts hears of groups and meters that others change. A switch without them refuses it, and nothing is lost.
 */
import { NXPIF, OFPACPT, type Outgoing } from '@openvnet/openflow'

/** Bits of reasons: no match, action; add, delete, modify; idle and hard timeout, delete, group delete. */
const PACKET_IN = 0b11
const PORT_STATUS = 0b111
const FLOW_REMOVED = 0b1111
/** Another controller became primary. */
const ROLE_STATUS = 0b1
/** Of a group, of a meter. */
const REQUESTFORWARD = 0b11

export const ASYNC_MESSAGES: readonly Outgoing[] = [
  // Before the first packet: they come with what the flow says of them.
  { type: 'nxt_set_packet_in_format', format: NXPIF.NXT_PACKET_IN2 },
  {
    type: 'set_async',
    packet_in_mask: [PACKET_IN, 0],
    port_status_mask: [PORT_STATUS, PORT_STATUS],
    flow_removed_mask: [FLOW_REMOVED, 0],
  },
  {
    type: 'nxt_set_async_config2',
    properties: [
      { type: 'mask', target: OFPACPT.ROLE_STATUS_PRIMARY, mask: ROLE_STATUS },
      { type: 'mask', target: OFPACPT.ROLE_STATUS_SECONDARY, mask: ROLE_STATUS },
      { type: 'mask', target: OFPACPT.REQUESTFORWARD_PRIMARY, mask: REQUESTFORWARD },
    ],
  },
]
