/**
 * What the thread that writes is asked and what it says, as plain data. Errors travel as what is needed to make them
 * again: the API's with their answer, SQLite's with their code.
 */
import type { Change } from '@openvnet/feed'
import { ApiError } from '../errors.ts'
import type { Given } from '../parameters/check.ts'
import type { ChangeText } from '../store/outbox.ts'
import type { StoreOptions } from '../store/store.ts'
import type { Names } from './call.ts'

/** What the thread is given when it starts. */
export interface Start {
  readonly options: StoreOptions
  /** One number: not 0 once nobody waits for the end of a long batch, which the thread could not hear of meanwhile. */
  readonly stopping: Int32Array
}

/** Something to write. */
export type WriteRequest =
  | {
      readonly kind: 'call'
      readonly id: number
      readonly call: string
      readonly names: Names
      readonly given: Given
      readonly isRehearsal: boolean
    }
  /** @param body JSON as it came */
  | {
      readonly kind: 'batch'
      readonly id: number
      readonly body: Uint8Array
      readonly isRehearsal: boolean
    }
  /** What is due by now, see `retention`. */
  | { readonly kind: 'expire'; readonly id: number }

export type Request =
  | WriteRequest
  | { readonly kind: 'check'; readonly id: number }
  | { readonly kind: 'suspect' }
  | { readonly kind: 'close' }

/** What a request that writes has come to. */
export interface Result {
  /** The answer, as JSON. */
  readonly body: string | Uint8Array
  readonly revision: number
  readonly notEnforced: readonly string[]
}

export type Fault =
  | Pick<ApiError, 'body' | 'headers'>
  | { readonly message: string; readonly stack: string | undefined; readonly code: unknown }

export type Answer =
  | { readonly id: number; readonly result: Result | null }
  | { readonly id: number; readonly fault: Fault }

export type Report =
  | { readonly kind: 'opened' }
  | { readonly kind: 'failed'; readonly fault: Fault }
  | {
      readonly kind: 'done'
      /** How long the transaction took, the disk's part of it too, in milliseconds; absent when there was none. */
      readonly took?: number
      /** What is on the disk now, in order; a long change as text. */
      readonly changes: readonly (Change | ChangeText)[]
      readonly answers: readonly Answer[]
    }

export const toFault = (error: unknown): Fault => {
  if (error instanceof ApiError) return { body: error.body, headers: error.headers }
  const { message, stack, code } = error as Error & { code?: unknown }
  return { message, stack, code: typeof code === 'string' ? code : undefined }
}

export const toError = (fault: Fault): Error => {
  if ('body' in fault) {
    const { error, message, operation } = fault.body
    return new ApiError(error, message, { headers: fault.headers, ...(operation && { operation }) })
  }
  const error = new Error(fault.message)
  if (fault.stack !== undefined) error.stack = fault.stack
  return fault.code === undefined ? error : Object.assign(error, { code: fault.code })
}
