/**
 * Where encoding failed. Nothing keeps a path while encoding: it would cost with every field. Only when it has failed
 * it is done again, with an object that tells which property was read last.
 */
import { EncodeError } from '../encode-error.ts'

/**
 * The error to throw instead of `error`, whatever that is: with the path to the property, or to the structure where
 * several of its properties do not go together.
 * @param name what the path begins with
 * @param value what does not encode
 * @param encodeAgain does what failed with a value that behaves as `value`
 */
export function encodeFailure<T>(
  error: unknown,
  name: string,
  value: T,
  encodeAgain: (value: T) => void,
): EncodeError {
  if (error instanceof EncodeError && error.whole) return error
  const last: LastRead = { path: name, parent: name, value }
  try {
    encodeAgain(watched(value, name, last))
  } catch {
    // The same error again.
  }
  if (!(error instanceof EncodeError)) {
    const detail = `${describe(last.value)} is not what belongs here`
    return new EncodeError(detail, { path: last.path, cause: error })
  }
  const isLast = 'value' in error && Object.is(error.value, last.value)
  return new EncodeError(error.detail, { path: isLast ? last.path : last.parent, cause: error })
}

interface LastRead {
  path: string
  parent: string
  value: unknown
}

/** Behaves as `value` for who reads it. Not of `value` itself: what is frozen must be given as it is. */
function watched<T>(value: T, path: string, last: LastRead): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return new Proxy(Array.isArray(value) ? [] : {}, {
    has: (_, key) => key in value,
    get: (_, key) => {
      const read: unknown = Reflect.get(value, key)
      if (typeof key === 'symbol' || key === 'length') return read
      const child = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`
      Object.assign(last, { path: child, parent: path, value: read })
      return watched(read, child, last)
    },
  }) as T
}

function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40))
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
