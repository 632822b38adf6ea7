/** A process that writes as fast as it is answered and prints each answered write; it runs until it is killed. */
import { writeSync } from 'node:fs'
import { createLocalBus } from '@openvnet/feed'
import { pino } from 'pino'
import { createApi } from '../../src/index.ts'

const [file = '', name = '', count = 'Infinity'] = process.argv.slice(2)
const api = await createApi({ file, bus: createLocalBus(), log: pino({ level: 'silent' }) })
for (let index = 0; index < Number(count); index += 1) {
  const { statusCode, headers, body } = await api.app.inject({
    method: 'POST',
    url: `/api/1.0/networks?ipv4_network=10.0.0.0&uuid=nw-${name}${index}`,
  })
  if (statusCode !== 200) throw new Error(body)
  writeSync(1, `${headers['x-revision']} nw-${name}${index}\n`)
}
await api.close()
