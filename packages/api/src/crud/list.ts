/** One page of rows: `{total_count, offset, limit, items}`. */
import { type LabelTerm, labelTerms } from '@openvnet/schema'
import type { Given } from '../parameters/check.ts'
import type { Page } from '../store/rows.ts'
import type { Shape } from './behaviour.ts'

const DEFAULT_LIMIT = 30

export const pageOf = (given: Given): Page => ({
  limit: Number(given.get('limit') ?? DEFAULT_LIMIT),
  offset: Number(given.get('offset') ?? 0),
})

/** Which rows are asked for. */
export const labelsAsked = (given: Given): readonly LabelTerm[] => {
  const selector = given.get('label')
  return typeof selector === 'string' ? labelTerms(selector) : []
}

/** The answer of an index. @param total number of rows on all pages */
export const collection = (page: Page, total: number, items: readonly Shape[]) => ({
  total_count: total,
  offset: page.offset,
  limit: page.limit,
  items,
})

/** Path under which a resource is served. */
export const pathOf = (spec: { readonly collection: string }): string => `/api/1.0/${spec.collection}`
