/** The tables that rows and ports mean on one switch, without sockets: for simulators, tests and tools. */
import type { Snapshot } from '@openvnet/feed'
import type { Logger } from 'pino'
import { Engine } from './engine/engine.ts'
import { FEATURES } from './features/index.ts'
import type { IfaceIdFact } from './model/iface_ids.ts'
import type { Tables } from './pipeline/flow.ts'

export interface CompileTablesOptions {
  readonly snapshot: Snapshot
  /** Port numbers by name, for each datapath id. */
  readonly switches: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** From which they connected, by datapath id. */
  readonly addresses?: Readonly<Record<string, string>>
  /** What their databases say of ports. */
  readonly ifaceIds?: readonly IfaceIdFact[]
  readonly log: Logger
}

/** The tables of each switch, by datapath id. */
export const compileTables = async ({
  snapshot,
  switches,
  addresses = {},
  ifaceIds = [],
  log,
}: CompileTablesOptions): Promise<Map<string, Tables>> => {
  const engine = new Engine({ features: FEATURES, log, onChange: () => {} })
  engine.load(snapshot)
  engine.ifaceIds(ifaceIds)
  for (const [dpid, ports] of switches) engine.connected(dpid, ports, addresses[dpid])
  await engine.settled()
  return new Map([...switches.keys()].map((dpid) => [dpid, engine.tables(dpid)]))
}
