/** Where packets get to the legs of a network. */
import type { View } from '../../engine/view.ts'
import { routersOfNetwork, switchesOfNetwork, switchesReachingNetwork } from '../presence/queries.ts'

/** Whether packets of one router may come to another in the network. */
export const hasSeveralRouters = (network: number, view: View): boolean =>
  view.query(routersOfNetwork, network).length > 1

/** Switches on which packets get to the legs: from guests, and from other routers also where the network has no guest. */
export const switchesOfEntry = (network: number, view: View): readonly string[] =>
  view.query(hasSeveralRouters(network, view) ? switchesReachingNetwork : switchesOfNetwork, network)
