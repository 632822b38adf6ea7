/** The example of the README does what it says. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OFP_NO_BUFFER, OFPFC, OFPG, OFPP } from '@openvnet/openflow'
import { FakeSwitch } from '@openvnet/openflow/testing'
import t from 'tap'

t.test('the example prints the flows of a switch', async (t) => {
  const directory = join(import.meta.dirname, '..')
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(directory, 'README.md'), 'utf8'))?.[1]
  assert.ok(example !== undefined)
  const child = spawn(
    process.execPath,
    ['--conditions=vnet-source', '--input-type=module-typescript', '-e', example, '--', '0'],
    { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.teardown(() => child.kill())
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const outputHas = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(output)
      if (found !== null) return found
      await once(child.stdout, 'data')
    }
  }
  const port = Number((await outputHas(/port: (\d+)/))[1])
  const fake = new FakeSwitch({ datapathId: 0x2fdee8e0a44n })
  fake.apply({
    type: 'flow_mod',
    xid: 0,
    cookie: 0x2an,
    cookie_mask: 0n,
    table_id: 3,
    command: OFPFC.ADD,
    idle_timeout: 0,
    hard_timeout: 0,
    priority: 7,
    buffer_id: OFP_NO_BUFFER,
    out_port: OFPP.ANY,
    out_group: OFPG.ANY,
    flags: 0,
    match: [{ field: 'in_port', value: 1, mask: null }],
    instructions: [{ type: 'goto_table', table_id: 4 }],
  })
  await fake.connect({ host: '127.0.0.1', port })
  await outputHas(/switch 0x2fdee8e0a44\n/)
  await outputHas(/^cookie=0x2a, .* table=3, .* priority=7,in_port=1 actions=goto_table:4$/m)
  await fake.disconnect()
  await outputHas(/gone: the peer ended the connection\n/)
})
