/** What a decoder gives instead of a message: why it is none, in a constant sentence that can be counted by. */
export interface Malformed {
  readonly malformed: string
}

export const malformed = (reason: string): Malformed => ({ malformed: reason })

export const isMalformed = (decoded: object): decoded is Malformed => 'malformed' in decoded
