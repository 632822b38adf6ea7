/** JSON Schemas of what is no row: status, wait, changes, snapshot, health, and what a dry run would do. */
import { RESOURCE_NAMES } from '@openvnet/schema'
import type { JsonSchema } from './schemas.ts'

const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description })
const text = (description: string): JsonSchema => ({ type: 'string', description })
const maybe = (description: string): JsonSchema => ({ type: ['string', 'null'], description })
const flag = (description: string): JsonSchema => ({ type: 'boolean', description })

const object = (properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items })

const REVISION = count('A revision of the store: every write makes the next one.')
const RESOURCE: JsonSchema = { type: 'string', enum: RESOURCE_NAMES, description: 'The resource of the row.' }
const STORE = text('Identity of the store: with another one a reader starts over.')

const DATAPATH = object(
  {
    dpid: text('Datapath id as 0x and 16 digits.'),
    uuid: maybe('uuid of its row, if it has one.'),
    controller: maybe('The controller that says so; null for a row that none has seen.'),
    bridge: text('Name of the bridge, where its database is read.'),
    ovsdb: text('The database that is read of it.'),
    connected: flag('Whether its bridge is connected.'),
    pending: flag('It waits to be approved and is left as it is.'),
    applied: flag('It has everything up to the revision and refused nothing of it.'),
    peer: maybe('Address of the other end of the connection.'),
    role: { enum: ['primary', 'secondary', 'equal', null], description: 'Who acts for it.' },
    acknowledged_revision: REVISION,
    flows: count('Flows that should be there.'),
    groups: count('Groups that should be there.'),
    meters: count('Meters that should be there; absent from controllers of an older version.'),
    flow_mods_sent: count('Since the controller started.'),
    group_mods_sent: count('Since the controller started.'),
    meter_mods_sent: count('The same; absent from controllers of an older version.'),
    packet_ins: count('Since the controller started.'),
    packet_outs: count('Answers of programs of the controller; absent from controllers of an older version.'),
    packet_outs_dropped: count('Answers that the switch had no room for; absent as well.'),
    punts: {
      type: 'object',
      description: 'What became of packets for programs: how many by kind and outcome; absent as well.',
      additionalProperties: { type: 'object', additionalProperties: { type: 'integer' } },
    },
    neighbours: listOf(
      object({
        network: text('uuid.'),
        address: text('That somebody outside of the model has there.'),
        mac_address: text('From which it answered.'),
      }),
    ),
    errors: count(
      'Errors of the switch since then, also expected ones; absent from controllers of an older version.',
    ),
    refused: count('Flows, groups and meters that the switch refused.'),
    last_error: maybe('The last error of the switch.'),
    warnings: listOf(text('What a user should know.')),
    since: text('When it was connected or disconnected.'),
  },
  [
    'pending',
    'bridge',
    'ovsdb',
    'errors',
    'meters',
    'meter_mods_sent',
    'packet_outs',
    'packet_outs_dropped',
    'punts',
    'neighbours',
  ],
)

/** `OvsdbStatus` of the feed. */
const OVSDB = object({
  remote: text('As unix:FILE, tcp:HOST:PORT, ssl:HOST:PORT.'),
  connected: flag('Whether it is read; what it said last holds.'),
  bridges: count('Bridges in it.'),
  last_error: maybe('Why it is not read.'),
  since: text('When it was connected or disconnected.'),
})

const STATUS = object({
  store: STORE,
  revision: REVISION,
  controllers: listOf(
    object({
      controller: text('Identity of the process.'),
      revision: REVISION,
      follows: flag('Whether it follows this store.'),
      datapaths: count('Datapaths that are connected to it.'),
      ovsdb: listOf(OVSDB),
    }),
  ),
  datapaths: listOf(DATAPATH),
  pending: listOf(
    object({
      dpid: text('Datapath id as 0x and 16 digits.'),
      peer: maybe('Address of the other end of the connection.'),
      since: text('When it was connected.'),
      controller: text('The controller to which it is connected.'),
    }),
  ),
  not_enforced: listOf(
    object({
      resource: RESOURCE,
      uuid: text('uuid, or those of what it joins.'),
      what: text('What has no effect.'),
    }),
  ),
  not_enforced_total: count('Of these the first hundred are listed.'),
})

const APPLIED = object({
  applied: flag('Whether every connected datapath has the revision.'),
  revision: REVISION,
  pending: listOf(
    object({
      dpid: text('Datapath id as 0x and 16 digits.'),
      uuid: maybe('uuid of its row, if it has one.'),
      acknowledged_revision: REVISION,
      refused: count('Flows and groups that the switch refused.'),
      last_error: maybe('Why it lacks the revision.'),
    }),
  ),
  reason: maybe('Why it is not applied.'),
})

const ROW: JsonSchema = { type: ['object', 'null'], description: 'The columns of the row; null: it is gone.' }
const CHANGE = object({
  revision: REVISION,
  operations: listOf(object({ resource: RESOURCE, id: count('Of the row.'), row: ROW })),
})

const CHANGES: JsonSchema = {
  anyOf: [
    object({ kind: { const: 'changes' }, store: STORE, revision: REVISION, changes: listOf(CHANGE) }),
    {
      ...object({ kind: { const: 'gone' }, store: STORE, revision: REVISION }),
      description: 'The store does not go back so far: take a snapshot.',
    },
  ],
}

const SNAPSHOT = object({
  store: STORE,
  revision: REVISION,
  rows: object(
    Object.fromEntries(
      RESOURCE_NAMES.map((name) => [name, listOf({ type: 'object', description: 'The columns of a row.' })]),
    ),
  ),
})

const REHEARSED = object({
  kind: { type: 'string', enum: ['add', 'change', 'remove'] },
  resource: RESOURCE,
  name: text('uuid, or those of the rows that its path names.'),
  before: ROW,
  after: ROW,
})

const DRY_RUN = object({
  dry_run: { const: true },
  answer: { description: 'What would be answered.' },
  changes: listOf(REHEARSED),
})

const HEALTH = object({ status: text('ok, or what is wrong.'), revision: REVISION }, ['revision'])

/** By name, each with `$id`. */
export const stateSchemas = (): JsonSchema[] =>
  Object.entries({
    Status: STATUS,
    Applied: APPLIED,
    Changes: CHANGES,
    Snapshot: SNAPSHOT,
    DryRun: DRY_RUN,
    Health: HEALTH,
  }).map(([name, schema]) => ({ $id: name, ...schema }))
