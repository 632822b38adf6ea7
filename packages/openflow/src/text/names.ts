/** Names that a switch or a controller gives to numbers, where it gives any. */
import { OFPP } from '../constants.ts'

/** Names for text: without them it has numbers. `TextNumbers` is the reverse. */
export interface TextNames {
  /** The name of a table, 0..254; `undefined` leaves the number. */
  readonly tableName?: (table: number) => string | undefined
  /** The name of a port, 32 bits, that is not reserved; `undefined` leaves the number. */
  readonly portName?: (port: number) => string | undefined
}

const RESERVED: ReadonlyMap<number, string> = new Map(
  Object.entries(OFPP)
    .filter(([name]) => name !== 'MAX')
    .map(([name, port]) => [port, name]),
)

/** A table's given name, or its number. A name that could be read as something else is quoted. */
export function formatTable(table: number, names: TextNames): string {
  const name = names.tableName?.(table)
  if (name === undefined) return String(table)
  return /^[A-Za-z_][\w.-]*$/.test(name) ? name : JSON.stringify(name)
}

/** A port's reserved or given name, or its number. A name that could be read as something else is quoted. */
export function formatPort(port: number, names: TextNames): string {
  const reserved = RESERVED.get(port)
  if (reserved !== undefined) return reserved
  // Reserved numbers without a name are told in 16 bits.
  if (port >= OFPP.MAX) return String(port & 0xffff)
  const name = names.portName?.(port)
  if (name === undefined) return String(port)
  return /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : JSON.stringify(name)
}

/** The name of a reserved port, or `undefined`. */
export const reservedPort = (port: number): string | undefined => RESERVED.get(port)

/** The 32-bit number of a port in the 16-bit form of Nicira actions. */
export const wide = (port: number): number => (port >= 0xff00 && port <= 0xffff ? port + 0xffff0000 : port)
