/**
 * Questions of a scenario put to real switches. All of a guest go out at once, and all that guests get is looked at
 * together. Where nobody but who asks gets anything, each answer is to the octet what the simulator says.
 */
import type { Guest } from '../lab/guest.ts'
import { sleep, until } from '../lab/wait.ts'
import { checkShares, differences, type RawArrival, repliesIn, sharerOf, wantedBy } from './check.ts'
import { isChatterFrame } from './frame.ts'
import type { SimulatedWorld } from './on_simulator.ts'
import type { QuestionSpec, SharesSpec } from './question.ts'
import { describeReply } from './reply.ts'

/** Time in which a frame that nobody expects would surely be through; for those that are expected there is more. */
const SETTLE_MS = 150
const EXPECTED_MS = 10_000
const SHARED_MS = 2000

export interface Stage {
  readonly guests: ReadonlyMap<string, Guest>
  /** The same in memory: its guests are of the family of the questions. */
  readonly twin: SimulatedWorld
}

const hexOf = (frame: Uint8Array): string => Buffer.from(frame).toString('hex')

/** Routers tell guests unasked, too. */
const isUnasked = (line: string): boolean => / gets router fe80/.test(line)

/** Of what kernels say by themselves only advertisements of routers count: they are asked for, too. */
const isHeard = (frame: Uint8Array): boolean =>
  !isChatterFrame(frame) || describeReply(frame)?.startsWith('router') === true

interface Heard {
  /** With the names of guests. */
  readonly lines: readonly string[]
  readonly frames: readonly RawArrival[]
}

/** What all guests get. @param isEnough ends the waiting, but for a short while in which nothing more may come */
const hear = async (
  { guests }: Stage,
  act: () => Promise<unknown>,
  isEnough: (heard: Heard) => boolean,
  timeout = EXPECTED_MS,
): Promise<Heard> => {
  const ears = await Promise.all([...guests].map(async ([at, guest]) => [at, await guest.listen()] as const))
  const heard = (): Heard => {
    const frames = ears.flatMap(([at, ear]) => ear.frames.filter(isHeard).map((frame) => ({ at, frame })))
    return { frames, lines: repliesIn(frames) }
  }
  try {
    await act()
    await until('what is expected', () => isEnough(heard()), { timeout, interval: 50 }).catch(() => {})
    await sleep(SETTLE_MS)
    return heard()
  } finally {
    await Promise.all(ears.map(([, ear]) => ear.stop()))
  }
}

export interface Answered {
  readonly problems: readonly string[]
  /** Octets of answers that nobody else had a part in, in order. */
  readonly answers: readonly string[]
}

/** @param questions whose lines tell them apart; of one guest no more at once than its meters let through */
export const askForReal = async (stage: Stage, questions: readonly QuestionSpec[]): Promise<Answered> => {
  const { guests, twin } = stage
  const asked = questions.map((spec) => ({ spec, ...twin.ask(spec) }))
  const wanted = questions.flatMap(wantedBy)
  const frames = Map.groupBy(asked, ({ spec }) => spec.from)
  const heard = await hear(
    stage,
    () =>
      Promise.all(
        [...frames].map(([from, list]) => guests.get(from)!.send(...list.map(({ question }) => question))),
      ),
    ({ lines }) => differences(wanted, lines).every((line) => line.startsWith('unexpected')),
  )
  const alone = asked.filter(({ spec }) => Object.keys(spec.gets).every((at) => at === spec.from))
  const exact = alone.flatMap(({ arrivals }) => arrivals.map(({ at, frame }) => `${at} ${hexOf(frame)}`))
  const got = heard.frames
    .filter(({ frame }) => describeReply(frame) !== undefined)
    .map(({ at, frame }) => `${at} ${hexOf(frame)}`)
  return {
    problems: [
      ...differences(wanted, heard.lines).filter(
        (line) => !(line.startsWith('unexpected') && isUnasked(line)),
      ),
      ...differences(exact, got).filter((line) => line.startsWith('missing')),
    ],
    answers: got.filter((line) => exact.includes(line)).sort(),
  }
}

/** As many echo requests at once as surely find room on their way. */
const AT_ONCE = 16
const TRIES = 5

/** Who of those that share gets what is sent to each address; what is lost on its way is sent again. */
const sharersOf = async (stage: Stage, spec: SharesSpec): Promise<readonly string[]> => {
  const { from, to } = spec
  const frames = to.map((address) => stage.twin.ask({ from, asks: { echo: true, to: address } }).question)
  const arrivals: RawArrival[] = []
  let missing = to.map((_, index) => index)
  const answered =
    ({ lines }: Heard) =>
    (index: number) =>
      lines.includes(`${from} gets echo reply from ${to[index]}`)
  for (let round = 0; round < TRIES && missing.length > 0; round += 1) {
    const sent = missing
    const act = async () => {
      for (let at = 0; at < sent.length; at += AT_ONCE)
        await stage.guests.get(from)!.send(...sent.slice(at, at + AT_ONCE).map((index) => frames[index]!))
    }
    const heard = await hear(stage, act, (so) => sent.every(answered(so)), SHARED_MS)
    arrivals.push(...heard.frames)
    missing = sent.filter((index) => !answered(heard)(index))
  }
  return to.map((address, index) =>
    missing.includes(index)
      ? 'nobody who answers'
      : sharerOf(
          spec,
          arrivals.filter(({ frame }) => describeReply(frame)?.startsWith(`echo request to ${address} `)),
        ),
  )
}

/** Twice the same echo requests: who gets each, and whether all are answered. */
export const shareForReal = async (stage: Stage, spec: SharesSpec): Promise<string[]> =>
  checkShares(spec, [await sharersOf(stage, spec), await sharersOf(stage, spec)])
