/** `/metrics` in the Prometheus text format: how the API answers, and what the controllers say of their datapaths. */
import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { describeMetrics } from '../openapi/operations.ts'
import type { DatapathEntry, Status } from '../status/status.ts'

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const DATAPATH_LABELS = ['dpid', 'uuid', 'controller'] as const

const GAUGES: readonly [name: string, help: string, value: (datapath: DatapathEntry) => number][] = [
  ['connected', 'Whether the datapath is connected.', ({ connected }) => Number(connected)],
  [
    'acknowledged_revision',
    'Highest revision that the datapath has acknowledged.',
    (datapath) => datapath.acknowledged_revision,
  ],
  ['flows', 'Number of flows that should be on the datapath.', ({ flows }) => flows],
  ['refused', 'Number of flows and groups that the datapath refused.', ({ refused }) => refused],
  ['groups', 'Number of groups that should be on the datapath.', ({ groups }) => groups],
]

const COUNTERS: typeof GAUGES = [
  ['flow_mods_sent_total', 'Flow-mods sent to the datapath.', (datapath) => datapath.flow_mods_sent],
  ['packet_ins_total', 'Packet-ins from the datapath.', ({ packet_ins }) => packet_ins],
]

/** Everything that is asked of the reports anew at each scrape. */
const observeDatapaths = (registry: Registry, status: () => Status): void => {
  const add = (Metric: typeof Gauge | typeof Counter, list: typeof GAUGES) => {
    for (const [name, help, value] of list) {
      const metric: Gauge | Counter = new Metric({
        name: `openvnet_datapath_${name}`,
        help,
        labelNames: DATAPATH_LABELS,
        registers: [registry],
        collect: () => {
          metric.reset()
          for (const datapath of status().datapaths) {
            const { dpid, uuid, controller } = datapath
            metric.inc({ dpid, uuid: uuid ?? '', controller: controller ?? '' }, value(datapath))
          }
        },
      })
    }
  }
  add(Gauge, GAUGES)
  add(Counter, COUNTERS)
}

const observeRevision = (registry: Registry, status: () => Status): void => {
  const revision: Gauge = new Gauge({
    name: 'openvnet_revision',
    help: 'Revision of the store.',
    registers: [registry],
    collect: () => revision.set(status().revision),
  })
  const controllers: Gauge = new Gauge({
    name: 'openvnet_controllers',
    help: 'Number of controllers that are alive.',
    registers: [registry],
    collect: () => controllers.set(status().controllers.length),
  })
}

const observeRequests = (app: FastifyInstance, registry: Registry): void => {
  const duration = new Histogram({
    name: 'openvnet_http_request_duration_seconds',
    help: 'Time from request to answer. Streams are left out.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    if (reply.raw.getHeader('content-type') === 'text/event-stream') return
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown')
    const labels = { method: request.method, route, status: String(reply.statusCode) }
    duration.observe(labels, reply.elapsedTime / 1000)
  })
}

export const registerMetrics = (app: FastifyInstance, status: () => Status): void => {
  const registry = new Registry()
  observeRequests(app, registry)
  observeRevision(registry, status)
  observeDatapaths(registry, status)
  app.get('/metrics', { schema: describeMetrics() }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}
