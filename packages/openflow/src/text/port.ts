/** Ports as `ovs-ofctl show` prints them. OpenFlow 1.3.5 §7.2.1 for the bits. */
import { OFPPC, OFPPS } from '../constants.ts'
import type { Port, PortMod, PortStats, PortStatus } from '../types/message.ts'
import { formatMac } from './address.ts'
import { counter } from './flow.ts'
import { formatPort, type TextNames } from './names.ts'
import { bitNames, duration } from './number.ts'

const CONFIG = [
  [OFPPC.PORT_DOWN, 'PORT_DOWN'],
  [OFPPC.NO_RECV, 'NO_RECV'],
  [OFPPC.NO_FWD, 'NO_FWD'],
  [OFPPC.NO_PACKET_IN, 'NO_PACKET_IN'],
] as const
const STATE = [
  [OFPPS.LINK_DOWN, 'LINK_DOWN'],
  [OFPPS.BLOCKED, 'BLOCKED'],
  [OFPPS.LIVE, 'LIVE'],
] as const
/** ofp_port_features: the names by bit. */
const FEATURES = [
  '10MB-HD',
  '10MB-FD',
  '100MB-HD',
  '100MB-FD',
  '1GB-HD',
  '1GB-FD',
  '10GB-FD',
  '40GB-FD',
  '100GB-FD',
  '1TB-FD',
  'OTHER',
  'COPPER',
  'FIBER',
  'AUTO_NEG',
  'AUTO_PAUSE',
  'AUTO_PAUSE_ASYM',
].map((name, bit) => [1 << bit, name] as const)

/** Several lines: number, name and address, then what is set. Speeds are in kb/s on the wire. */
export function formatPortDescription(port: Port): string {
  const features = (label: string, bits: number): string[] =>
    bits === 0 ? [] : [`     ${label.padEnd(11)} ${bitNames(bits, FEATURES, '0')}`]
  return [
    ` ${formatPort(port.port_no, {})}(${port.name}): addr:${formatMac(port.hw_addr)}`,
    `     config:     ${bitNames(port.config, CONFIG, '0')}`,
    `     state:      ${bitNames(port.state, STATE, '0')}`,
    ...features('current:', port.curr),
    ...features('advertised:', port.advertised),
    ...features('supported:', port.supported),
    ...features('peer:', port.peer),
    `     speed: ${Math.floor(port.curr_speed / 1000)} Mbps now, ${Math.floor(port.max_speed / 1000)} Mbps max`,
  ].join('\n')
}

/** As `ovs-ofctl dump-ports` prints them: three lines. */
export function formatPortStats(stats: PortStats): string {
  const port = formatPort(stats.port_no, {}).padStart(2)
  const rx = [
    `pkts=${counter(stats.rx_packets)}`,
    `bytes=${counter(stats.rx_bytes)}`,
    `drop=${counter(stats.rx_dropped)}`,
    `errs=${counter(stats.rx_errors)}`,
    `frame=${counter(stats.rx_frame_err)}`,
    `over=${counter(stats.rx_over_err)}`,
    `crc=${counter(stats.rx_crc_err)}`,
  ]
  const tx = [
    `pkts=${counter(stats.tx_packets)}`,
    `bytes=${counter(stats.tx_bytes)}`,
    `drop=${counter(stats.tx_dropped)}`,
    `errs=${counter(stats.tx_errors)}`,
    `coll=${counter(stats.collisions)}`,
  ]
  return [
    `  port ${port}: rx ${rx.join(', ')}`,
    `           tx ${tx.join(', ')}`,
    `           duration=${duration(stats.duration_sec, stats.duration_nsec)}`,
  ].join('\n')
}

const REASONS = ['ADD', 'DEL', 'MOD'] as const

export const formatPortStatus = (message: PortStatus): string =>
  `${REASONS[message.reason] ?? message.reason}:${formatPortDescription(message.port)}`

export const formatPortMod = (message: PortMod, names: TextNames): string =>
  [
    `port: ${formatPort(message.port_no, names)}: addr:${formatMac(message.hw_addr)}`,
    `     config: ${bitNames(message.config & message.mask, CONFIG, '0')}`,
    `     mask:   ${bitNames(message.mask, CONFIG, '0')}`,
    `     advertise: ${message.advertise === 0 ? 'UNCHANGED' : bitNames(message.advertise, FEATURES, '0')}`,
  ].join('\n')
