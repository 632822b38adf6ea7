/** An HTTP server that notes every request and answers what it is told to. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface Recorded {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly contentType: string | undefined
  readonly authorization: string | undefined
  readonly body: unknown
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, or text as it is. */
  readonly body: unknown
}

export interface Recorder {
  readonly url: string
  readonly port: number
  readonly requests: Recorded[]
  /** What is answered from now on. */
  answer(reply: (request: Recorded) => Reply): void
  close(): Promise<void>
}

const ECHO = ({ body }: Recorded): Reply => ({
  body: body ?? { total_count: 0, offset: 0, limit: 30, items: [] },
})

export const startRecorder = async (): Promise<Recorder> => {
  const requests: Recorded[] = []
  let reply: (request: Recorded) => Reply = ECHO
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://recorder')
    const contentType = request.headers['content-type']
    const recorded = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      contentType,
      authorization: request.headers.authorization,
      body: contentType === undefined ? undefined : await json(request),
    }
    requests.push(recorded)
    const { status = 200, headers = {}, body } = reply(recorded)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    answer: (next) => {
      reply = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
