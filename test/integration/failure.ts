/** What a row of the matrix of failures says: see `failures.ts`. */
import type { Test } from 'tap'
import { until } from '../lab/wait.ts'
import type { LabWorld } from '../scenarios/on_lab.ts'
import type { GuestSpec } from '../scenarios/scenario.ts'
import { BR0, GUESTS } from '../scenarios/walkthrough.ts'
import type { Part, Parts } from './parts.ts'

export interface Scene {
  readonly world: LabWorld
  readonly parts: Parts
  readonly t: Test
}

type Act = (scene: Scene) => Promise<unknown>

export interface Failure {
  /** Title of its test. */
  readonly what: string
  /** What runs: vnetd as a whole, or its parts. */
  readonly runs: readonly Part[]
  readonly fail: Act
  /** What is true as long as it lasts; a second passes when absent. */
  readonly meanwhile?: Act
  readonly heal: Act
  /** Whose pings may be lost from the failure until two seconds after it is healed; nobody's when absent. */
  readonly loses?: string
  /** What is true when all is well again, and what takes back what only this row needs. */
  readonly afterwards?: Act
}

export const WHOLE = ['vnetd'] as const

/** The guest to whom it happens, when it happens to a single one. */
export const VICTIM: GuestSpec = GUESTS.find(({ name }) => name === 'ns4')!

/** A port of the bridge without a guest, and the row that gives it one. */
export const SPARE = {
  uuid: 'if-spare',
  network_uuid: 'nw-net2',
  mac_address: '52:54:00:0d:84:99',
  ipv4_address: '172.16.2.99',
}

export const isDisconnected: Act = ({ world }) =>
  until(
    'vnetd notices',
    async () => (await world.site.datapath(BR0.dpid))?.connected === false || undefined,
    { timeout: 30_000 },
  )
