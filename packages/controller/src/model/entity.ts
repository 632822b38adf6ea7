/** What rules may be about: rows of resources, and neighbours, which are like rows. */
import type { Operation } from '@openvnet/feed'
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import type { Neighbour, NeighbourOperation } from './neighbours.ts'

export type EntityName = ResourceName | 'neighbour'

export type Entity<N extends EntityName = EntityName> = N extends ResourceName ? Row<N> : Neighbour

export type EntityOperation = Operation | NeighbourOperation

export const ENTITY_NAMES: readonly EntityName[] = [...RESOURCE_NAMES, 'neighbour']
