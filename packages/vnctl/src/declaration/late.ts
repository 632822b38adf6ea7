/**
 * Rows that hang on parts of other rows, e.g. a filter on the leg of a router. Nobody adds a part: it is there when its
 * owner is, so what hangs on it is added last. The parts of an owner that is still to be made nobody knows yet.
 */
import { parameterName, RESOURCES } from '@openvnet/schema'
import { identity } from '../model/dependents.ts'
import type { Values } from '../model/model.ts'
import type { Change, Planned } from './change.ts'

interface Known {
  /** Identities of rows that are there and of those that are declared, but for parts. */
  readonly has: (at: string) => boolean
}

const referencesOf = ({ resource }: Planned, values: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(resource.fields).flatMap(([name, field]) => {
    const value = values[parameterName(name, field)]
    return field.type === 'reference' && typeof value === 'string' ? [identity(field.to, value)] : []
  })

/** The leg of a route that names its router follows from the networks of that, which are added after routes. */
const isRouteOfRouter = ({ resource, values }: Change & { readonly values: Values }): boolean =>
  resource === RESOURCES.route && (values['router_uuid'] ?? null) !== null

/** @param changes in an order in which every reference points backwards */
export const lateOf = (changes: readonly Change[], known: Known): ReadonlySet<string> => {
  const late = new Set<string>()
  for (const change of changes) {
    if (change.kind !== 'add' && change.kind !== 'replace') continue
    const isLate = referencesOf(change, change.values).some((at) => late.has(at) || !known.has(at))
    if (isLate || isRouteOfRouter(change)) late.add(identity(change.resource.name, change.key))
  }
  return late
}
