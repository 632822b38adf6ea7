/** A mistake in what the user typed, exported or wrote into the configuration: one line says which and what is right. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
