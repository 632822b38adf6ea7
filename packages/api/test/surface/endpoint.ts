/** How an endpoint of the original is written down: what it needs, what it takes, and what it shows of that. */
export type Values = Readonly<Record<string, unknown>>

export interface Endpoint {
  readonly call: string
  /** What must be given. */
  readonly needs?: Values
  /** What may be given: each is tried by itself, with what must be. */
  readonly takes?: Values
  /**
   * What the answer shows of these where it is not the same: an object for other names, a value for another spelling,
   * `null` for nothing. Under the empty name what it shows anyway.
   */
  readonly shows?: Values
  /** How it is undone; what is made under a uuid of its own is deleted by that. */
  readonly undo?: string | null
}

export const list = (path: string): Endpoint => ({ call: `GET ${path}`, takes: { limit: 1, offset: 0 } })

/** List, show, and delete by uuid, of something that the call makes. */
export const resource = (
  collection: string,
  uuid: string,
  needs: Values,
  takes: Values,
  shows: Values = {},
): Endpoint[] => [list(collection), { call: `POST ${collection}`, needs, takes: { uuid, ...takes }, shows }]

/** Made, listed and taken away under one path. */
export const relation = (
  path: string,
  other: string,
  needs: Values = {},
  takes: Values = {},
  shows: Values = {},
): Endpoint[] => [
  list(path),
  { call: `POST ${path}/${other}`, needs, takes, shows, undo: `DELETE ${path}/${other}` },
]

/** Told apart by their parameters. */
export const part = (path: string, needs: Values, takes: Values, shows: Values = {}): Endpoint[] => [
  list(path),
  { call: `POST ${path}`, needs, takes, shows, undo: `DELETE ${path}` },
]

export const change = (path: string, takes: Values, shows: Values = {}): Endpoint => ({
  call: `PUT ${path}`,
  takes,
  shows,
  undo: null,
})

export const MAC = '52:54:00:00:00:77'
export const ON_DATAPATH = { interface_uuid: 'if-host' }
