/**
 * What a switch does between two messages of one change, where it takes them one by one: a packet that the tables
 * before and the tables after treat alike must be treated so all the time.
 */
import type { Tables } from '@openvnet/controller'
import type { Change } from '../../packages/controller/src/reconcile/change.ts'
import { diff, everything } from '../../packages/controller/src/reconcile/diff.ts'
import {
  acknowledge,
  emptyInstalled,
  type Installed,
} from '../../packages/controller/src/reconcile/installed.ts'
import { order } from '../../packages/controller/src/reconcile/order.ts'
import type { Random } from '../../packages/controller/test/random.ts'
import type { World } from '../../packages/controller/test/world.ts'
import type { FrameSpec } from '../scenarios/scenario.ts'
import { send, simulatorOf, siteOf } from './look.ts'
import { Oracle } from './oracle.ts'
import { probe } from './probes.ts'

type Copy = {
  readonly flows: Map<string, Flow>
  readonly groups: Map<number, Group>
  readonly meters: Map<number, Meter>
}
type Flow = Tables['flows'] extends ReadonlyMap<string, infer F> ? F : never
type Group = Tables['groups'] extends ReadonlyMap<number, infer G> ? G : never
type Meter = Tables['meters'] extends ReadonlyMap<number, infer M> ? M : never

export const copyOf = ({ flows, groups, meters }: Tables): Copy => ({
  flows: new Map(flows),
  groups: new Map(groups),
  meters: new Map(meters),
})

const holding = ({ flows, groups, meters }: Tables): Installed => {
  const installed = emptyInstalled()
  for (const meter of meters.values()) acknowledge(installed, { kind: 'meter_add', meter })
  for (const group of groups.values()) acknowledge(installed, { kind: 'group_add', group })
  for (const flow of flows.values()) acknowledge(installed, { kind: 'flow_add', flow })
  return installed
}

const take = ({ flows, groups, meters }: Copy, change: Change): void => {
  if (change.kind === 'flow_add') flows.set(change.flow.key, change.flow)
  else if (change.kind === 'flow_delete') flows.delete(change.key)
  else if (change.kind === 'group_delete') groups.delete(change.group_id)
  else if (change.kind === 'meter_delete') meters.delete(change.meter_id)
  else if ('meter' in change) meters.set(change.meter.meter_id, change.meter)
  else groups.set(change.group.group_id, change.group)
}

interface Probe {
  readonly port: number
  readonly frame: FrameSpec
  /** Before and after. */
  readonly arrivals: readonly string[]
}

const PROBES = 60
/** Looks at the tables between the first message and the last one. */
const LOOKS = 12

/** Frames that arrive somewhere, and in the same way before and after. */
const steadyProbes = (world: World, dpid: string, before: Tables, random: Random): Probe[] => {
  const site = siteOf(world)
  const speakers = new Oracle(site, dpid).speakers()
  if (speakers.length === 0) return []
  const ports = world.switches.get(dpid)!.known
  const [former, latter] = [simulatorOf(before, ports), simulatorOf(world.tables(dpid), ports)]
  return Array.from({ length: PROBES }).flatMap(() => {
    const speaker = random.pick(speakers)
    const { port } = speaker.guest
    const frame = probe(random, site, speaker)
    const arrivals = send(latter, port, frame)
    const same = send(former, port, frame).join('\n') === arrivals.join('\n')
    return same && arrivals.length > 0 ? [{ port, frame, arrivals }] : []
  })
}

const NOTHING_REFUSED = { hasFlow: () => false, hasGroup: () => false, hasMeter: () => false }

/** Sentences for packets that were lost, or went astray, between two messages. */
export const lookInBetween = (world: World, dpid: string, before: Tables, random: Random): string[] => {
  const desired = world.tables(dpid)
  const installed = holding(before)
  const comparison = { desired, installed, quarantine: NOTHING_REFUSED }
  const changes = order(diff(comparison, everything(desired, installed)), comparison)
  if (changes.length < 2) return []
  const probes = steadyProbes(world, dpid, before, random)
  const looks = new Set(Array.from({ length: LOOKS }, () => random.below(changes.length - 1)))
  const now = copyOf(before)
  const ports = world.switches.get(dpid)!.known
  return changes.flatMap((change, index) => {
    take(now, change)
    if (!looks.has(index)) return []
    const simulator = simulatorOf(now, ports)
    return probes.flatMap(({ port, frame, arrivals }) => {
      const actual = send(simulator, port, frame).join('\n')
      if (actual === arrivals.join('\n')) return []
      return [
        `${dpid} after message ${index + 1} of ${changes.length}: port ${port} sends ${JSON.stringify(frame)}: ${arrivals.join(', ')} expected, not ${actual || 'nothing'}`,
      ]
    })
  })
}
