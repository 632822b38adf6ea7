/** What a fake switch sends unasked, by role and reason: OpenFlow 1.3.5 §6.3.6, §7.3.10; Open vSwitch's defaults. */
import { OFPCR } from '../constants.ts'
import type { AsyncMasks, GetAsyncReply, Message } from '../types/message.ts'

type Config = Omit<GetAsyncReply, 'type' | 'xid'>

/** Of a switch that was not told otherwise. */
const DEFAULTS: Config = {
  packet_in_mask: [0x3, 0],
  port_status_mask: [0x7, 0x7],
  flow_removed_mask: [0xf, 0],
}

export class AsyncConfig {
  #config = DEFAULTS

  /** A new connection begins. */
  reset(): void {
    this.#config = DEFAULTS
  }

  set({ packet_in_mask, port_status_mask, flow_removed_mask }: Config): void {
    this.#config = { packet_in_mask, port_status_mask, flow_removed_mask }
  }

  get reply(): Config {
    return this.#config
  }

  /** True if a controller of this role wants the message. */
  wants(message: Message, role: number): boolean {
    const masks = this.#masksOf(message)
    if (masks === null || !('reason' in message)) return true
    const [primary, secondary] = masks
    return (((role === OFPCR.SECONDARY ? secondary : primary) >>> message.reason) & 1) === 1
  }

  #masksOf(message: Message): AsyncMasks | null {
    switch (message.type) {
      case 'packet_in':
        return this.#config.packet_in_mask
      case 'port_status':
        return this.#config.port_status_mask
      case 'flow_removed':
        return this.#config.flow_removed_mask
      default:
        return null
    }
  }
}
