/**
 * The routes that packets follow: to a subnet at a leg. Routes through another router (`via`) and to nowhere (`type`) have no
 * flows yet.
 */
import type { Row } from '@openvnet/schema'

export type ConnectedRoute = Row<'route'> & { readonly interface_id: number; readonly network_id: number }

export const isConnected = (route: Row<'route'> | undefined): route is ConnectedRoute =>
  route !== undefined &&
  route.type === 'unicast' &&
  route.via === null &&
  route.interface_id !== null &&
  route.network_id !== null
