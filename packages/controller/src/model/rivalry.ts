/** Guests whose port is on several switches, for people. One that names its bridge is not meant: it can be on that only. */
import type { Row } from '@openvnet/schema'
import type { Dispute } from './claims.ts'
import type { Model } from './model.ts'

export interface Rivalry {
  /** uuid of the guest's interface. */
  readonly interface: string
  /** Port name or iface-id. */
  readonly key: string
  /** Datapath id of the switch that has it. */
  readonly holder: string
  /** Datapath ids of all that claim it. */
  readonly claimants: readonly string[]
  /** Whether it may not move now, though it would. */
  readonly waits: boolean
  /** Moves that had to wait since several claim it. */
  readonly refusals: number
}

const isAnywhere = ({ mode, owner_datapath_id }: Row<'interface'>): boolean =>
  mode === 'vif' && owner_datapath_id === null

const INDEX = {
  ports: 'interface.port',
  'iface-id': 'interface.iface_id',
  'port numbers': 'interface.port_number',
} as const

/** The guest that depends on who has it. */
export const rivalGuest = (
  { space, key }: Pick<Dispute, 'space' | 'key'>,
  model: Model,
): Row<'interface'> | undefined => model.list(INDEX[space], key).find(isAnywhere)

/** `null` where no guest depends on it. */
export const rivalryOf = (
  dispute: Dispute & { readonly claimants: readonly string[] },
  model: Model,
): Rivalry | null => {
  const { key, holder, claimants, until, refusals } = dispute
  const row = rivalGuest(dispute, model)
  if (row === undefined) return null
  return { interface: row.uuid, key: `${key}`, holder, claimants, waits: until !== null, refusals }
}

const SHOWN = 3

/** What the user of a switch should know of it. @param dpid of the switch */
export const rivalryText = (
  dpid: string,
  { interface: uuid, key, holder, claimants, waits, refusals }: Rivalry,
): string => {
  const others = claimants.filter((other) => other !== dpid)
  const named = [
    ...others.slice(0, SHOWN),
    ...(others.length > SHOWN ? [`${others.length - SHOWN} more`] : []),
  ]
  const where = holder === dpid ? 'this one has it' : `${holder} has it`
  if (waits)
    return `${uuid} (${key}) moved twice in ten seconds and would move again, ${refusals} times so far: it waits, ${where}`
  return `${uuid} (${key}) is also on ${named.join(', ')}: ${where}; take the port away on one side, or name its bridge (owner_datapath_uuid)`
}
