/**
 * What is counted and measured, in the Prometheus text format: how the API answers, what the store takes, and what the
 * controllers say of their datapaths, asked anew at each scrape.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorName } from '../errors.ts'
import type { DatapathEntry, Status } from '../status/status.ts'
import type { BatchOutcome } from '../writing/routes.ts'
import { METRICS, type MetricName } from './metric_specs.ts'

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What is read when somebody scrapes. */
export interface Readings {
  readonly status: Status
  readonly connections: number
  readonly streams: number
  readonly waiting: number
}

export interface Metrics {
  /** An answer is out. */
  answered(request: FastifyRequest, reply: FastifyReply): void
  failed(error: ErrorName): void
  connectionRefused(): void
  batch(outcome: BatchOutcome): void
  transaction(milliseconds: number, requests: number): void
  readonly contentType: string
  /** Everything, as text. */
  text(readings: Readings): Promise<string>
}

type NamesOf<T extends 'counter' | 'gauge' | 'histogram'> = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never
}[MetricName]

const createMakers = (registry: Registry) => {
  const options = (name: MetricName) => {
    const { help, labels } = METRICS[name]
    return { name, help, labelNames: [...labels], registers: [registry] }
  }
  return {
    counter: (name: NamesOf<'counter'>): Counter => new Counter(options(name)),
    gauge: (name: NamesOf<'gauge'>): Gauge => new Gauge(options(name)),
    histogram: (name: NamesOf<'histogram'>): Histogram =>
      new Histogram({ ...options(name), buckets: BUCKETS }),
  }
}

type Makers = ReturnType<typeof createMakers>

const puntsOf = ({ punts = {} }: DatapathEntry) =>
  Object.entries(punts).flatMap(([kind, outcomes]) =>
    Object.entries(outcomes).map(([outcome, count]) => ({ kind, outcome, count })),
  )

/** @returns takes over what controllers say of all datapaths; those that are gone leave no series behind */
const createDatapathMetrics = ({ gauge, counter }: Makers) => {
  const metrics: readonly (readonly [Gauge | Counter, (datapath: DatapathEntry) => number])[] = [
    [gauge('openvnet_datapath_connected'), ({ connected }) => Number(connected)],
    [gauge('openvnet_datapath_acknowledged_revision'), (datapath) => datapath.acknowledged_revision],
    [gauge('openvnet_datapath_flows'), ({ flows }) => flows],
    [gauge('openvnet_datapath_groups'), ({ groups }) => groups],
    [gauge('openvnet_datapath_meters'), ({ meters }) => meters ?? 0],
    [gauge('openvnet_datapath_refused'), ({ refused }) => refused],
    [counter('openvnet_datapath_flow_mods_sent_total'), (datapath) => datapath.flow_mods_sent],
    [counter('openvnet_datapath_packet_ins_total'), (datapath) => datapath.packet_ins],
    [counter('openvnet_datapath_packet_outs_total'), (datapath) => datapath.packet_outs ?? 0],
    [counter('openvnet_datapath_packet_outs_dropped_total'), (datapath) => datapath.packet_outs_dropped ?? 0],
    [gauge('openvnet_datapath_neighbours'), ({ neighbours = [] }) => neighbours.length],
    [counter('openvnet_datapath_errors_total'), ({ errors }) => errors ?? 0],
  ]
  const punts = counter('openvnet_datapath_punts_total')
  return (datapaths: readonly DatapathEntry[]): void => {
    punts.reset()
    for (const [metric] of metrics) metric.reset()
    for (const datapath of datapaths) {
      const { dpid, uuid, controller } = datapath
      const labels = { dpid, uuid: uuid ?? '', controller: controller ?? '' }
      for (const [metric, value] of metrics) metric.inc(labels, value(datapath))
      for (const { kind, outcome, count } of puntsOf(datapath)) punts.inc({ ...labels, kind, outcome }, count)
    }
  }
}

/** @returns takes over what is read when somebody scrapes */
const createReadMetrics = (makers: Makers) => {
  const { gauge } = makers
  const [revision, controllers] = [gauge('openvnet_revision'), gauge('openvnet_controllers')]
  const [connections, streams] = [gauge('openvnet_http_connections'), gauge('openvnet_change_streams')]
  const waiting = gauge('openvnet_waiting_requests')
  const setDatapaths = createDatapathMetrics(makers)
  return (read: Readings): void => {
    revision.set(read.status.revision)
    controllers.set(read.status.controllers.length)
    connections.set(read.connections)
    streams.set(read.streams)
    waiting.set(read.waiting)
    setDatapaths(read.status.datapaths)
  }
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])

const createRequestMetrics = ({ histogram, counter }: Makers) => {
  const duration = histogram('openvnet_http_request_duration_seconds')
  const errors = counter('openvnet_http_errors_total')
  return {
    answered: (request: FastifyRequest, reply: FastifyReply): void => {
      if (reply.raw.getHeader('content-type') === 'text/event-stream') return
      const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown')
      const method = METHODS.has(request.method) ? request.method : 'other'
      const status = `${String(reply.statusCode)[0]}xx`
      duration.observe({ method, route, status }, reply.elapsedTime / 1000)
    },
    failed: (error: ErrorName) => errors.inc({ error }),
  }
}

/** @param hasProcess whether to tell of the process too */
export const createMetrics = (hasProcess: boolean): Metrics => {
  const registry = new Registry()
  if (hasProcess) collectDefaultMetrics({ register: registry })
  const makers = createMakers(registry)
  const transactions = makers.histogram('openvnet_store_transaction_duration_seconds')
  const writes = makers.counter('openvnet_store_write_requests_total')
  const batches = makers.counter('openvnet_batches_total')
  const refused = makers.counter('openvnet_http_connections_refused_total')
  const setReadings = createReadMetrics(makers)
  return {
    ...createRequestMetrics(makers),
    connectionRefused: () => refused.inc(),
    batch: (outcome) => batches.inc({ outcome }),
    transaction: (milliseconds, requests) => {
      transactions.observe(milliseconds / 1000)
      writes.inc(requests)
    },
    contentType: registry.contentType,
    text: async (readings) => {
      setReadings(readings)
      return await registry.metrics()
    },
  }
}
