/** `ovs-ofctl dump-flows` as data. */

export interface FlowEntry {
  readonly cookie: bigint
  readonly table: number
  readonly priority: number
  readonly packets: number
  readonly bytes: number
  /** Seconds. */
  readonly duration: number
  /** As printed, without the priority; empty when it matches everything. */
  readonly match: string
  readonly actions: string
  /** Without cookie, counters and times: the same for the same flow at any time. */
  readonly text: string
}

const LINE =
  /^ cookie=0x([\da-f]+), duration=([\d.]+)s, table=(\d+), n_packets=(\d+), n_bytes=(\d+),(?: \w+_(?:timeout|age)=\d+,)* (\S*) ?actions=(.*)$/

const parseLine = (line: string): FlowEntry | undefined => {
  const found = LINE.exec(line)
  if (found === null) return undefined
  const [, cookie, duration, table, packets, bytes, condition = '', actions = ''] = found
  const priority = /priority=(\d+)/.exec(condition)?.[1] ?? '32768'
  const match = condition.replace(/^priority=\d+,?/, '')
  return {
    cookie: BigInt(`0x${cookie}`),
    table: Number(table),
    priority: Number(priority),
    packets: Number(packets),
    bytes: Number(bytes),
    duration: Number(duration),
    match,
    actions,
    text: `table=${table} priority=${priority} ${match} actions=${actions}`,
  }
}

/** @throws when a line is not understood: a flow must not be overlooked */
export const parseFlows = (text: string): FlowEntry[] => {
  const lines = text.split('\n').filter((line) => line !== '' && !/^(OFPST_FLOW|NXST_FLOW)/.test(line))
  return lines.map((line) => {
    const flow = parseLine(line)
    if (flow === undefined) throw new Error(`not a flow: ${line}`)
    return flow
  })
}
