/**
 * The ports of one switch: which name has which number now. Turns what the switch says into facts for the engine.
 *
 * Reserved ports (LOCAL and above, OpenFlow 1.3.5 §7.2.1) are left out: no guest is behind them.
 */
import { OFPP, OFPPR, type Port, type PortStatus } from '@openvnet/openflow'

/** A port has this number now, or is gone. */
export interface PortFact {
  readonly name: string
  readonly port_no: number | null
}

export interface Ports {
  /** Numbers by name. */
  readonly names: ReadonlyMap<string, number>
  /** Follows a message; the facts that it made, none when only state or configuration of a port changed. */
  follow(status: PortStatus): PortFact[]
}

const isReal = ({ port_no }: Port) => port_no > 0 && port_no < OFPP.MAX

export function createPorts(described: readonly Port[]): Ports {
  const names = new Map<string, number>()
  const numbers = new Map<number, string>()

  const forget = (port_no: number): PortFact[] => {
    const name = numbers.get(port_no)
    numbers.delete(port_no)
    // The name may have moved to another number before the old one was deleted.
    if (name === undefined || names.get(name) !== port_no) return []
    names.delete(name)
    return [{ name, port_no: null }]
  }
  const learn = ({ name, port_no }: Port): PortFact[] => {
    if (names.get(name) === port_no) return []
    const former = forget(port_no)
    names.set(name, port_no)
    numbers.set(port_no, name)
    return [...former, { name, port_no }]
  }

  for (const port of described.filter(isReal)) learn(port)
  return {
    names,
    follow({ reason, port }) {
      if (!isReal(port)) return []
      return reason === OFPPR.DELETE ? forget(port.port_no) : learn(port)
    },
  }
}
