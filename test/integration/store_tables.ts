/** What a bridge should hold by what the store says, computed apart from vnetd, and what it does hold. */
import { connect } from 'node:net'
import { compileTables, decodeCookie } from '@openvnet/controller'
import type { Snapshot } from '@openvnet/feed'
import { Connection, formatFlow, formatGroup } from '@openvnet/openflow'
import { pino } from 'pino'
import { sleep } from '../lab/wait.ts'
import type { LabWorld } from '../scenarios/on_lab.ts'
import type { BridgeSpec } from '../scenarios/scenario.ts'
import { difference } from './tables.ts'

const log = pino({ level: 'silent' })
/** Group ids of ours begin with this hexadecimal digit. */
const isOurGroup = (group_id: number): boolean => group_id >>> 28 === 4

const asController = (world: LabWorld, bridge: string): Promise<Connection> =>
  new Promise((resolve, reject) => {
    const connection: Connection = new Connection({
      socket: connect(world.site.host.ovs.managementSocket(bridge)),
      onReady: () => resolve(connection),
      onClose: reject,
    })
  })

export interface StoreAndSwitch {
  readonly store: readonly string[]
  readonly bridge: readonly string[]
}

/** Both as sorted lines of text; what others put on the bridge is left out. */
export const storeAndSwitch = async (
  world: LabWorld,
  { name, dpid }: BridgeSpec,
): Promise<StoreAndSwitch> => {
  const connection = await asController(world, name)
  const { ports } = await connection.multipart({ type: 'port_desc' })
  const everything = {
    table_id: 255,
    out_port: 0xffff_ffff,
    out_group: 0xffff_ffff,
    cookie: 0n,
    cookie_mask: 0n,
  }
  const { flows } = await connection.multipart({ type: 'flow', ...everything, match: [] })
  const { groups } = await connection.multipart({ type: 'group_desc' })
  await connection.close()
  const numbers = new Map(ports.map((port) => [port.name, port.port_no]))
  const snapshot = await world.site.rest.get<Snapshot>('snapshot')
  const desired = (await compileTables({ snapshot, switches: new Map([[dpid, numbers]]), log })).get(dpid)!
  return {
    store: [
      ...[...desired.flows.values()].map((flow) => formatFlow(flow.content)),
      ...[...desired.groups.values()].map((group) => formatGroup(group)),
    ].sort(),
    bridge: [
      ...flows.filter(({ cookie }) => decodeCookie(cookie) !== undefined).map((flow) => formatFlow(flow)),
      ...groups.filter(({ group_id }) => isOurGroup(group_id)).map((group) => formatGroup(group)),
    ].sort(),
  }
}

/** Time in which a bridge must have come to what the store says, once nothing fails any more. */
const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 50

/**
 * Lines that only the store (`-`) or only the bridge (`+`) has. Looked at until there are as many as expected: ports
 * and what others do are reported without a revision that one could wait for.
 */
export const disagreement = async (
  world: LabWorld,
  bridge: BridgeSpec,
  { lines = 0 } = {},
): Promise<string[]> => {
  for (const end = performance.now() + PATIENCE_MS; ; await sleep(LOOK_AGAIN_MS)) {
    const { store, bridge: actual } = await storeAndSwitch(world, bridge)
    const found = difference(store, actual)
    if (found.length === lines || performance.now() > end) return found
  }
}
