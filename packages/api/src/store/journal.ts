/**
 * How many pages are in the journal and not yet in the file. Its size does not tell, because it is used again from the
 * start; the index that SQLite shares with other processes does (https://sqlite.org/walformat.html, §2.2: `mxFrame`
 * and `nBackfill`, in the machine's byte order).
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { endianness } from 'node:os'

export interface Journal {
  /** Pages that a checkpoint would move; 0 when that cannot be read. */
  pending(): number
  close(): void
}

const MX_FRAME = 16
const N_BACKFILL = 96
const HEADER = 100

/** A store that cannot be written may have no index. */
const openIndex = (file: string): number | undefined => {
  try {
    return openSync(`${file}-shm`, 'r')
  } catch {
    return undefined
  }
}

/** @param file of a store that is open, so that its index is there */
export const watchJournal = (file: string): Journal => {
  const index = openIndex(file)
  const header = Buffer.alloc(HEADER)
  const word = (at: number): number =>
    endianness() === 'LE' ? header.readUInt32LE(at) : header.readUInt32BE(at)
  const isRead = (): boolean => index !== undefined && readSync(index, header, 0, HEADER, 0) === HEADER
  return {
    pending: () => (isRead() ? Math.max(0, word(MX_FRAME) - word(N_BACKFILL)) : 0),
    close: () => {
      if (index !== undefined) closeSync(index)
    },
  }
}
