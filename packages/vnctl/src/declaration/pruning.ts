/** Which rows go because a file does not name them. */
import { type LabelTerm, matchesLabels } from '@openvnet/schema'
import { derivedRows } from '../model/derived.ts'
import type { Model, ModelRow } from '../model/model.ts'
import type { Declaration } from './declared.ts'

export type Pruning =
  | { readonly kind: 'none' }
  /** Those of the collections that the file has. */
  | { readonly kind: 'collections' }
  /** Those with these labels, of any collection. */
  | { readonly kind: 'labelled'; readonly terms: readonly LabelTerm[] }

/** Networks of a router are said with the router. */
const isOfCollections = ({ collections, rows }: Declaration): ((row: ModelRow) => boolean) => {
  const joined = rows.filter(({ resource }) => resource.prefix === null).map(({ resource }) => resource)
  const resources = new Set([...collections, ...joined])
  return ({ resource }) => resources.has(resource)
}

const isMeant = (pruning: Pruning, declaration: Declaration): ((row: ModelRow) => boolean) => {
  if (pruning.kind === 'none') return () => false
  if (pruning.kind === 'collections') return isOfCollections(declaration)
  return ({ values }) => matchesLabels(values['labels'] as string | null, pruning.terms)
}

/** @param isDeclared whether the file names a row. What only the server makes goes with what it follows from. */
export const undeclared = (
  model: Model,
  declaration: Declaration,
  pruning: Pruning,
  isDeclared: (row: ModelRow) => boolean,
): ModelRow[] => {
  const derived = derivedRows(model)
  const meant = isMeant(pruning, declaration)
  return model.rows.filter((row) => meant(row) && !derived.has(row) && !isDeclared(row))
}
