/** What may go on at the same time: so many in all, and so many of them for one client. */

export interface Slots {
  /** @returns the function that gives the slot back, or `null` when there is none */
  take(client: string): (() => void) | null
  taken(): number
}

export interface SlotsOptions {
  readonly total: number
  readonly perClient: number
}

export const createSlots = ({ total, perClient }: SlotsOptions): Slots => {
  const takenBy = new Map<string, number>()
  let taken = 0
  const giveBack = (client: string): void => {
    taken -= 1
    const left = (takenBy.get(client) ?? 1) - 1
    if (left === 0) takenBy.delete(client)
    else takenBy.set(client, left)
  }
  return {
    take: (client) => {
      const own = takenBy.get(client) ?? 0
      if (taken >= total || own >= perClient) return null
      taken += 1
      takenBy.set(client, own + 1)
      let isHeld = true
      return () => {
        if (isHeld) giveBack(client)
        isHeld = false
      }
    },
    taken: () => taken,
  }
}
