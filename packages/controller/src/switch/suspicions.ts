/** What is known of a switch, once somebody else is known to have changed it. */

import type { Channel } from '../reconcile/channel.ts'
import type { Scope } from '../reconcile/diff.ts'
import { readGroups, readMeters } from '../reconcile/dump.ts'
import { acknowledge, type Installed } from '../reconcile/installed.ts'

/** The value of a flow whose value is not known: none that is wanted. */
const ALTERED = ''

/** Without those that are known to be gone: a switch also tells of flows that went with a group of ours. */
export const withoutGone = (gone: ReadonlySet<string>, strange: ReadonlySet<string>, { flows }: Installed) =>
  new Set([...gone].filter((key) => strange.has(key) || flows.has(key)))

/**
 * Takes these flows for gone.
 * @param gone their keys
 * @param strange those of them where another flow is, of which only the key is known
 * @returns what is to be compared again
 */
export function believe(
  installed: Installed,
  gone: ReadonlySet<string>,
  strange: ReadonlySet<string>,
): Scope {
  for (const key of gone) acknowledge(installed, { kind: 'flow_delete', key })
  for (const key of strange) installed.flows.set(key, ALTERED)
  return { flows: gone, groups: [], meters: [] }
}

/**
 * Reads all groups and meters again. The flows that went with one are told of one by one.
 * @returns what is to be compared again
 * @throws as `Channel.multipart`; then nothing is known of the switch any more
 */
export async function rereadGroupsAndMeters(channel: Channel, installed: Installed): Promise<Scope> {
  const { groups, meters, uses } = installed
  const known = [...groups.keys()]
  const knownMeters = [...meters.keys()]
  groups.clear()
  meters.clear()
  for (const group_id of known) uses.groups.delete(group_id)
  await readGroups(channel, installed)
  await readMeters(channel, installed)
  return {
    flows: [],
    groups: new Set([...known, ...groups.keys()]),
    meters: new Set([...knownMeters, ...meters.keys()]),
  }
}
