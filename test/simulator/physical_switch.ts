/**
 * A switch of the physical network in memory: it learns on which of its ends a MAC address is, for each VLAN, and floods
 * what it does not know. Never out of the end by which a frame came in.
 */
import { ETH_TYPE, readU16, readU48 } from '@openvnet/controller/packet'

/** VLAN id of a frame; 0 for none. */
export const vlanOf = (frame: Uint8Array): number =>
  readU16(frame, 12) === ETH_TYPE.vlan ? readU16(frame, 14) & 0xfff : 0

const key = (frame: Uint8Array, at: number): string => `${vlanOf(frame)} ${readU48(frame, at)}`

export class PhysicalSwitch<End> {
  readonly ends: readonly End[]
  readonly #learned = new Map<string, End>()

  constructor(ends: readonly End[]) {
    this.ends = ends
  }

  /** The ends by which a frame leaves. */
  forward(from: End, frame: Uint8Array): readonly End[] {
    this.#learned.set(key(frame, 6), from)
    const known = this.#learned.get(key(frame, 0))
    return (known === undefined ? this.ends : [known]).filter((end) => end !== from)
  }
}
