/**
 * Every metric of our own, once: name, kind, labels and what it says. `docs/metrics.md` is made from this table.
 * Names follow Prometheus: `openvnet_`, the thing, the unit (seconds), `_total` for what only goes up. Labels have few
 * values each: routes as they are declared, classes of status codes, names of errors, one series per datapath.
 */

export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
}

const datapath = ['dpid', 'uuid', 'controller'] as const

export const METRICS = {
  openvnet_http_request_duration_seconds: {
    type: 'histogram',
    labels: ['method', 'route', 'status'],
    help: 'Time from request to answer, by class of status (2xx); what it waited for with ?wait= too, streams not.',
  },
  openvnet_http_errors_total: {
    type: 'counter',
    labels: ['error'],
    help: 'Answers that were errors, by their name (docs/errors.md).',
  },
  openvnet_http_connections: { type: 'gauge', labels: [], help: 'Open connections to the API.' },
  openvnet_http_connections_refused_total: {
    type: 'counter',
    labels: [],
    help: 'Connections that were closed at once, because there were too many.',
  },
  openvnet_change_streams: { type: 'gauge', labels: [], help: 'Open streams of changes.' },
  openvnet_waiting_requests: {
    type: 'gauge',
    labels: [],
    help: 'Requests that wait until the switches have a revision.',
  },
  openvnet_batches_total: {
    type: 'counter',
    labels: ['outcome'],
    help: 'Batches: stored, refused as a whole, or tried (dry runs).',
  },
  openvnet_store_transaction_duration_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Time of a transaction, until it is on the disk.',
  },
  openvnet_store_write_requests_total: {
    type: 'counter',
    labels: [],
    help: 'Requests that the transactions were for: several may share one.',
  },
  openvnet_revision: { type: 'gauge', labels: [], help: 'Revision of the store.' },
  openvnet_controllers: { type: 'gauge', labels: [], help: 'Controllers that are alive.' },
  openvnet_datapath_connected: {
    type: 'gauge',
    labels: datapath,
    help: 'Whether the datapath is connected.',
  },
  openvnet_datapath_acknowledged_revision: {
    type: 'gauge',
    labels: datapath,
    help: 'Highest revision that the datapath has acknowledged.',
  },
  openvnet_datapath_flows: {
    type: 'gauge',
    labels: datapath,
    help: 'Flows that should be on the datapath.',
  },
  openvnet_datapath_groups: {
    type: 'gauge',
    labels: datapath,
    help: 'Groups that should be on the datapath.',
  },
  openvnet_datapath_meters: {
    type: 'gauge',
    labels: datapath,
    help: 'Meters that should be on the datapath.',
  },
  openvnet_datapath_refused: {
    type: 'gauge',
    labels: datapath,
    help: 'Flows, groups and meters that the datapath refused.',
  },
  openvnet_datapath_flow_mods_sent_total: {
    type: 'counter',
    labels: datapath,
    help: 'Flow-mods sent to the datapath.',
  },
  openvnet_datapath_packet_ins_total: {
    type: 'counter',
    labels: datapath,
    help: 'Packet-ins from the datapath.',
  },
  openvnet_datapath_packet_outs_total: {
    type: 'counter',
    labels: datapath,
    help: 'Packets that programs of the controller sent to the datapath.',
  },
  openvnet_datapath_packet_outs_dropped_total: {
    type: 'counter',
    labels: datapath,
    help: 'Such packets that were dropped, because the datapath took no more.',
  },
  openvnet_datapath_punts_total: {
    type: 'counter',
    labels: [...datapath, 'kind', 'outcome'],
    help: 'Packets of guests for programs of the controller: answered, failed, or why they were dropped.',
  },
  openvnet_datapath_neighbours: {
    type: 'gauge',
    labels: datapath,
    help: 'Neighbours outside of the model that routers know on the datapath.',
  },
  openvnet_datapath_errors_total: {
    type: 'counter',
    labels: datapath,
    help: 'OpenFlow errors from the datapath, those that were expected too.',
  },
} as const satisfies Record<string, MetricSpec>

export type MetricName = keyof typeof METRICS
