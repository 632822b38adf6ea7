/** What is at the other end of the uplink of a host: another one with a switch that learns, as in any street. */
import type { Host } from '../lab/host.ts'
import type { Lab } from '../lab/lab.ts'

export const STREET_BRIDGE = 'br-street'

/** A host whose bridge is at the other end of a device `uplink` of the given host. */
export const startStreet = async (lab: Lab, { namespace }: Host): Promise<Host> => {
  const street = await lab.host('street')
  await namespace.ip(
    `link add uplink type veth peer name downlink netns ${street.namespace.name}`,
    'link set uplink up',
  )
  await street.namespace.ip('link set downlink up')
  await street.bridge({ name: STREET_BRIDGE, failMode: 'standalone' })
  await street.addPort(STREET_BRIDGE, 'downlink')
  return street
}
