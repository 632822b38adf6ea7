/**
 * The address under which what is for all in a network or a segment travels to a host where nothing encapsulates it:
 * `mac_address` of the host's `datapath_network` or `datapath_segment`, else one that follows from both, so that both ends
 * know it and nobody has to type it:
 *
 *     f2 (locally administered, unicast) | id of the datapath (16 bits) | key of the domain (24 bits)
 *
 * So no two hosts or domains share one. Addresses that the API allocates begin with 02 and 06.
 */
import { recordQuery, type View } from '../../engine/view.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import { segmentOfDomain, tunnelKey } from '../../pipeline/domain.ts'

const FIRST_OCTET = 0xf2
const GREATEST_DATAPATH = 0xffff

/** What rows say, by row id of the datapath. */
const saidMacs = recordQuery<Readonly<Record<number, string>>>('flood MACs of domain', (domain, view) => {
  const segment = segmentOfDomain(domain)
  const rows =
    segment === null
      ? view.list('datapath_network.network_id', domain)
      : view.list('datapath_segment.segment_id', segment)
  return Object.fromEntries(rows.map(({ datapath_id, mac_address }) => [datapath_id, mac_address]))
})

/** @returns 48 bits; `null` where the ids do not fit and no row says it */
export const floodMac = (datapath: number, domain: number, view: View): number | null => {
  const said = view.query(saidMacs, domain)?.[datapath]
  if (said !== undefined) return macNumber(said)
  const key = tunnelKey(domain)
  if (datapath > GREATEST_DATAPATH || key === null) return null
  return FIRST_OCTET * 2 ** 40 + datapath * 2 ** 24 + key
}
