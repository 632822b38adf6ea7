/** What one source knows of a name. Names are in lower case, without the root's dot. */
import type { DnsRecord } from '../../packet/dns/index.ts'

export interface Known {
  /** Of any type, with the name as owner. */
  readonly records: readonly DnsRecord[]
  /** Whether the name is there, if only because names below it are (RFC 8020 §2). */
  readonly exists: boolean
  /** The zone of ours that the name is in; absent: others may know more of it. */
  readonly zone?: string
}

export const NOTHING: Known = { records: [], exists: false }

/** `a.b.c`: `b.c`, `c`. */
export const parentsOf = (name: string): readonly string[] => {
  const labels = name.split('.')
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'))
}
