/** The forms of output. */
import { oneOf } from '@openvnet/schema'

/** `table`, `wide` for people; `json`, `yaml` are the server's answer; `name` is one uuid per line. */
export const FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const
export type Format = (typeof FORMATS)[number]

export const formatKind = oneOf(FORMATS)

/** The name of a format, `yml` included, or `null`. */
export const formatNamed = (name: string): Format | null => {
  const word = name === 'yml' ? 'yaml' : name
  return FORMATS.find((format) => format === word) ?? null
}
