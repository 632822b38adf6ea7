/**
 * The iface-ids of the ports of one database, as OpenFlow names ports: what is different is told. A name that OpenFlow
 * cuts off may stand for two ports of a bridge; which of them is meant nobody can say, so neither has an iface-id.
 */
import type { IfaceIdFact } from '../model/iface_ids.ts'

/** OFP_MAX_PORT_NAME_LEN without the end, OpenFlow 1.3.5 §7.2.1. */
const NAME_BYTES = 15

/** @returns the name as a port description of OpenFlow has it */
export const openflowName = (name: string): string => {
  const bytes = Buffer.from(name)
  return bytes.length <= NAME_BYTES ? name : bytes.subarray(0, NAME_BYTES).toString()
}

interface Said {
  readonly dpid: string
  readonly name: string
  readonly iface_id: string | null
}

const keyOf = ({ dpid, name }: Said): string => `${dpid} ${name}`

export class PortNames {
  readonly #byInterface = new Map<string, Said>()
  readonly #byPort = new Map<string, Map<string, string | null>>()
  /** By port; what was told last. */
  readonly #told = new Map<string, string>()
  /** Ports that may have to be told. */
  readonly #touched = new Map<string, Said>()

  /** @param said where the interface is, and its iface-id; `null`: nowhere */
  set(interfaceUuid: string, said: Said | null): void {
    const before = this.#byInterface.get(interfaceUuid)
    if (before !== undefined) this.#leave(interfaceUuid, before)
    if (said === null) return
    this.#byInterface.set(interfaceUuid, said)
    const key = keyOf(said)
    const interfaces = this.#byPort.get(key) ?? new Map<string, string | null>()
    this.#byPort.set(key, interfaces.set(interfaceUuid, said.iface_id))
    this.#touched.set(key, said)
  }

  #leave(interfaceUuid: string, said: Said): void {
    const key = keyOf(said)
    this.#byInterface.delete(interfaceUuid)
    const interfaces = this.#byPort.get(key)
    interfaces?.delete(interfaceUuid)
    if (interfaces?.size === 0) this.#byPort.delete(key)
    this.#touched.set(key, said)
  }

  /** What is different since it was told last. */
  takeFacts(): IfaceIdFact[] {
    const facts: IfaceIdFact[] = []
    for (const [key, { dpid, name }] of this.#touched) {
      const [only, ...others] = this.#byPort.get(key)?.values() ?? []
      const iface_id = others.length > 0 ? null : (only ?? null)
      if ((this.#told.get(key) ?? null) === iface_id) continue
      if (iface_id === null) this.#told.delete(key)
      else this.#told.set(key, iface_id)
      facts.push({ dpid, name, iface_id })
    }
    this.#touched.clear()
    return facts
  }
}
