/** A route link has a MAC address by which hosts know it. */
import type { Behaviour } from '../crud/behaviour.ts'
import { internalMac } from '../rules/mac.ts'

export const routeLink: Behaviour<'route_link'> = {
  complete: (work, { uuid, values }) => ({ mac_address: internalMac(work, values.mac_address, uuid) }),
}
