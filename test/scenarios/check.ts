/** What happened in a scenario against what it says must happen: sentences for everything that differs. */
import type { QuestionSpec, SharesSpec } from './question.ts'
import { describeReply } from './reply.ts'
import type { CrossingSpec, FrameSpec, PingSpec, SendSpec } from './scenario.ts'

/** A frame that a guest got. */
export interface Arrival {
  readonly at: string
  readonly frame: FrameSpec
}

/** The same as octets. */
export interface RawArrival {
  readonly at: string
  readonly frame: Uint8Array
}

export interface PingOutcome {
  readonly answered: boolean
  readonly answerTtl: number | undefined
  /** Everything that guests got. */
  readonly arrivals: readonly Arrival[]
  /** Everything that crossed the underlay. */
  readonly crossings: readonly CrossingSpec[]
}

const crossingText = ({ from, to, network }: CrossingSpec): string =>
  `${from} → ${to} with the key of ${network}`

/** Each crossing as often as it is expected, and no other. */
const checkCrossings = (wanted: readonly CrossingSpec[], got: readonly CrossingSpec[]): string[] => {
  const [expected, actual] = [wanted, got].map((list) => list.map(crossingText).sort().join(', '))
  return expected === actual
    ? []
    : [`crosses the underlay: ${actual || 'nothing'}, not ${expected || 'nothing'}`]
}

const text = ({ at, frame }: Arrival): string => {
  const { eth_src, eth_dst, arp, nd, echo } = frame
  const rest = arp
    ? `arp ${Object.values(arp).join(' ')}`
    : nd
      ? `${nd.kind} ${nd.src} > ${nd.dst} for ${nd.target} at ${nd.link} ${nd.flags ?? ''}`
      : echo
        ? `echo ${echo.src} > ${echo.dst} ttl ${echo.ttl}${echo.reply ? ' reply' : ''}`
        : ''
  return `${at}: ${eth_src} > ${eth_dst} ${rest}`
}

/** What a router tells the sender of a packet that goes nowhere: `test/integration/icmp.test.ts` looks at that. */
const isTold = ({ at, frame: { arp, nd, echo } }: Arrival, sender: string): boolean =>
  at === sender && arp === undefined && nd === undefined && echo === undefined

/** Each expected arrival once, and no other. */
export const checkSend = (
  spec: Pick<SendSpec, 'why' | 'from' | 'arrives' | 'crosses'>,
  arrivals: readonly Arrival[],
  crossings: readonly CrossingSpec[],
): string[] => {
  const got = arrivals.filter((arrival) => !isTold(arrival, spec.from)).map(text)
  const wanted = spec.arrives.map(text)
  const missing = wanted.filter((line) => !got.includes(line)).map((line) => `missing ${line}`)
  const more = got.filter((line) => !wanted.includes(line)).map((line) => `unexpected ${line}`)
  const twice = got.length > wanted.length && more.length === 0 ? [`more than once: ${got.join(', ')}`] : []
  const crossed = checkCrossings(spec.crosses ?? [], crossings)
  return [...missing, ...more, ...twice, ...crossed].map((line) => `${spec.why}: ${line}`)
}

const isRequest = ({ frame }: Arrival): boolean => frame.echo !== undefined && frame.echo.reply !== true

const checkArrival = ({ arrives }: PingSpec, requests: readonly Arrival[]): string[] => {
  const elsewhere = requests
    .filter(({ at }) => at !== arrives?.at)
    .map((arrival) => `unexpected ${text(arrival)}`)
  if (arrives === undefined) return elsewhere
  const there = requests.filter(({ at }) => at === arrives.at)
  if (there.length === 0) return [...elsewhere, `no request arrives at ${arrives.at}`]
  const wrong = there.filter(
    ({ frame }) => frame.echo?.ttl !== arrives.ttl || frame.eth_src !== arrives.eth_src,
  )
  return [
    ...elsewhere,
    ...wrong.map((arrival) => `not with TTL ${arrives.ttl} from ${arrives.eth_src}: ${text(arrival)}`),
  ]
}

/** Frames at guests that have nothing to do with the ping. */
const checkBystanders = ({ from, arrives }: PingSpec, arrivals: readonly Arrival[]): string[] =>
  arrivals
    .filter(({ at }) => at !== from && at !== arrives?.at)
    .map((arrival) => `unexpected ${text(arrival)}`)

export const checkPing = (spec: PingSpec, outcome: PingOutcome): string[] => {
  const { answered, answerTtl, arrivals, crossings } = outcome
  const problems = [
    ...checkCrossings(spec.crosses ?? [], crossings),
    ...(answered === spec.answered ? [] : [answered ? 'it is answered' : 'it is not answered']),
    ...(spec.answerTtl === undefined || spec.answerTtl === answerTtl
      ? []
      : [`the answer has TTL ${answerTtl}, not ${spec.answerTtl}`]),
    ...checkArrival(spec, arrivals.filter(isRequest)),
    ...checkBystanders(
      spec,
      arrivals.filter((arrival) => !isRequest(arrival)),
    ),
  ]
  return problems.map((problem) => `${spec.from} pings ${spec.to} (${spec.why}): ${problem}`)
}

/** What guests get, each with its name, in any order; what neighbours say to each other is left out. */
export const repliesIn = (arrivals: readonly RawArrival[]): string[] =>
  arrivals.flatMap(({ at, frame }) => {
    const reply = describeReply(frame)
    return reply === undefined ? [] : [`${at} gets ${reply}`]
  })

export const wantedBy = ({ gets }: Pick<QuestionSpec, 'gets'>): string[] =>
  Object.entries(gets).flatMap(([at, replies]) => replies.map((reply) => `${at} gets ${reply}`))

/** Lines of one list that another has not, or not as often. */
const beyond = (lines: readonly string[], others: readonly string[]): string[] => {
  const left = [...others]
  return lines.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** Each as often as it is wanted, and no other. */
export const differences = (wanted: readonly string[], got: readonly string[]): string[] => [
  ...beyond(wanted, got).map((line) => `missing: ${line}`),
  ...beyond(got, wanted).map((line) => `unexpected: ${line}`),
]

export const checkQuestion = (spec: QuestionSpec, arrivals: readonly RawArrival[]): string[] =>
  differences(wantedBy(spec), repliesIn(arrivals)).map((line) => `${spec.why}: ${line}`)

/** Who of those that share gets what is sent to an address. */
export const sharerOf = ({ weights }: SharesSpec, arrivals: readonly RawArrival[]): string => {
  const sharers = new Set(arrivals.map(({ at }) => at).filter((at) => at in weights))
  return [...sharers].join(' and ') || 'nobody'
}

/** @param sharers of each address, asked for twice */
export const checkShares = (spec: SharesSpec, sharers: readonly (readonly string[])[]): string[] => {
  const { why, to, weights } = spec
  const [first = [], second = []] = sharers
  const count = (name: string): number => first.filter((sharer) => sharer === name).length
  const byWeight = Object.keys(weights).sort((a, b) => weights[a]! - weights[b]!)
  const counts = byWeight.map(count)
  return [
    ...(counts.reduce((sum, n) => sum + n, 0) === to.length ? [] : [`of ${to.length} they get ${counts}`]),
    ...(counts.every((n, index) => n > (counts[index - 1] ?? 0)) ? [] : [`${byWeight} get ${counts}`]),
    ...(first.join() === second.join() ? [] : ['not the same ones the second time']),
  ].map((problem) => `${why}: ${problem}`)
}
