/** Colours, where a terminal shows them; text stays text everywhere else. */

/** `FORCE_COLOR` over `NO_COLOR` (no-color.org) over what stdout is; the first as Node reads it, 0 is no. */
export const wantsColor = (
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean => {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}

export interface Paint {
  readonly bold: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly dim: (text: string) => string
}

const style =
  (enabled: boolean, on: number, off: number) =>
  (text: string): string =>
    enabled ? `\u001b[${on}m${text}\u001b[${off}m` : text

export const createPaint = (enabled: boolean): Paint => ({
  bold: style(enabled, 1, 22),
  red: style(enabled, 31, 39),
  green: style(enabled, 32, 39),
  yellow: style(enabled, 33, 39),
  dim: style(enabled, 2, 22),
})
