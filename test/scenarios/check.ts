/** What happened in a scenario against what it says must happen: sentences for everything that differs. */
import type { CrossingSpec, FrameSpec, PingSpec, SendSpec } from './scenario.ts'

/** A frame that a guest got. */
export interface Arrival {
  readonly at: string
  readonly frame: FrameSpec
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
