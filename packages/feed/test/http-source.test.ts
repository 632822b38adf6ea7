/** The feed over HTTP, asked of a real server: answers, refusals, garbage, silence, nobody there. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpFeedSource, FeedError } from '@openvnet/feed'
import t from 'tap'
import { SampleStore } from './sample-store.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const json =
  (value: unknown): Answer =>
  (_, response) =>
    void response.end(JSON.stringify(value))

t.test('the feed over HTTP', async (t) => {
  let answer: Answer = json({})
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const source = createHttpFeedSource({ url, timeouts: { changes: 1000, snapshot: 1000 } })
  const fails = async (code: string, ask: () => Promise<unknown>): Promise<void> => {
    const error = await ask().then(
      () => null,
      (reason) => reason,
    )
    t.ok(error instanceof FeedError, `is a FeedError: ${error}`)
    t.equal(error.code, code, error.message)
    t.ok(error.message.startsWith(error.url), 'the message names the url')
  }

  const store = new SampleStore('s')
  store.write(1, 'one')
  store.write(2, 'two')
  const snapshot = await store.snapshot()
  answer = json(snapshot)
  t.same(await source.snapshot(), snapshot)
  const changes = await store.since(1)
  answer = json(changes)
  t.same(await source.since(1), changes)
  answer = json({ kind: 'gone', store: 's', revision: 4 })
  t.same(await source.since(99), { kind: 'gone', store: 's', revision: 4 })
  t.same(asked, ['/api/1.0/snapshot', '/api/1.0/changes?since=1', '/api/1.0/changes?since=99'])

  const lines =
    (...values: readonly unknown[]): Answer =>
    (_, response) => {
      response.setHeader('content-type', 'application/x-ndjson')
      response.end(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
    }
  const [one, two] = snapshot.rows.network
  const head = { store: 's', revision: 2 }
  answer = lines(head, { resource: 'network', rows: [one] }, { resource: 'network', rows: [two] })
  t.same(await source.snapshot(), snapshot, 'rows that come in pieces')
  const [operation] = changes.kind === 'changes' ? (changes.changes[0]?.operations ?? []) : []
  const piece = { revision: 2, operations: [operation] }
  answer = lines({ ...head, kind: 'changes' }, { ...piece, more: true }, piece, { ...piece, revision: 3 })
  t.same(
    await source.since(1),
    {
      ...head,
      kind: 'changes',
      changes: [
        { revision: 2, operations: [operation, operation] },
        { revision: 3, operations: [operation] },
      ],
    },
    'a change that comes in pieces',
  )
  answer = lines({ ...head, kind: 'gone' })
  t.same(await source.since(9), { ...head, kind: 'gone' })
  for (const bad of [[], [{}], [head, {}], [head, { resource: 'unknown', rows: [] }], [head, null]]) {
    answer = lines(...bad)
    await fails('malformed', () => source.snapshot())
  }
  const begun = { ...head, kind: 'changes' }
  for (const bad of [[], [head], [begun, {}], [begun, { ...piece, more: true }]]) {
    answer = lines(...bad)
    await fails('malformed', () => source.since(0))
  }
  answer = (_, response) => {
    response.setHeader('content-type', 'application/x-ndjson')
    response.end(`${JSON.stringify(head)}\n{"resource":"network","rows":[`)
  }
  await fails('malformed', () => source.snapshot())

  const { route, ...incomplete } = snapshot.rows
  t.same(route, [])
  for (const bad of [{}, null, [], { ...snapshot, store: '' }, { ...snapshot, rows: incomplete }]) {
    answer = json(bad)
    await fails('malformed', () => source.snapshot())
  }
  for (const bad of [
    snapshot,
    { ...changes, changes: [{}] },
    { ...changes, revision: -1 },
    { kind: 'gone' },
  ]) {
    answer = json(bad)
    await fails('malformed', () => source.since(0))
  }
  answer = (_, response) => void response.end('<html>')
  await fails('malformed', () => source.snapshot())
  answer = (_, response) => void response.writeHead(503).end('starting')
  await fails('status', () => source.since(0))
  answer = () => {}
  await fails('timeout', () => source.since(0))
  answer = (_, response) => void response.write('{"store":')
  await fails('timeout', () => source.snapshot())
  answer = (request) => void request.socket.destroy()
  await fails('unreachable', () => source.snapshot())
  await fails('unreachable', () => createHttpFeedSource({ url: 'http://127.0.0.1:1' }).snapshot())
  t.throws(() => createHttpFeedSource({ url: 'nonsense' }), TypeError)
})
