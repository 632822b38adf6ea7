import { readFileSync } from 'node:fs'
import t from 'tap'
import { ERRORS_FILE, renderErrors } from '../docs/document.ts'

t.test('docs/errors.md is fresh (node --conditions=vnet-source packages/api/docs/document.ts)', async (t) => {
  t.equal(readFileSync(ERRORS_FILE, 'utf8'), renderErrors())
})
