/** `errors.md` from the table of errors; run this file to write it, a test says when it is stale. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ERRORS } from '../src/errors.ts'

export const ERRORS_FILE = fileURLToPath(new URL('./errors.md', import.meta.url))

const HEAD = `# Errors of the API

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
  return HEAD + rows.join('')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(ERRORS_FILE, renderErrors())
