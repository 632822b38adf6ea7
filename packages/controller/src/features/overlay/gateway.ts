/** What nobody in a segment is known to have goes to the switch with its gateway, and out there. */
import type { Row } from '@openvnet/schema'
import type { Compiled } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { setField } from '../../pipeline/actions.ts'
import { MULTICAST_BIT } from '../../pipeline/addresses.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { gatewayOfSegment, interfaceName, switchesReachingDomain } from '../presence/queries.ts'
import { intoTunnel } from './egress.ts'
import { isTunnelled, keyOf } from './networks.ts'
import { overlayTable } from './tables.ts'
import { tunnelBetween } from './ways.ts'

/** Switches on which there may be packets of a segment for somebody behind its gateway. */
export const switchesOfUnknown = listQuery<string>('switches that send to gateway', (id, view) =>
  view.query(gatewayOfSegment, id) === null || !isTunnelled(domainOfSegment(id), view)
    ? []
    : switchesReachingDomain(domainOfSegment(id), view),
)

/** Not what is for many: that goes to all switches anyway. */
const ONE = { value: 0, mask: MULTICAST_BIT }

export const compileUnknown = ({ id, uuid }: Row<'segment'>, view: View, dpid: string): Compiled => {
  const domain = domainOfSegment(id)
  const gateway = view.query(gatewayOfSegment, id)
  if (gateway === null) return {}
  const out = interfaceName(gateway.interface, view)
  if (gateway.dpid === dpid) {
    const leaving = overlayTable.flow({
      priority: PRIORITY.higher,
      match: { from_tunnel: 1, domain },
      goto: 'uplink',
      why: () => `What came through a tunnel in ${uuid} may be for somebody behind its gateway ${out}.`,
    })
    return { flows: [leaving] }
  }
  const way = tunnelBetween(dpid, gateway.dpid, view)
  if (way === null) return {}
  return {
    flows: [
      overlayTable.flow({
        priority: PRIORITY.low,
        match: { domain, eth_dst: ONE },
        steps: [setField('tunnel_id', keyOf(domain)), ...intoTunnel(way)],
        why: () =>
          `What nobody in ${uuid} is known to have may be behind its gateway ${out} on ${gateway.dpid}, reached at ${way.remote}.`,
      }),
    ],
  }
}
