/** The actions of OpenFlow 1.1 as `ovs-ofctl` prints them. They read as the set_field that they mean. */
import type { LeftoverAction } from '../types/leftover-action.ts'
import { formatIpv4, formatMac } from './address.ts'

export function formatLeftover(action: LeftoverAction): string {
  switch (action.type) {
    case 'set_vlan_vid':
      return `set_vlan_vid:${action.vlan_vid}`
    case 'set_vlan_pcp':
      return `set_vlan_pcp:${action.vlan_pcp}`
    case 'set_dl_src':
    case 'set_dl_dst':
      return `mod${rest(action)}:${formatMac(action.dl_addr)}`
    case 'set_nw_src':
    case 'set_nw_dst':
      return `mod${rest(action)}:${formatIpv4(action.nw_addr)}`
    case 'set_nw_tos':
      return `mod_nw_tos:${action.nw_tos}`
    case 'set_nw_ecn':
      return `mod_nw_ecn:${action.nw_ecn}`
    case 'set_tp_src':
    case 'set_tp_dst':
      return `mod${rest(action)}:${action.tp_port}`
    case 'set_mpls_label':
      return `set_mpls_label(${action.mpls_label})`
    case 'set_mpls_tc':
      return `set_mpls_tc(${action.mpls_tc})`
  }
}

/** What follows `set`. */
const rest = ({ type }: LeftoverAction): string => type.slice('set'.length)
