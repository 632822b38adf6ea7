/** For which switches tables are computed: all but those that are only known from others or from before. */
import type { Touch } from './touch.ts'

export class Served {
  readonly #others = new Set<string>()

  has(dpid: string): boolean {
    return !this.#others.has(dpid)
  }

  /** Not for this one. To be called before anything is computed for it: what has been goes on. */
  except(dpid: string): void {
    this.#others.add(dpid)
  }

  add(dpid: string, touch: Touch): void {
    if (this.#others.delete(dpid)) touch('served switch', dpid)
  }
}
