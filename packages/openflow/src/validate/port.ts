/**
 * Port numbers: Open vSwitch keeps 16 bits of them, the reserved ones at the end. OpenFlow 1.3.5 §7.2.1,
 * `ofputil_port_from_ofp11` of Open vSwitch.
 */
import { NX_IN_PORT, OFPP } from '../constants.ts'

/** The least number that no port of Open vSwitch has. */
const END_OF_PORTS = 0xff00

/** True for a number that is one of Open vSwitch's ports, or a reserved one. */
export const isPort = (port: number): boolean => port < END_OF_PORTS || port >= OFPP.MAX

/** As `isOutput`, in the 16 bits of Open vSwitch's own actions. */
export const isOutput16 = (port: number): boolean =>
  port < END_OF_PORTS || (port >= NX_IN_PORT && port !== 0xffff)

/** True for what an output may name. */
export const isOutput = (port: number): boolean =>
  port < END_OF_PORTS || (port >= OFPP.IN_PORT && port !== OFPP.ANY)
