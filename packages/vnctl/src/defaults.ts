/** Seconds of a `--wait` or a `wait` without a number. */
export const DEFAULT_WAIT = 10
