/**
 * What controllers say together. Several may be connected to one switch, and each is heard. But when one has missed a
 * report and another says that it acts for the switch, the first has probably died without a word: it is not waited for
 * any longer. One that stands by says nothing of the one that acts.
 */
import type { ControllerReport, DatapathStatus } from '@openvnet/feed'

const isConnected = ({ connected }: DatapathStatus): boolean => connected
const acts = ({ connected, pending, role }: DatapathStatus): boolean =>
  connected && pending !== true && role !== 'secondary'

/**
 * @param fresh reports of controllers that are heard as often as they should be
 * @param overdue reports of controllers whose next one is overdue
 * @returns the fresh ones, and what is left of the others
 */
export const currentReports = (
  fresh: readonly ControllerReport[],
  overdue: readonly ControllerReport[],
): ControllerReport[] => {
  const claimed = new Set(fresh.flatMap(({ datapaths }) => datapaths.filter(acts).map(({ dpid }) => dpid)))
  const rest = overdue.flatMap((report) => {
    const datapaths = report.datapaths.filter(({ dpid }) => !claimed.has(dpid))
    const wasReplaced = datapaths.length === 0 && report.datapaths.some(isConnected)
    return wasReplaced ? [] : [{ ...report, datapaths }]
  })
  return [...fresh, ...rest]
}
