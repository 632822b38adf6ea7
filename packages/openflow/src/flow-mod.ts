/** Flow-mods and requests about flows without what is the same in nearly all of them. OpenFlow 1.3.5 §7.3.4.1, §7.3.5.2. */
import type { Outgoing } from './connection/request.ts'
import { OFP_NO_BUFFER, OFPFC, OFPG, OFPP, OFPTT } from './constants.ts'
import type { FlowText } from './text/flow.ts'
import type { FlowFilter, FlowMod } from './types/flow.ts'

/** Asks for every flow: `connection.multipart({ type: 'flow', ...ALL_FLOWS })`. Say which by what follows it. */
export const ALL_FLOWS: FlowFilter = Object.freeze({
  table_id: OFPTT.ALL,
  out_port: OFPP.ANY,
  out_group: OFPG.ANY,
  cookie: 0n,
  cookie_mask: 0n,
  match: Object.freeze([]),
})

/**
 * The message that sets a flow, or does something else with it: `flowMod(parseFlow('ip,actions=output:2'))`,
 * `flowMod(flow, { command: OFPFC.DELETE_STRICT })`. For all output ports and groups, without a buffered packet.
 * @param flow of text, of a dump, or of an object; what is absent counts as 0, counters of a dump are left out
 * @param rest of the message, where it is another
 */
export function flowMod(flow: FlowText, rest: Partial<Omit<FlowMod, 'type'>> = {}): Outgoing<FlowMod> {
  const { cookie = 0n, idle_timeout = 0, hard_timeout = 0, flags = 0 } = flow
  const { table_id, priority, match, instructions } = flow
  return {
    type: 'flow_mod',
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
    ...rest,
  }
}
