/**
 * The one error that encoding gives: a message that has no bytes, because a value is too wide for its field, of the
 * wrong type, or the whole is too long. Nothing is cut or wrapped silently.
 */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}
