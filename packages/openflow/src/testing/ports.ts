/** The ports of a fake switch, and what a port-mod does to them: OpenFlow 1.3.5 §7.3.4.3. */
import { OFPPC } from '../constants.ts'
import { OFPET } from '../error-names.ts'
import type { Port, PortMod } from '../types/message.ts'
import { type Refusal, refusal } from './refusal.ts'

const CONFIG_BITS = OFPPC.PORT_DOWN | OFPPC.NO_RECV | OFPPC.NO_FWD | OFPPC.NO_PACKET_IN

/** The port as it will be, or why not. */
export function modifiedPort(mod: PortMod, ports: ReadonlyMap<number, Port>): Port | Refusal {
  const port = ports.get(mod.port_no)
  if (port === undefined) return refusal(OFPET.PORT_MOD_FAILED, 0)
  if (port.hw_addr !== mod.hw_addr) return refusal(OFPET.PORT_MOD_FAILED, 1)
  const mask = mod.mask & CONFIG_BITS
  return { ...port, config: ((port.config & ~mask) | (mod.config & mask)) >>> 0 }
}
