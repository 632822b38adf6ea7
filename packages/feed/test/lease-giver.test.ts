/** The one call that a controller makes to write: what it says, and what makes it fail. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createHttpLeaseGiver } from '../src/index.ts'

const heard: {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}[] = []
const answers: { status: number; headers?: Record<string, string>; body: string }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (data: Buffer) => {
    body += data.toString()
  })
  request.on('end', () => {
    heard.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
    const answer = answers.shift()
    // Without one it stays silent.
    if (answer !== undefined) response.writeHead(answer.status, answer.headers).end(answer.body)
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
t.teardown(() => {
  server.closeAllConnections()
  server.close()
})
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/behind`
const WISH = { policy: 'lp-1', interface: 'if-1' }

t.test('it asks as POST /lease_policies/:uuid/ip_leases does, with the token of the moment', async (t) => {
  const tokens = ['first', null]
  const give = createHttpLeaseGiver({ url, token: () => tokens.shift() ?? null })
  answers.push({ status: 200, body: '{}' }, { status: 200, body: '{}' })
  await give(WISH)
  await give(WISH)
  t.match(heard.splice(0), [
    {
      line: 'POST /behind/api/1.0/lease_policies/lp-1/ip_leases',
      headers: { authorization: 'Bearer first', 'content-type': 'application/json' },
      body: '{"interface_uuid":"if-1"}',
    },
    { headers: { authorization: undefined } },
  ])
})

t.test('a refusal says why; nobody else is given the token; silence ends', async (t) => {
  const give = createHttpLeaseGiver({ url, token: () => 'secret', timeout: 300 })
  answers.push({ status: 403, body: '{"message":"the role admin is needed"}' })
  await t.rejects(give(WISH), { message: /HTTP 403: .*role admin/ })
  answers.push({ status: 307, headers: { location: '/elsewhere' }, body: '' })
  await t.rejects(give(WISH))
  t.equal(heard.splice(0).length, 2, 'a redirect is not followed')
  await t.rejects(give(WISH), { name: 'TimeoutError' })
})
