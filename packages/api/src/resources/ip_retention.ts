/** A retention counts from two moments, the first of which is now unless somebody says otherwise. */
import type { Behaviour } from '../crud/behaviour.ts'
import { formatTime } from '../crud/shape.ts'

const shown = (time: string | null): string | null => (time === null ? null : formatTime(time))

export const ipRetention: Behaviour<'ip_retention'> = {
  complete: (_work, { values }) => ({ leased_at: values.leased_at ?? new Date().toISOString() }),
  shape: (_reader, row, plain) => ({
    ...plain,
    leased_at: shown(row.leased_at),
    released_at: shown(row.released_at),
  }),
}
