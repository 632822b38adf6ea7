/** In the engine's place: desired tables that a test sets as it likes, announced as the engine does. */
import { type Action, type Bucket, type Instruction, type Match, OFPMF } from '@openvnet/openflow'
import type { SwitchFacts, TablesChange } from '../src/engine/desired.ts'
import { COOKIE_BRAND } from '../src/pipeline/cookie.ts'
import { Flow, type Group, type Meter } from '../src/pipeline/flow.ts'
import { GROUP_SPACE } from '../src/pipeline/group_space.ts'
import { flowKey, flowValue, groupValue, meterValue } from '../src/pipeline/identity.ts'

/** Written out, because the constant is under test. */
const METER_SPACE = 0x40000000

interface FlowWish {
  readonly table_id?: number
  readonly priority?: number
  readonly cookie?: bigint
  readonly match?: Match
  readonly instructions?: readonly Instruction[]
  readonly why?: string
}

/** Any flow, with a cookie of ours. */
export function flow(wish: FlowWish): Flow {
  const { table_id = 0, priority = 10, match = [], instructions = [], why = 'a test' } = wish
  const cookie = ((wish.cookie ?? 1n) << 16n) | COOKIE_BRAND
  const key = flowKey(table_id, priority, match)
  const value = flowValue({ cookie, instructions, idle_timeout: 0, hard_timeout: 0, flags: 0 })
  return new Flow(key, value, { why: () => why })
}

export const apply = (...actions: Action[]): Instruction => ({ type: 'apply_actions', actions })
export const output = (port: number): Action => ({ type: 'output', port, max_len: 0 })

export function group(id: number, ...lists: readonly Action[][]): Group {
  const buckets: Bucket[] = lists.map((actions) => ({
    weight: 0,
    watch_port: 0xffffffff,
    watch_group: 0xffffffff,
    actions,
  }))
  return {
    group_id: GROUP_SPACE + id,
    group_type: 0,
    buckets,
    why: 'a test',
    value: groupValue({ group_type: 0, buckets }),
  }
}

/** A meter that drops what is above so many packets in a second. */
export function meter(id: number, rate: number): Meter {
  const content = {
    flags: OFPMF.PKTPS | OFPMF.BURST,
    bands: [{ type: 'drop', rate, burst_size: 2 * rate } as const],
  }
  return { meter_id: METER_SPACE + id, ...content, why: 'a test', value: meterValue(content) }
}

/** `count` different flows to 10.0.0.0/8 addresses. */
export const manyFlows = (count: number, port = 1): Flow[] =>
  Array.from({ length: count }, (_, index) =>
    flow({
      table_id: index % 4,
      match: [
        { field: 'eth_type', value: 0x0800, mask: null },
        { field: 'ipv4_dst', value: 0x0a000000 + index, mask: null },
        { field: 'metadata', value: BigInt(index % 1000), mask: 0xffffffffn },
      ],
      instructions: [apply(output(port))],
    }),
  )

const differing = <K, V extends { readonly value: string }>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>) =>
  new Set([...a.keys(), ...b.keys()].filter((key) => a.get(key)?.value !== b.get(key)?.value))

export class StandInEngine implements SwitchFacts {
  readonly ports = new Map<string, Map<string, number>>()
  readonly facts: string[] = []
  revision = 1
  #flows = new Map<string, Flow>()
  #groups = new Map<number, Group>()
  #meters = new Map<number, Meter>()
  #listener: (dpid: string, change: TablesChange) => void = () => undefined
  readonly #answers: boolean

  /** @param answers whether `connected` is followed by a pass, as with the engine once it has its snapshot */
  constructor(flows: readonly Flow[] = [], groups: readonly Group[] = [], answers = true) {
    this.#set(flows, groups)
    this.#answers = answers
  }

  listen(listener: (dpid: string, change: TablesChange) => void): void {
    this.#listener = listener
  }

  readonly desired = () => ({
    tables: { flows: this.#flows, groups: this.#groups, meters: this.#meters },
    revision: this.revision,
    whole: () => undefined,
  })

  connected(dpid: string, ports: ReadonlyMap<string, number>): void {
    this.ports.set(dpid, new Map(ports))
    this.facts.push(`connected ${dpid}`)
    if (this.#answers) setImmediate(() => this.announce(new Set(), new Set()))
  }

  port(dpid: string, name: string, port_no: number | null): void {
    this.facts.push(`${dpid} ${name} ${port_no}`)
  }

  disconnected(dpid: string): void {
    this.facts.push(`disconnected ${dpid}`)
  }

  forgotten(dpid: string): void {
    this.facts.push(`forgotten ${dpid}`)
  }

  announce(
    flows: ReadonlySet<string>,
    groups: ReadonlySet<number>,
    meters: ReadonlySet<number> = new Set(),
  ): void {
    for (const dpid of this.ports.keys())
      this.#listener(dpid, { revision: this.revision, since: this.revision - 1, flows, groups, meters })
  }

  /** The next revision: all switches should hold this. They hear of it in the next turn of the event loop. */
  want(flows: readonly Flow[], groups: readonly Group[] = [], meters: readonly Meter[] = []): number {
    const [formerFlows, formerGroups, formerMeters] = [this.#flows, this.#groups, this.#meters]
    this.#set(flows, groups)
    this.#meters = new Map(meters.map((each) => [each.meter_id, each]))
    this.revision += 1
    const [changedFlows, changedGroups] = [
      differing(formerFlows, this.#flows),
      differing(formerGroups, this.#groups),
    ]
    const changedMeters = differing(formerMeters, this.#meters)
    setImmediate(() => this.announce(changedFlows, changedGroups, changedMeters))
    return this.revision
  }

  /** The next revision: one more flow. */
  add(added: Flow): void {
    this.#flows.set(added.key, added)
    this.revision += 1
    this.announce(new Set([added.key]), new Set())
  }

  #set(flows: readonly Flow[], groups: readonly Group[]): void {
    this.#flows = new Map(flows.map((each) => [each.key, each]))
    this.#groups = new Map(groups.map((each) => [each.group_id, each]))
  }
}
