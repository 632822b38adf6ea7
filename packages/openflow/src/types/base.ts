/** What every message has. */
export interface Base {
  /** Transaction id: a reply has its request's, what a switch sends unasked has 0. */
  readonly xid: number
}
