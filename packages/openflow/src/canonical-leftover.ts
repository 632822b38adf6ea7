/** The set_field that an action of OpenFlow 1.1 means: what Open vSwitch makes of it over OpenFlow 1.3. */
import type { FieldName } from './fields.ts'
import type { Action } from './types/action.ts'
import type { Match } from './types/match.ts'

const TAG_PRESENT = 0x1000

/** Other actions, and a transport port of no protocol that the match names, as they are. */
export function canonicalLeftover(action: Action, match: Match): Action {
  switch (action.type) {
    case 'set_vlan_vid':
      return set('vlan_vid', action.vlan_vid | TAG_PRESENT)
    case 'set_vlan_pcp':
      return set('vlan_pcp', action.vlan_pcp)
    case 'set_dl_src':
    case 'set_dl_dst':
      return set(action.type === 'set_dl_src' ? 'eth_src' : 'eth_dst', action.dl_addr)
    case 'set_nw_src':
    case 'set_nw_dst':
      return set(action.type === 'set_nw_src' ? 'ipv4_src' : 'ipv4_dst', action.nw_addr)
    case 'set_nw_tos':
      return set('ip_dscp', action.nw_tos >>> 2)
    case 'set_nw_ecn':
      return set('ip_ecn', action.nw_ecn)
    case 'set_tp_src':
    case 'set_tp_dst': {
      const protocol = protocolOf(match)
      if (protocol === undefined) return action
      return set(`${protocol}_${action.type === 'set_tp_src' ? 'src' : 'dst'}`, action.tp_port)
    }
    case 'set_mpls_label':
      return set('mpls_label', action.mpls_label)
    case 'set_mpls_tc':
      return set('mpls_tc', action.mpls_tc)
    default:
      return action
  }
}

const set = (field: FieldName, value: number): Action => ({
  type: 'set_field',
  field: { field, value, mask: null },
})

const PROTOCOLS: ReadonlyMap<unknown, 'tcp' | 'udp' | 'sctp'> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
])

function protocolOf(match: Match): 'tcp' | 'udp' | 'sctp' | undefined {
  const field = match.find((one) => one.field === 'ip_proto')
  return field !== undefined && field.field !== 'unknown' ? PROTOCOLS.get(field.value) : undefined
}
