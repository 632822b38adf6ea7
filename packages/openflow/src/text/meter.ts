/** Meters as `ovs-ofctl dump-meters` and `ofp-print` print them. */
import { OFPM, OFPMBT, OFPMC, OFPMF } from '../constants.ts'
import type { MeterBand, MeterConfig, MeterFeatures, MeterMod, MeterStats } from '../types/message.ts'
import { bitNames, bytesToHex, duration, hex, paddedHex } from './number.ts'

const RESERVED: ReadonlyMap<number, string> = new Map([
  [OFPM.SLOWPATH, 'slowpath'],
  [OFPM.CONTROLLER, 'controller'],
  [OFPM.ALL, 'all'],
])

/** A meter's number, or its reserved name. */
export const formatMeterId = (id: number): string => RESERVED.get(id) ?? String(id)

const FLAGS = [
  [OFPMF.KBPS, 'kbps'],
  [OFPMF.PKTPS, 'pktps'],
  [OFPMF.BURST, 'burst'],
  [OFPMF.STATS, 'stats'],
] as const
const ALL_FLAGS = OFPMF.KBPS | OFPMF.PKTPS | OFPMF.BURST | OFPMF.STATS

const COMMANDS: ReadonlyMap<number, string> = new Map([
  [OFPMC.ADD, 'ADD'],
  [OFPMC.MODIFY, 'MOD'],
  [OFPMC.DELETE, 'DEL'],
])

/** Of a meter that is deleted only the number says anything. */
export function formatMeterMod(message: MeterMod): string {
  const meter =
    message.command === OFPMC.DELETE ? { flags: 0, meter_id: message.meter_id, bands: [] } : message
  return `${COMMANDS.get(message.command) ?? `cmd:${message.command}`} ${formatMeterConfig(meter)}`
}

/** `meter=5 kbps bands=type=drop rate=1000`: an entry of `ovs-ofctl dump-meters` in one line, as `add-meter` takes it. */
export const formatMeter = (meter: MeterConfig): string =>
  formatMeterConfig(meter).replace('bands=\n', 'bands=').replaceAll('\n', ' ')

/** One line, and one for each band. */
export function formatMeterConfig(meter: MeterConfig): string {
  const parts = [`meter=${formatMeterId(meter.meter_id)}`]
  const flags = bitNames(meter.flags & ALL_FLAGS, FLAGS, '')
  if (flags !== '') parts.push(flags)
  const rest = meter.flags & ~ALL_FLAGS
  if (rest !== 0) parts.push(`flags:${hex(rest)}`)
  const hasBurst = (meter.flags & OFPMF.BURST) !== 0
  return [`${parts.join(' ')} bands=`, ...meter.bands.map((band) => formatBand(band, hasBurst))].join('\n')
}

function formatBand(band: MeterBand, hasBurst: boolean): string {
  const rate = `rate=${band.rate}${hasBurst ? ` burst_size=${band.burst_size}` : ''}`
  switch (band.type) {
    case 'drop':
      return `type=drop ${rate}`
    case 'dscp_remark':
      return `type=dscp_remark ${rate} prec_level=${band.prec_level}`
    case 'experimenter':
      return `type=experimenter experimenter=${paddedHex(band.experimenter, 8)} ${rate} data=${bytesToHex(band.data)}`
    case 'unknown':
      return `type=${band.band_type} ${rate} data=${bytesToHex(band.data)}`
  }
}

/** Entries of a dump, with an empty line between them. */
export const formatMeterConfigs = (meters: readonly MeterConfig[]): string =>
  meters.map((meter) => `\n${formatMeterConfig(meter)}\n`).join('')

export const formatMeterStats = (meters: readonly MeterStats[]): string =>
  meters.map((meter) => `\n${formatOneStats(meter)}\n`).join('')

function formatOneStats(meter: MeterStats): string {
  const head = [
    `meter:${formatMeterId(meter.meter_id)} flow_count:${meter.flow_count}`,
    `packet_in_count:${meter.packet_in_count} byte_in_count:${meter.byte_in_count}`,
    `duration:${duration(meter.duration_sec, meter.duration_nsec)} bands:`,
  ].join(' ')
  const bands = meter.band_stats.map(
    (band, index) => `${index}: packet_count:${band.packet_band_count} byte_count:${band.byte_band_count}`,
  )
  return [head, ...bands].join('\n')
}

const BAND_TYPES = [
  [1 << OFPMBT.DROP, 'drop'],
  [1 << OFPMBT.DSCP_REMARK, 'dscp_remark'],
] as const

export const formatMeterFeatures = (features: MeterFeatures): string =>
  [
    '',
    `max_meter:${features.max_meter} max_bands:${features.max_bands} max_color:${features.max_color}`,
    `band_types: ${bitNames(features.band_types, BAND_TYPES, '0')}`,
    `capabilities: ${bitNames(features.capabilities, FLAGS, '0')}`,
  ].join('\n')
