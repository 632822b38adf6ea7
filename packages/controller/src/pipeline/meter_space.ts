/**
 * Which meters of a switch are ours. Meters have no cookie, so the id tells: ours have 0x4 in the top four bits, as
 * our groups have. All others belong to somebody else and are never touched.
 *
 * `0x4 (4 bits) | kind of punt (4) | interface id (24)`: one for each guest and kind of packet that it may send to a
 * program. Open vSwitch takes any id up to 0xffff0000, and 262,144 meters in the userspace datapath.
 */

const METER_SPACE = 0x4000_0000
const METER_SPACE_MASK = 0xf000_0000
const KIND_BITS = 4
const INTERFACE_BITS = 24

/** @param meter_id 0 to 0xffffffff */
export const isOurMeter = (meter_id: number): boolean => (meter_id & METER_SPACE_MASK) >>> 0 === METER_SPACE

/**
 * The meter of what a guest sends to a program.
 * @param kind number of the kind of punt, 1 to 15
 * @param interface_id 1 to 2^24 − 1
 * @throws when one of them does not fit
 */
export const meterOf = (kind: number, interface_id: number): number => {
  if (kind >= 2 ** KIND_BITS || interface_id >= 2 ** INTERFACE_BITS)
    throw new RangeError(`kind ${kind} of interface id ${interface_id} does not fit into a meter id`)
  return METER_SPACE + kind * 2 ** INTERFACE_BITS + interface_id
}
