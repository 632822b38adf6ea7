/**
 * What a controller knows of where things are, for those who come later and for other controllers: which switches there
 * are, which ports they have, and where they are reached. A `PlaceChange` that is `whole` is all of a switch; others say
 * what is different. The same changes go over the bus and into the file of a controller.
 */
import { isIP } from 'node:net'
import { isRecord } from './shape.ts'

export interface PlaceChange {
  /** Datapath id as `0x` and 16 digits. */
  readonly dpid: string
  /** It is not coming back; nothing else counts. */
  readonly gone?: true
  /** Ports and iface-ids that are not named are not there. */
  readonly whole?: true
  /** Whether the controller that says so has a connection to it. */
  readonly connected?: boolean
  /** Time of connection or disconnection, milliseconds since 1970. */
  readonly since?: number
  /** Whether it has a datapath row. */
  readonly has_row?: boolean
  /** From which it connected, as text. */
  readonly address?: string | null
  /** Names and OpenFlow numbers; `null`: the port is gone. */
  readonly ports?: readonly (readonly [name: string, port_no: number | null])[]
  /** Names of ports and `external_ids:iface-id`; `null`: none any more. */
  readonly iface_ids?: readonly (readonly [name: string, iface_id: string | null])[]
  /** Who was heard there to have an address of a network, by its row id; `null`: nobody any more. */
  readonly neighbours?: readonly PlaceNeighbour[]
}

export type PlaceNeighbour = readonly [network_id: number, address: string, mac_address: string | null]

/** What a controller says of places; every two seconds, with nothing in it, as a sign of life. */
export interface PlaceReport {
  /** Random identity of the controller process. */
  readonly controller: string
  /** One more than that of the report before, unless this is whole or says nothing. */
  readonly sequence: number
  /** It is all that the controller knows. */
  readonly whole?: true
  readonly changes: readonly PlaceChange[]
  /** In signs of life and whole reports: who has what several switches claim, as this controller sees it. */
  readonly held?: readonly HeldClaim[]
}

/** A port name (`ports`) or `iface-id` that several switches claim, and the one that has it. */
export type HeldClaim = readonly [space: 'ports' | 'iface-id', key: string, dpid: string]

/** Asks for whole reports. */
export interface PlaceRequest {
  /** The controller that is asked; absent: every one. */
  readonly of?: string
}

const isOptional = (value: unknown, type: 'boolean' | 'number' | 'string'): boolean =>
  value === undefined || typeof value === type

/** OpenFlow has 32 bits for it; OFPP_LOCAL is a port too. */
const GREATEST_PORT = 0xffff_ffff

const isPortNumber = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= GREATEST_PORT

const isText = (value: unknown): boolean => typeof value === 'string'

/** Rules compute with it: what is no address would take the flows of all networks of its switch with it. */
const isAddress = (value: unknown): boolean => isText(value) && isIP(value as string) !== 0

const arePairs = (value: unknown, isValue: (value: unknown) => boolean): boolean =>
  value === undefined ||
  (Array.isArray(value) &&
    value.every(
      (pair) => Array.isArray(pair) && typeof pair[0] === 'string' && (pair[1] === null || isValue(pair[1])),
    ))

const isMac = (value: unknown): boolean =>
  isText(value) && /^[\da-f]{2}(:[\da-f]{2}){5}$/.test(value as string)

const isNeighbour = (value: unknown): boolean =>
  Array.isArray(value) &&
  Number.isSafeInteger(value[0]) &&
  isAddress(value[1]) &&
  !(value[1] as string).includes('%') &&
  (value[2] === null || isMac(value[2]))

/** Whether it came as this version writes it. */
export const isPlaceChange = (value: unknown): value is PlaceChange =>
  isRecord(value) &&
  typeof value['dpid'] === 'string' &&
  /^0x[\da-f]{16}$/.test(value['dpid']) &&
  isOptional(value['gone'], 'boolean') &&
  isOptional(value['whole'], 'boolean') &&
  isOptional(value['connected'], 'boolean') &&
  isOptional(value['since'], 'number') &&
  isOptional(value['has_row'], 'boolean') &&
  (value['address'] === undefined || value['address'] === null || isAddress(value['address'])) &&
  arePairs(value['ports'], isPortNumber) &&
  arePairs(value['iface_ids'], isText) &&
  (value['neighbours'] === undefined ||
    (Array.isArray(value['neighbours']) && value['neighbours'].every(isNeighbour)))

const isHeldClaim = (value: unknown): boolean =>
  Array.isArray(value) &&
  (value[0] === 'ports' || value[0] === 'iface-id') &&
  typeof value[1] === 'string' &&
  typeof value[2] === 'string'

export const isPlaceReport = (event: Record<string, unknown>): boolean =>
  typeof event['controller'] === 'string' &&
  Number.isSafeInteger(event['sequence']) &&
  isOptional(event['whole'], 'boolean') &&
  Array.isArray(event['changes']) &&
  event['changes'].every(isPlaceChange) &&
  (event['held'] === undefined || (Array.isArray(event['held']) && event['held'].every(isHeldClaim)))

export const isPlaceRequest = (event: Record<string, unknown>): boolean => isOptional(event['of'], 'string')
