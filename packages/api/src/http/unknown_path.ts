/** A path that is none: most likely a collection in the singular, or misspelt. */
import { nearest, RESOURCES, type ResourceSpec } from '@openvnet/schema'
import { ApiError } from '../errors.ts'

const SERVED = (Object.values(RESOURCES) as ResourceSpec[]).filter(
  ({ prefix, parent }) => prefix !== null && parent === undefined,
)
const COLLECTIONS = SERVED.map(({ collection }) => collection)

const LONGEST = 200

/** @param path as the client spelt it */
export const unknownPath = (method: string, path: string): ApiError => {
  const word = /^\/?(?:api\/(?:1\.0\/)?)?(\w+)/.exec(path)?.[1] ?? ''
  const singular = SERVED.find(({ name }) => name === word)?.collection
  const guess = COLLECTIONS.includes(word) ? undefined : (singular ?? nearest(word, COLLECTIONS))
  const hint = guess === undefined ? '' : `; did you mean ${guess}?`
  return new ApiError('UnknownPath', `${method} ${path}`.slice(0, LONGEST) + hint)
}
