/**
 * The only effect of reconciling: sends batches of ordered changes and says what became of them.
 *
 * A batch goes out as one atomic and ordered bundle (ONF extension 230; `ofproto/bundles.c` of Open vSwitch): OPEN,
 * an ADD for each change, CLOSE, and COMMIT only when CLOSE was answered and no ADD was refused, because a switch
 * commits the others without a word. Where a switch has no bundles it goes out as plain messages and a barrier.
 *
 * Meters cannot be in a bundle (OFPBFC_MSG_UNSUP): changes of them are given as batches that are not atomic.
 *
 * All but COMMIT changes nothing, so it is done ahead: the switch commits one batch while the next is written.
 */
import { OFPBCT, OFPBF } from '@openvnet/openflow'
import type { Change } from './change.ts'
import { type Answer, type Channel, nameOf } from './channel.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import { type Outcome, UnexplainedAnswer } from './outcome.ts'

/** None rejects. */
export interface Committing {
  /** The switch has been told: what is sent from here on it does later. */
  readonly sent: Promise<void>
  readonly outcome: Promise<Outcome>
}

/** A batch that the switch knows, as far as that changes nothing. One of both is to be called, once. */
export interface Prepared {
  commit(): Committing
  discard(): void
}

export interface Applier {
  /**
   * Never rejects: what goes wrong is the outcome. One batch may be prepared while the one before it is committed, as soon
   * as that is sent.
   * @param atomic all or nothing where the switch can; else what is not refused is done
   */
  prepare(changes: readonly Change[], atomic: boolean): Promise<Prepared>
}

const FLAGS = OFPBF.ATOMIC | OFPBF.ORDERED

/** Another controller acts for the switch: all that was sent was refused, and nothing of it is at fault. */
const NOT_PRIMARY = 'OFPBRC_IS_SECONDARY'

function expectPrimary(errors: readonly string[]): void {
  if (errors.includes(NOT_PRIMARY)) throw new UnexplainedAnswer('another controller acts for the switch')
}

function expectReply(answer: Answer, to: string): void {
  if (answer !== 'replied') throw new UnexplainedAnswer(`${to} was answered by ${nameOf(answer.error)}`)
}

/** What the switch holds after a batch in which each change stood for itself. */
function eachForItself(changes: readonly Change[], { refusals }: Dispatch): Outcome {
  const refused = new Set(refusals.map(({ change }) => change))
  return { kind: 'known', acknowledged: changes.filter((change) => !refused.has(change)), refusals }
}

async function applyPlain({ channel, dispatch, changes }: Batch, onSent: () => void): Promise<Outcome> {
  await dispatch.send(changes, (message) => message)
  const answer = channel.request({ type: 'barrier_request', xid: channel.nextXid() })
  onSent()
  expectReply(await answer, 'BARRIER_REQUEST')
  return eachForItself(changes, dispatch)
}

interface Bundle {
  readonly channel: Channel
  readonly bundle_id: number
}

const control = ({ channel, bundle_id }: Bundle, type: number): Promise<Answer> =>
  channel.request({ type: 'bundle_control', xid: channel.nextXid(), bundle_id, control: type, flags: FLAGS })

async function discard(bundle: Bundle, { refusals }: Dispatch): Promise<Outcome> {
  expectReply(await control(bundle, OFPBCT.DISCARD_REQUEST), 'bundle discard')
  return { kind: 'known', acknowledged: [], refusals }
}

async function commit(bundle: Bundle, dispatch: Dispatch, changes: readonly Change[]): Promise<Outcome> {
  const answer = await control(bundle, OFPBCT.COMMIT_REQUEST)
  if (answer === 'replied') return { kind: 'known', acknowledged: changes, refusals: [] }
  if (dispatch.refusals.length === 0) expectReply(answer, 'bundle commit')
  return { kind: 'known', acknowledged: [], refusals: dispatch.refusals }
}

/** Fills an open bundle and closes it. */
async function fill(bundle: Bundle, dispatch: Dispatch, changes: readonly Change[]): Promise<void> {
  const { bundle_id } = bundle
  await dispatch.send(changes, (message) => {
    if (message.type === 'meter_mod') throw new TypeError('a bundle takes no meters')
    return { type: 'bundle_add_message', xid: message.xid, bundle_id, flags: FLAGS, message }
  })
  expectReply(await control(bundle, OFPBCT.CLOSE_REQUEST), 'bundle close')
}

interface Batch {
  readonly channel: Channel
  /** Absent where the changes go out as plain messages. */
  readonly bundle: Bundle | undefined
  readonly dispatch: Dispatch
  readonly changes: readonly Change[]
}

/** @param onSent called when the last message of it is sent */
function finish(batch: Batch, onSent: () => void): Promise<Outcome> {
  const { bundle, dispatch, changes } = batch
  if (bundle === undefined) return applyPlain(batch, onSent)
  const outcome = dispatch.refusals.length > 0 ? discard(bundle, dispatch) : commit(bundle, dispatch, changes)
  onSent()
  return outcome
}

async function conclude(batch: Batch, onSent: () => void): Promise<Outcome> {
  const { dispatch } = batch
  try {
    const outcome = await finish(batch, onSent)
    expectPrimary(dispatch.refusals.map(({ error }) => error))
    return outcome
  } catch (error) {
    return { kind: 'unknown', error: error as Error }
  } finally {
    onSent()
    dispatch.end()
  }
}

const prepared = (batch: Batch): Prepared => {
  const { channel, bundle, dispatch } = batch
  return {
    commit() {
      const { promise: sent, resolve } = Promise.withResolvers<void>()
      return { sent, outcome: conclude(batch, resolve) }
    },
    discard() {
      dispatch.end()
      // A switch that has gone forgets it by itself; what another one answers is of no interest.
      if (bundle !== undefined && !channel.ended)
        control(bundle, OFPBCT.DISCARD_REQUEST).catch(() => undefined)
    },
  }
}

const failed = (error: Error): Prepared => ({
  commit: () => ({ sent: Promise.resolve(), outcome: Promise.resolve({ kind: 'unknown', error }) }),
  discard: () => undefined,
})

export function createApplier(channel: Channel): Applier {
  let bundles = true
  let bundle_id = 0

  /** A bundle, or none where the switch refuses to open one. */
  async function openBundle(): Promise<Bundle | undefined> {
    if (!bundles) return undefined
    bundle_id += 1
    const bundle = { channel, bundle_id }
    const answer = await control(bundle, OFPBCT.OPEN_REQUEST)
    if (answer !== 'replied') expectPrimary([nameOf(answer.error)])
    bundles = answer === 'replied'
    return bundles ? bundle : undefined
  }

  return {
    async prepare(changes, atomic) {
      const dispatch = createDispatch(channel)
      try {
        const bundle = atomic ? await openBundle() : undefined
        if (bundle !== undefined) await fill(bundle, dispatch, changes)
        return prepared({ channel, bundle, dispatch, changes })
      } catch (error) {
        dispatch.end()
        return failed(error as Error)
      }
    },
  }
}
