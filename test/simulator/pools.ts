/** The few values that generated flows and frames are made of. */
import { toIpv4 } from '@openvnet/controller/packet'

export const PORTS = [1, 2, 3]
export const GROUP_IDS = [7, 8]
export const MACS = [0x020000000001, 0x020000000002, 0xffff_ffff_ffff]
export const IPS = ['10.0.0.1', '10.0.0.2', '10.0.1.1'].map(toIpv4)
export const IPS6 = [0xfd00_0000_0000_0000_0000_0000_0000_0001n, 0xfd00_0000_0000_0000_0000_0000_0000_0002n]
export const TCP_UDP = [53, 67, 80]
