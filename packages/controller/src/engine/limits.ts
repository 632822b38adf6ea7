/** Sizes above which the engine does the same in another way. Small ones let a test see both ways, and what lies between. */
export interface Limits {
  /** Guests above which a network is taken in parts; who has a row and a lease in it counts twice. */
  readonly crowd: number
  /** Readers above which a computation is a junction, 2 to 64: see `Graph`. */
  readonly junction: number
}

export const LIMITS: Limits = { crowd: 128, junction: 8 }
