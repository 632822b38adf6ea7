/**
 * The bus carries hints: that a revision exists (with its content, to save a question) and what controllers report and know
 * of places.
 * It may lose anything at any time; nothing on it is the only copy (a replica repairs itself from its `FeedSource`).
 */
import type { Change } from './change.ts'
import type { PlaceReport, PlaceRequest } from './places.ts'
import type { ControllerReport, ReportChange } from './status.ts'

/** That a revision exists, without what it did: for changes too long to be sent around. */
export interface LongChange {
  readonly revision: number
  readonly operations: null
}

/** A change as it travels: with the identity of the store that made it. */
export interface ChangeHint {
  readonly store: string
  readonly change: Change | LongChange
}

export interface BusEvents {
  readonly change: ChangeHint
  readonly report: ControllerReport
  readonly report_change: ReportChange
  /** Asks every controller to report now. */
  readonly report_request: Record<string, never>
  readonly places: PlaceReport
  readonly places_request: PlaceRequest
}

export type BusTopic = keyof BusEvents

export interface Bus {
  /** Never throws and never waits: a message that cannot be sent is lost. */
  publish<T extends BusTopic>(topic: T, event: BusEvents[T]): void
  /** Calls `handler` for each event from now on, own ones too; returns the function that ends it. */
  subscribe<T extends BusTopic>(topic: T, handler: (event: BusEvents[T]) => void): () => void
  /** Calls `handler` when events may have been lost: the connection was interrupted and is back. */
  onGap(handler: () => void): () => void
  close(): Promise<void>
}
