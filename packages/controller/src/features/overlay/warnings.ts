/** What a user should know of a bridge as the end of tunnels: where others do not know how to reach it. */
import type { Row } from '@openvnet/schema'
import type { Surroundings } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { saidAddresses } from './stations.ts'

/** The line that says where it is reached. */
const sayAddress = (dpid: string, row: Row<'datapath'> | undefined): string => {
  const line =
    row === undefined
      ? `vnctl datapaths add --dpid ${dpid} --ipv4-address ADDRESS`
      : `vnctl datapaths modify ${row.uuid} --ipv4-address ADDRESS`
  return `${line}, with the address at which the other hosts reach it (or --ipv6-address)`
}

export const overlayWarnings = (
  dpid: string,
  view: View,
  { hasOthers, besides }: Surroundings,
): readonly string[] => {
  const [row] = view.list('datapath.dpid', dpid)
  if (row !== undefined && saidAddresses(row, view).length > 0) return []
  const peer = view.peerOf(dpid)
  if (peer === null)
    return hasOthers
      ? [
          `no tunnel leads to it: it connects from the machine of vnetd, and nothing says where other hosts reach it; ${sayAddress(dpid, row)}`,
        ]
      : []
  if (besides.length === 0) return []
  return [
    `it connects from ${peer}, and so do ${besides.join(', ')}: there is no tunnel between them; if they are hosts of their own behind one address (NAT), ${sayAddress(dpid, row)}`,
  ]
}
