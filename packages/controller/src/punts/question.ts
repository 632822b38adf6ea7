/** The part of DNS messages by which an answer is known as that to a question: RFC 5452 §9.1, RFC 1035 §4.1. */

const HEADER = 12
const RESPONSE = 0x80
/** Type and class, behind the name. */
const TYPE_AND_CLASS = 4
const FAILURES = [2, 5]

/** Place behind the one question of a message; `undefined` when there is not one, or it is cut. */
const endOfQuestion = (message: Uint8Array): number | undefined => {
  if (message.length < HEADER || message[4] !== 0 || message[5] !== 1) return undefined
  let at = HEADER
  for (let length = message[at]; length !== 0; length = message[at]) {
    // No pointers: there is nothing before it.
    if (length === undefined || length > 63) return undefined
    at += length + 1
  }
  const end = at + 1 + TYPE_AND_CLASS
  return end > message.length ? undefined : end
}

/** With the name in lower case: servers may answer in another. */
const questionOf = (message: Uint8Array): string | undefined => {
  const end = endOfQuestion(message)
  if (end === undefined) return undefined
  const text = Buffer.from(message.subarray(HEADER, end)).toString('latin1')
  return text.slice(0, -TYPE_AND_CLASS).toLowerCase() + text.slice(-TYPE_AND_CLASS)
}

export const isAnswerTo = (query: Uint8Array, message: Uint8Array): boolean => {
  const asked = questionOf(query)
  const isResponse = ((message[2] ?? 0) & RESPONSE) !== 0
  const hasId = query[0] === message[0] && query[1] === message[1]
  return isResponse && hasId && asked !== undefined && asked === questionOf(message)
}

/** "Server failure" and "refused": another server may know. */
export const isFailure = (message: Uint8Array): boolean => FAILURES.includes((message[3] ?? 0) & 0xf)

export const withId = (query: Uint8Array, id: number): Uint8Array => {
  const copy = Uint8Array.from(query)
  copy[0] = id >>> 8
  copy[1] = id & 0xff
  return copy
}
