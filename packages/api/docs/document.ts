/**
 * `errors.md` from the table of errors, `metrics.md` from that of metrics; run this file to write them, a test says when
 * one is stale.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ERRORS } from '../src/errors.ts'
import { METRICS } from '../src/operation/metric_specs.ts'

export const ERRORS_FILE = fileURLToPath(new URL('./errors.md', import.meta.url))
export const METRICS_FILE = fileURLToPath(new URL('./metrics.md', import.meta.url))

const ERRORS_HEAD = `# Errors of the API

Every failure is answered with a JSON object \`{"error": NAME, "message": …, "code": "CODE"}\`.
A request that fails has stored nothing. Of a batch, \`"operation": {"index", "method", "path"}\` says which operation was refused (from 0).

This page is made from \`src/errors.ts\` by \`docs/document.ts\`.

| error | HTTP | code | when | \`message\` |
|---|---|---|---|---|
`

export const renderErrors = (): string => {
  const rows = Object.entries(ERRORS).map(
    ([name, { status, code, when, message }]) =>
      `| ${name} | ${status} | "${code}" | ${when} | ${message} |\n`,
  )
  return ERRORS_HEAD + rows.join('')
}

const METRICS_HEAD = `# Metrics

\`GET /metrics\`, in the text format of Prometheus. Where the API has tokens it needs one; \`read-only\` will do:

\`\`\`yaml
scrape_configs:
  - job_name: openvnet
    authorization: { credentials_file: /etc/prometheus/openvnet-token }
    static_configs: [{ targets: ['127.0.0.1:9090'] }]
\`\`\`

A scrape costs as many series as there are datapaths, times eight, and what routes were used. Series of a datapath that is
gone go with it. \`vnetd\` adds what every program on Node has under the same names: \`process_*\` (processor time, memory, file
descriptors) and \`nodejs_*\` (event loop lag \`nodejs_eventloop_lag_*_seconds\`, heap, garbage collection).

This page is made from \`src/operation/metric_specs.ts\` by \`docs/document.ts\`.

| metric | kind | labels | |
|---|---|---|---|
`

export const renderMetrics = (): string => {
  const rows = Object.entries(METRICS).map(
    ([name, { type, labels, help }]) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |\n`,
  )
  return METRICS_HEAD + rows.join('')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(ERRORS_FILE, renderErrors())
  writeFileSync(METRICS_FILE, renderMetrics())
}
