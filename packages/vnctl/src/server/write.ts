/** A request that changes something, with `--wait`. */
import type { Context } from '../command.ts'
import { notApplied } from './applied.ts'
import type { Request } from './client.ts'

/** Says what would become of it; within a batch that is tried as a whole it only joins that. */
const tryOut = async (context: Context, request: Request): Promise<void> => {
  if (context.collect !== null) return context.collect(request)
  const { rehearse, showRehearsal } = await import('./rehearsal.ts')
  await showRehearsal(context, await rehearse(context, request))
}

/**
 * Sends the request and shows its answer. With `--wait` the server answers when every connected bridge has the
 * change or time is up; in the latter case the answer is shown all the same and the failure comes after it.
 * @throws {Failure}
 */
export const write = async (
  context: Context,
  request: Request,
  show: (value: unknown) => Promise<void>,
): Promise<void> => {
  const { wait, client } = context
  if (context.dryRun) return tryOut(context, request)
  const patience = (request.patience ?? 0) + (wait ?? 0)
  const waiting = wait === null ? {} : { query: { wait: String(wait) }, patience }
  const answer = await client.send({ ...request, ...waiting })
  await show(answer.value)
  if (answer.notEnforced !== null) context.remark(`not enforced yet: ${answer.notEnforced}`)
  if (wait !== null && answer.lacking !== null) throw notApplied(answer.revision, wait, answer.lacking)
}
