/**
 * What controllers say together. A switch is connected to one controller at a time; when two reports claim it, the
 * later connection is the one that is there, and the other report is of a controller that died without a word. One that has
 * lost all its switches that way is taken for gone before its silence says so.
 */
import type { ControllerReport, DatapathStatus } from '@openvnet/feed'

/** Whether `a` tells of the present rather than `b`: connected before not, then the later connection. */
const isNewer = (a: DatapathStatus, b: DatapathStatus): boolean =>
  a.connected === b.connected ? a.since > b.since : a.connected

const newestOf = (reports: readonly ControllerReport[]): Map<string, DatapathStatus> => {
  const newest = new Map<string, DatapathStatus>()
  for (const datapath of reports.flatMap(({ datapaths }) => datapaths)) {
    const other = newest.get(datapath.dpid)
    if (other === undefined || isNewer(datapath, other)) newest.set(datapath.dpid, datapath)
  }
  return newest
}

/** The reports without what others know better. */
export const currentReports = (reports: readonly ControllerReport[]): ControllerReport[] => {
  const newest = newestOf(reports)
  return reports.flatMap((report) => {
    const datapaths = report.datapaths.filter((datapath) => newest.get(datapath.dpid) === datapath)
    const wasReplaced = datapaths.length === 0 && report.datapaths.some(({ connected }) => connected)
    return wasReplaced ? [] : [{ ...report, datapaths }]
  })
}
