/** Queues as `ovs-ofctl queue-stats` and `queue-get-config` print them. */
import { OFPQ_ALL } from '../constants.ts'
import type { Queue, QueueGetConfigReply, QueueProperty, QueueStats } from '../types/message.ts'
import { counter } from './flow.ts'
import { formatPort, type TextNames } from './names.ts'
import { bytesToHex, duration, paddedHex } from './number.ts'

export const formatQueueId = (id: number): string => (id === OFPQ_ALL ? 'ALL' : String(id))

/** Queues in the order of their numbers, whatever the order of the message; for none Open vSwitch prints nothing. */
export function formatQueueConfig(message: QueueGetConfigReply, names: TextNames): string {
  if (message.queues.length === 0) return ''
  const queues = [...message.queues].sort((a, b) => a.queue_id - b.queue_id).map(formatQueue)
  return [`port=${formatPort(message.port, names)}`, ...queues].join('\n')
}

const formatQueue = (queue: Queue): string =>
  `queue ${queue.queue_id}:${queue.properties.map(formatProperty).join('')}`

function formatProperty(property: QueueProperty): string {
  switch (property.type) {
    case 'experimenter':
      return ` experimenter:${paddedHex(property.experimenter, 8)} data ${bytesToHex(property.data)}`
    case 'unknown':
      return ` property ${property.property_type}:${bytesToHex(property.data)}`
    default:
      return formatRate(property.type, property.rate)
  }
}

function formatRate(name: string, rate: number): string {
  if (rate <= 1000) return ` ${name}:${Math.floor(rate / 10)}.${rate % 10}%`
  return rate < 0xffff ? ` ${name}:(disabled)` : ''
}

const NO_DURATION = 0xffffffff

export function formatQueueStats(stats: QueueStats, names: TextNames): string {
  const time = stats.duration_sec === NO_DURATION ? '?' : duration(stats.duration_sec, stats.duration_nsec)
  return [
    `  port ${formatPort(stats.port_no, names)} queue ${formatQueueId(stats.queue_id)}:`,
    `bytes=${counter(stats.tx_bytes)}, pkts=${counter(stats.tx_packets)},`,
    `errors=${counter(stats.tx_errors)}, duration=${time}`,
  ].join(' ')
}
