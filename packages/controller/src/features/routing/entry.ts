/** Where packets get to the legs of a network. */
import type { View } from '../../engine/view.ts'
import { hasSeveralRouters, switchesOfNetwork, switchesReachingNetwork } from '../presence/queries.ts'

/** Switches on which packets get to the legs: from guests, and from other routers also where the network has no guest. */
export const switchesOfEntry = (network: number, view: View): readonly string[] =>
  view.query(view.query(hasSeveralRouters, network) ? switchesReachingNetwork : switchesOfNetwork, network)
