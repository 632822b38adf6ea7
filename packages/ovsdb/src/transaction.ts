/** The answer to `transact` (RFC 7047 §4.1.3): the results, or the error of the operation that failed. */
import { ProtocolError, shown, TransactionFailed } from './errors.ts'
import type { Operation } from './operations.ts'

/** The results of operations, in their order. */
export type ResultsOf<O extends readonly Operation[]> = {
  -readonly [I in keyof O]: O[I] extends Operation<infer R> ? R : never
}

type Json = Readonly<Record<string, unknown>>

const isObject = (json: unknown): json is Json => typeof json === 'object' && json !== null

const failureOf = (
  operations: readonly Operation[],
  answers: readonly unknown[],
): TransactionFailed | null => {
  const index = answers.findIndex((answer) => isObject(answer) && typeof answer['error'] === 'string')
  if (index < 0) return null
  const { error, details } = answers[index] as Json
  const what = operations[index]?.what ?? 'the transaction'
  return new TransactionFailed(index, what, error as string, typeof details === 'string' ? details : null)
}

/** @throws TransactionFailed, ProtocolError */
export const resultsOf = <const O extends readonly Operation[]>(
  operations: O,
  answer: unknown,
): ResultsOf<O> => {
  if (!Array.isArray(answer)) throw new ProtocolError(`the server answered transact with ${shown(answer)}`)
  const answers = answer as readonly unknown[]
  const failure = failureOf(operations, answers)
  if (failure !== null) throw failure
  return operations.map(({ decode, what }, index) => {
    const result = answers[index]
    if (!isObject(result)) throw new ProtocolError(`the server answered ${what} with ${shown(result)}`)
    return decode(result)
  }) as ResultsOf<O>
}
