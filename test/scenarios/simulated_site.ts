/** A scenario's rows, bridges and ports as the real API and the engine have them, without any process. */
import { createApi } from '@openvnet/api'
import { Engine, FEATURES } from '@openvnet/controller'
import { createLocalBus, type Snapshot } from '@openvnet/feed'
import { pino } from 'pino'
import { tunnelPort } from '../simulator/underlay.ts'
import { type BridgeSpec, type Family, type Scenario, tunnelsOf, type Write } from './scenario.ts'
import { newStoreFile } from './store_file.ts'

const log = pino({ level: 'silent' })

export type PortNumbers = ReadonlyMap<string, number>
export type SimulatedSite = Pick<Scenario, 'bridges' | 'guests' | 'underlay' | 'wires'>

/** A guest's port has the same number wherever it is. */
const portNumbers = (site: SimulatedSite, bridge: string): PortNumbers => {
  const wires = (site.wires ?? []).flat().filter((end) => end.bridge === bridge)
  const others = [...tunnelsOf(site, bridge).map(tunnelPort), ...wires.map(({ port }) => port)]
  return new Map([
    ...site.guests.flatMap((guest, index) =>
      guest.bridge === bridge ? [[guest.port, index + 1] as const] : [],
    ),
    ...others.map((name, index) => [name, site.guests.length + index + 1] as const),
  ])
}

/** The address of a bridge's host. */
export const hostAddress = ({ bridges }: SimulatedSite, name: string, family: Family): string => {
  const number = bridges.findIndex((bridge) => bridge.name === name)
  const { subnet } = bridges[number]!
  return family === 'ipv4' ? `10.255.${subnet}.${number + 1}` : `fd00:255:${subnet}::${number + 1}`
}

/** How bridges show themselves to the controller: their ports, and from where they connect. */
export const switchesOf = (
  site: SimulatedSite,
): readonly (BridgeSpec & { readonly ports: PortNumbers; readonly address: string | undefined })[] =>
  site.bridges.map((bridge) => ({
    ...bridge,
    ports: portNumbers(site, bridge.name),
    address: site.underlay === undefined ? undefined : hostAddress(site, bridge.name, site.underlay.family),
  }))

const written = async (writes: readonly Write[]): Promise<Snapshot> => {
  const bus = createLocalBus({ log })
  const { file, remove } = newStoreFile()
  const api = await createApi({ file, bus, log })
  try {
    const operations = writes.map(({ method = 'POST', path, body }) => ({ method, path, body }))
    const answer = await api.app.inject({ method: 'POST', url: '/api/1.0/batch', payload: { operations } })
    if (answer.statusCode !== 200) throw new Error(`the API refuses the writes: ${answer.body}`)
    return await api.feed.snapshot()
  } finally {
    await api.close()
    await bus.close()
    remove()
  }
}

/** By the writes as text: many scenarios differ only in where guests and hosts are. */
const snapshots = new Map<string, Promise<Snapshot>>()

/**
 * The rows after the writes, as the real API has them.
 * @throws when the API refuses one
 */
export const snapshotOf = (writes: readonly Write[]): Promise<Snapshot> => {
  const key = JSON.stringify(writes)
  const known = snapshots.get(key)
  if (known !== undefined) return known
  const made = written(writes)
  snapshots.set(key, made)
  return made
}

/** An engine that knows it all. */
export const engineOf = async (site: SimulatedSite, snapshot: Snapshot): Promise<Engine> => {
  const engine = new Engine({ features: FEATURES, log, onChange: () => {} })
  engine.load(snapshot)
  for (const { dpid, ports, address } of switchesOf(site)) engine.connected(dpid, ports, address)
  await engine.settled()
  return engine
}
