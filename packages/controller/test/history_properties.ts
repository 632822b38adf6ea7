/**
 * What must be so after every history (DESIGN §5). Each property is asked of a settled world, leaves it as it was, and
 * says what is wrong, or nothing.
 */
import type { Operation } from '@openvnet/feed'
import { formatFlow, formatGroup, formatMeter } from '@openvnet/openflow'
import type { Holding } from '../src/model/claims.ts'
import type { Flow, Group, Meter, Tables } from '../src/pipeline/flow.ts'
import { tableName } from '../src/pipeline/layout.ts'
import { nextEvents } from './history_events.ts'
import { Random } from './random.ts'
import { DPIDS, type Event, World } from './world.ts'

/** @param seed of what is random in it */
export type Property = (world: World, seed: number) => Promise<string | null>

const flowText = (flow: Flow): string =>
  formatFlow(flow.content, { tableName: (id: number) => tableName(id) })

const onlyIn = <K, V extends { readonly value: string }>(
  sign: string,
  one: ReadonlyMap<K, V>,
  other: ReadonlyMap<K, V>,
  text: (item: V) => string,
): string[] =>
  [...one]
    .filter(([key, item]) => other.get(key)?.value !== item.value)
    .map(([, item]) => `${sign} ${text(item)}`)

/** Lines of what one has and the other has not. */
const difference = (actual: Tables, expected: Tables): string[] => [
  ...onlyIn('-', expected.flows, actual.flows, flowText),
  ...onlyIn('+', actual.flows, expected.flows, flowText),
  ...onlyIn<number, Group>('-', expected.groups, actual.groups, formatGroup),
  ...onlyIn<number, Group>('+', actual.groups, expected.groups, formatGroup),
  ...onlyIn<number, Meter>('-', expected.meters, actual.meters, formatMeter),
  ...onlyIn<number, Meter>('+', actual.meters, expected.meters, formatMeter),
]

interface Frozen {
  readonly dpid: string
  readonly tables: Tables
}

/** The tables of all switches; they are live in the engine, and stay here as they are. */
const freeze = (world: World): Frozen[] =>
  DPIDS.map((dpid) => {
    const { flows, groups, meters } = world.tables(dpid)
    return { dpid, tables: { flows: new Map(flows), groups: new Map(groups), meters: new Map(meters) } }
  })

const comparison = (what: string, world: World, expected: readonly Frozen[]): string | null => {
  const lines = expected.flatMap(({ dpid, tables }) => {
    const found = difference(world.tables(dpid), tables)
    return found.length === 0 ? [] : [`${dpid}: + is there, - ${what}`, ...found]
  })
  return lines.length === 0 ? null : lines.join('\n')
}

/** The switch connects, from where it did. */
const connection = (world: World, dpid: string): Event => {
  const { address } = world.switches.get(dpid)!
  return { kind: 'link', dpid, up: true, ...(address === undefined ? {} : { address }) }
}

/** Each row and each port that is there, as if it came now. */
const lastWords = (world: World): Event[] => [
  ...[...world.rows].flatMap(([resource, rows]) =>
    [...rows.values()].map(
      (row): Event => ({ kind: 'change', operations: [{ resource, id: row.id, row } as Operation] }),
    ),
  ),
  ...[...world.switches].flatMap(([dpid, { known, up }]) =>
    up
      ? [
          connection(world, dpid),
          ...[...known].map(([name, port_no]): Event => ({ kind: 'port', dpid, name, port_no })),
        ]
      : [],
  ),
  ...[...world.switches].flatMap(([dpid, { ifaceIds }]) =>
    [...ifaceIds].map(([name, iface_id]): Event => ({ kind: 'iface_id', dpid, name, iface_id })),
  ),
  ...[...world.neighbours.values()].map((fact): Event => ({ kind: 'neighbour', ...fact })),
]

const fromScratch: Property = async (world) =>
  comparison('would be there from scratch', world, freeze(await world.fromScratch()))

const whys: Property = async (world) => {
  const scratch = await world.fromScratch()
  const wrong = DPIDS.flatMap((dpid) =>
    [...world.tables(dpid).flows].flatMap(([key, flow]) => {
      const expected = scratch.tables(dpid).flows.get(key)?.why
      const { why } = flow
      return why === expected && /^[^ ].+\.$/.test(why) ? [] : [`${flowText(flow)}: ${why} (${expected})`]
    }),
  )
  return wrong.length === 0 ? null : wrong.join('\n')
}

const installed: Property = async (world) => {
  const faults = [...world.switches].flatMap(([dpid, { mirror, up }]) => {
    const missing = up ? mirror.missing(world.tables(dpid)) : []
    return [...mirror.faults, ...missing.map((change) => `${dpid} lacks ${JSON.stringify(change)}`)]
  })
  return [...world.faults, ...faults].join('\n') || null
}

const messages = (world: World): number =>
  [...world.switches.values()].reduce((sum, { mirror }) => sum + mirror.sent, 0)

const again: Property = async (world, seed) => {
  const before = freeze(world)
  const sent = messages(world)
  for (const event of new Random(seed).shuffled(lastWords(world))) world.give(event)
  await world.settled()
  world.give({ kind: 'reload', operations: [] })
  await world.settled()
  for (const [dpid, { up }] of world.switches) if (up) world.give(connection(world, dpid))
  await world.settled()
  const more = messages(world) - sent
  return more > 0 ? `${more} messages are sent` : comparison('was there before', world, before)
}

const nameOf = ({ space, key }: Holding): string => `${space} ${key}`

/** Who has what several claim depends on the order; that several claim it does not. */
const disagreement = (world: World, other: World): string | null => {
  const [ours, theirs] = [world, other].map(({ engine }) => engine.moves.holdings().map(nameOf).sort().join())
  return ours === theirs ? null : `several claim ${ours}, in another order ${theirs}`
}

const claimantsOf = ({ space, key }: Holding, world: World): string[] =>
  [...world.switches].flatMap(([dpid, { known, ifaceIds }]) => {
    const claims = [...known].some(
      ([name, port_no]) =>
        (space === 'ports' && name === key) ||
        (space === 'port numbers' && port_no === key) ||
        (space === 'iface-id' && ifaceIds.get(name) === key),
    )
    return claims ? [dpid] : []
  })

const held: Property = async (world) => {
  const isUp = (dpid: string): boolean => world.switches.get(dpid)!.up
  const wrong = world.engine.moves.holdings().filter((holding) => {
    const claimants = claimantsOf(holding, world)
    const those = claimants.some(isUp) ? claimants.filter(isUp) : claimants
    return claimants.length < 2 || !those.includes(holding.holder)
  })
  return wrong.map((holding) => `${holding.holder} has ${nameOf(holding)}`).join('\n') || null
}

const permuted: Property = async (world, seed) => {
  const random = new Random(seed)
  const other = new World(world.options)
  for (const event of random.shuffled(lastWords(world))) {
    other.give(event)
    if (random.chance(0.7)) await other.settled()
  }
  // The ports of those that are away are known all the same.
  for (const [dpid, { known, up, isForgotten }] of world.switches) {
    if (up) continue
    other.give(connection(world, dpid))
    for (const [name, port_no] of known) other.give({ kind: 'port', dpid, name, port_no })
    other.give(isForgotten ? { kind: 'forget', dpid } : { kind: 'link', dpid, up })
  }
  await other.settled()
  const rivals = disagreement(world, other)
  if (rivals !== null) return rivals
  other.engine.moves.restore(world.engine.moves.holdings())
  await other.settled()
  return comparison('is there in another order', world, freeze(other))
}

/** The event that takes back what an event would do now. */
const opposite = (event: Event, world: World): Event | null => {
  switch (event.kind) {
    case 'change':
    case 'reload': {
      const former = event.operations.map(
        ({ resource, id }) => ({ resource, id, row: world.rows.get(resource)!.get(id) ?? null }) as Operation,
      )
      return { ...event, operations: former.toReversed() }
    }
    case 'port': {
      const { ports, up } = world.switches.get(event.dpid)!
      return up ? { ...event, port_no: ports.get(event.name) ?? null } : null
    }
    case 'link':
      return world.switches.get(event.dpid)!.up ? connection(world, event.dpid) : null
    case 'iface_id':
      return { ...event, iface_id: world.switches.get(event.dpid)!.ifaceIds.get(event.name) ?? null }
    case 'neighbour': {
      const { dpid, network_id, address } = event
      const before = world.neighbours.get(`${dpid} ${network_id} ${address}`)
      return { ...event, mac_address: before?.mac_address ?? null }
    }
    case 'forget':
      return null
  }
}

const undone: Property = async (world, seed) => {
  const before = freeze(world)
  const holdings = world.engine.moves.holdings()
  const back: Event[] = []
  for (const event of nextEvents(new Random(seed), world)) {
    const undo = opposite(event, world)
    if (undo === null) continue
    back.unshift(undo)
    world.give(event)
    await world.settled()
  }
  for (const event of back) world.give(event)
  // Who took a guest over keeps it.
  world.engine.moves.restore(holdings)
  await world.settled()
  return comparison('was there before', world, before) ?? installed(world, seed)
}

export const PROPERTIES = {
  'the tables are those that are made from scratch': fromScratch,
  'switches hold what they should once all differences are sent': installed,
  'flows say why they are there': whys,
  'what is said again changes nothing and sends nothing': again,
  'the order does not matter, but for who has what several claim': permuted,
  'what several claim one of them has, and it is connected if any is': held,
  'what is taken back leaves no trace': undone,
} satisfies Record<string, Property>

export type PropertyName = keyof typeof PROPERTIES
