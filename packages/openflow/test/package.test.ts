/** What would be published: its exports resolve, and hold what they say. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import t from 'tap'

const directory = join(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
const built = join(directory, 'dist/index.js')
const isFresh =
  existsSync(built) && statSync(built).mtimeMs >= statSync(join(directory, 'src/index.ts')).mtimeMs
const skip = isFresh ? false : 'not built since it was changed (npm run build)'

t.test('publint finds nothing', { skip }, async (t) => {
  const { messages } = await publint({ pkgDir: directory, strict: true, pack: 'npm' })
  t.same(
    messages.map((message) => formatMessage(message, manifest)),
    [],
  )
})

t.test('the built package works without its source', { skip }, async (t) => {
  const program = `
    import { decode, encode, parseFlow, formatFlow } from '@openvnet/openflow'
    import { FakeSwitch } from '@openvnet/openflow/testing'
    new FakeSwitch({ datapathId: 1n })
    process.stdout.write(formatFlow(parseFlow('ip,actions=2')) + decode(encode({ type: 'barrier_request', xid: 7 })).xid)`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: directory,
    encoding: 'utf8',
  })
  t.equal(output, 'table=0, ip actions=output:27')
})
