import { readFileSync } from 'node:fs'
import t from 'tap'
import { ERRORS_FILE, METRICS_FILE, renderErrors, renderMetrics } from '../docs/document.ts'

t.test(
  'generated pages are fresh (node --conditions=vnet-source packages/api/docs/document.ts)',
  async (t) => {
    t.equal(readFileSync(ERRORS_FILE, 'utf8'), renderErrors())
    t.equal(readFileSync(METRICS_FILE, 'utf8'), renderMetrics())
  },
)
