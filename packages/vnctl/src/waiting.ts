/** How long to wait for the bridges. */
import { integer } from '@openvnet/schema'

/** Seconds of a `--wait` or a `wait` without a number. */
export const DEFAULT_WAIT = 10

/** Whole seconds, as far as the API allows. */
export const waitKind = { ...integer(0, 600), name: 'seconds' }
