/** The seam between the engine, which computes what switches should hold, and the sessions that make it so. */
import type { Tables } from '../pipeline/flow.ts'

/** After a pass: which flows, groups and meters of a switch may differ from before. */
export interface TablesChange {
  /** Revision of the model that the tables now express. */
  readonly revision: number
  /** Revision that they expressed before: until then nothing has changed since the last change that was announced. */
  readonly since: number
  /**
   * Anything else may differ too: the engine has started over, or the rows are those of another store, whose revisions
   * are counted from 0 again.
   */
  readonly everything?: true
  /** Keys of flows that were added, changed or removed. */
  readonly flows: ReadonlySet<string>
  /** Ids of groups that were added, changed or removed. */
  readonly groups: ReadonlySet<number>
  /** Ids of meters that were added, changed or removed. */
  readonly meters: ReadonlySet<number>
}

/** One switch as the sessions see the engine. */
export interface DesiredSwitch {
  /** What the switch should hold; live: the maps change with each pass. */
  readonly tables: Tables
  /** Revision that `tables` expresses. */
  readonly revision: number
  /** Soon after the start: other switches may not have connected again, so nothing that leads to them is unwanted yet. */
  readonly isEarly?: boolean
  /**
   * To be awaited before each look at the tables, unless `undefined`: the end of a long pass is being written into them,
   * in several turns, and what they say meanwhile is neither the old nor the new.
   */
  whole(): Promise<void> | undefined
}

/** Facts about switches that sessions feed into the engine. Each call leads to at most one pass, soon after. */
export interface SwitchFacts {
  /**
   * A switch completed its handshake; `ports` maps names to OpenFlow port numbers (no reserved ports). Replaces what was known of it.
   * @param address from which it connected, as text
   */
  connected(dpid: string, ports: ReadonlyMap<string, number>, address?: string): void
  /** A port appeared or changed its number (`port_no`), or went (`null`). */
  port(dpid: string, name: string, port_no: number | null): void
  /** The switch has no connection any more. Its ports stay known; where another switch has a port of the same name, that one goes before. */
  disconnected(dpid: string): void
  /** The switch is not coming back, as far as anybody can tell: everything about it may be dropped. */
  forgotten(dpid: string): void
}

/** A switch that this controller does not act for, as far as it is known. */
export interface RememberedSwitch {
  readonly dpid: string
  readonly ports: ReadonlyMap<string, number>
  /** From which it connected, as text. */
  readonly address: string | null
  /** Whether it is connected, to another controller or until a moment ago. */
  readonly connected: boolean
}

/** What is known of switches, also of those that are not connected here. */
export interface PlaceFacts extends SwitchFacts {
  /** Replaces what was known of a switch that is not connected here. No tables are computed for it until it is. */
  remembered(known: RememberedSwitch): void
}
