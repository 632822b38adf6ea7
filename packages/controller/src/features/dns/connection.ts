/**
 * One TCP connection of a guest to a DNS service: RFC 9293, as much of it as questions and answers need. Segments in, segments
 * out; no timer. What is lost is sent again when the guest asks again: a question is only acknowledged by its answer, so a guest
 * whose answer was lost repeats the question. Segments that are not the next ones are not kept.
 */
import { DNS_MAX_DECODED, DnsStream, frameDns } from '../../packet/dns/index.ts'
import { concat, readU16, TCP_FLAG, type Tcp } from '../../packet/index.ts'

/** Octets of a segment that fit through any tunnel: RFC 8200 §5 less the headers of IPv6 and TCP. */
const MAX_SEGMENT = 1220
/** Where a guest names no size: RFC 9293 §3.7.1. */
const DEFAULT_SEGMENT = 536
const WINDOW = 16_384
/** Octets of answers that wait for the guest. */
const MAX_QUEUED = 2 ** 16 + 2
const [MSS, MSS_LENGTH, END, NOTHING] = [2, 4, 0, 1]

export type Outgoing = Pick<Tcp, 'sequence' | 'acknowledgement' | 'flags' | 'window' | 'options' | 'payload'>

const NONE = new Uint8Array()

/** How far a sequence number is behind another: RFC 9293 §3.4. */
const distance = (from: number, to: number): number => (to - from) | 0

/** What the guest says of the size of segments in its SYN. */
const segmentSize = (options: Uint8Array): number => {
  for (let at = 0; at < options.length && options[at] !== END; ) {
    if (options[at] === MSS && at + MSS_LENGTH <= options.length)
      return Math.min(Math.max(readU16(options, at + 2), 1), MAX_SEGMENT)
    at += options[at] === NOTHING ? 1 : Math.max(options[at + 1] ?? 2, 2)
  }
  return DEFAULT_SEGMENT
}

/** A reset as answer to what no connection expects: RFC 9293 §3.5.2; `undefined` to another reset. */
export const resetFor = ({ flags, sequence, acknowledgement, payload }: Tcp): Outgoing | undefined => {
  if ((flags & TCP_FLAG.rst) !== 0) return undefined
  const rest = { window: 0, options: NONE, payload: NONE }
  if ((flags & TCP_FLAG.ack) !== 0)
    return { ...rest, sequence: acknowledgement, acknowledgement: 0, flags: TCP_FLAG.rst }
  const length = payload.length + (flags & TCP_FLAG.syn ? 1 : 0) + (flags & TCP_FLAG.fin ? 1 : 0)
  const next = (sequence + length) >>> 0
  return { ...rest, sequence: 0, acknowledgement: next, flags: TCP_FLAG.rst | TCP_FLAG.ack }
}

export class DnsConnection {
  readonly #segment: number
  readonly #first: number
  readonly #stream = new DnsStream(DNS_MAX_DECODED)
  /** The next octet of the guest. */
  #expected: number
  /** The first octet of ours that the guest has not acknowledged; `#queue` begins with it. */
  #oldest: number
  #queue: Uint8Array = NONE
  /** Octets of the queue that are on their way. */
  #sent = 0
  #window = 0
  /** The octet from which on an acknowledgement has made us send again. */
  #repeated: number | undefined
  #isOpen = false
  #isAckDue = false
  #hasPeerFinished = false
  #hasFinished = false
  #isOver = false
  /** Questions that are asked outside. */
  #pending = 0

  /** @param syn of the guest @param first sequence number of ours, not to be guessed */
  constructor(syn: Tcp, first: number) {
    this.#segment = segmentSize(syn.options)
    this.#first = first
    this.#expected = (syn.sequence + 1) >>> 0
    this.#oldest = (first + 1) >>> 0
  }

  /** Whether the guest has answered our answer to its SYN. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Nothing more comes, and nothing is to be sent. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** The answer to its SYN. */
  accept(): Outgoing {
    const options = Uint8Array.of(MSS, MSS_LENGTH, MAX_SEGMENT >> 8, MAX_SEGMENT & 0xff)
    return { ...this.#outgoing(TCP_FLAG.syn), sequence: this.#first, options }
  }

  /** @returns messages that are whole now; what is to be sent says `flush` */
  receive(segment: Tcp): readonly Uint8Array[] {
    const { flags, sequence } = segment
    if ((flags & TCP_FLAG.rst) !== 0) {
      this.#isOver ||= sequence === this.#expected
      return []
    }
    if ((flags & TCP_FLAG.syn) !== 0 || (flags & TCP_FLAG.ack) === 0) {
      this.#isAckDue = true
      return []
    }
    return this.#acknowledge(segment) ? this.#read(segment) : []
  }

  /** A question is being asked outside: `answer` follows. */
  wait(): void {
    this.#pending += 1
  }

  /** @param waited whether `wait` was called for it */
  answer(message: Uint8Array, waited = false): void {
    if (waited) this.#pending -= 1
    if (this.#queue.length + message.length > MAX_QUEUED) this.#isOver = true
    else this.#queue = concat(this.#queue, frameDns(message))
  }

  /** What the guest is to get now: answers as far as its window lets them, an acknowledgement, the end. */
  flush(): readonly Outgoing[] {
    const out: Outgoing[] = []
    if (this.#isOver) return out
    while (this.#sent < Math.min(this.#queue.length, this.#window)) out.push(this.#next())
    const isAllSent = this.#sent === this.#queue.length && this.#pending === 0
    if (this.#hasPeerFinished && isAllSent && !this.#hasFinished) {
      out.push(this.#outgoing(TCP_FLAG.fin))
      this.#hasFinished = true
    } else if (out.length === 0 && this.#isAckDue && this.#pending === 0) out.push(this.#outgoing(0))
    if (this.#pending === 0) this.#isAckDue = false
    return out
  }

  #outgoing(flags: number): Outgoing {
    return {
      sequence: (this.#oldest + this.#sent + (this.#hasFinished ? 1 : 0)) >>> 0,
      acknowledgement: this.#expected,
      flags: flags | TCP_FLAG.ack,
      ...{ window: WINDOW, options: NONE, payload: NONE },
    }
  }

  #next(): Outgoing {
    const end = Math.min(this.#sent + this.#segment, this.#queue.length, this.#window)
    const flags = end === this.#queue.length ? TCP_FLAG.psh : 0
    const outgoing = { ...this.#outgoing(flags), payload: this.#queue.slice(this.#sent, end) }
    this.#sent = end
    return outgoing
  }

  /** @returns whether the rest of the segment counts */
  #acknowledge({ acknowledgement, window, payload, flags }: Tcp): boolean {
    const octets = distance(this.#oldest, acknowledgement)
    const isAll = this.#hasFinished && octets === this.#sent + 1
    if (octets < 0 || (octets > this.#sent && !isAll)) {
      this.#isAckDue = true
      return false
    }
    this.#isOpen = true
    if (isAll) this.#isOver = true
    const isBare = payload.length === 0 && (flags & TCP_FLAG.fin) === 0
    if (octets === 0 && isBare && window === this.#window) this.#repeatOnce()
    const taken = Math.min(octets, this.#sent)
    this.#queue = this.#queue.slice(taken)
    this.#sent -= taken
    this.#oldest = (this.#oldest + taken) >>> 0
    this.#window = window
    return !this.#isOver
  }

  /** What is under way is sent anew. */
  #repeat(): void {
    this.#sent = 0
    this.#hasFinished = false
  }

  /** The same acknowledgement again: a segment was lost. Once for each, lest they make us send without end. */
  #repeatOnce(): void {
    if (this.#sent === 0 || this.#repeated === this.#oldest) return
    this.#repeated = this.#oldest
    this.#repeat()
  }

  #read({ sequence, payload, flags }: Tcp): readonly Uint8Array[] {
    const missed = distance(sequence, this.#expected)
    const isFin = (flags & TCP_FLAG.fin) !== 0
    if (payload.length > 0 || isFin) this.#isAckDue = true
    if (missed !== 0 || this.#hasPeerFinished) {
      // An old one again: what was sent in answer is lost.
      if (missed > 0) this.#repeat()
      return []
    }
    this.#expected = (this.#expected + payload.length + (isFin ? 1 : 0)) >>> 0
    this.#hasPeerFinished = isFin
    const messages = payload.length === 0 ? [] : this.#stream.push(payload)
    if (messages === undefined) this.#isOver = true
    return messages ?? []
  }
}
