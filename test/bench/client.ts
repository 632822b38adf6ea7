/** A client of the REST API with one connection that stays open, as a program that makes many changes has. */
import { Agent, request } from 'node:http'
import type { DatapathStatus } from '@openvnet/feed'

export interface Status {
  readonly revision: number
  readonly datapaths: readonly DatapathStatus[]
}

export interface Operation {
  readonly method: string
  /** After `/api/1.0/`. */
  readonly path: string
  readonly body?: object
}

interface Reply {
  readonly status: number
  readonly applied: boolean
  readonly text: string
}

export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #url: string

  /** @param url `http://127.0.0.1:9090` */
  constructor(url: string) {
    this.#url = `${url}/api/1.0/`
  }

  #send(method: string, path: string, body: object | undefined): Promise<Reply> {
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    return new Promise((resolve, reject) => {
      const sent = request(this.#url + path, { method, headers, agent: this.#agent }, (answer) => {
        let received = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          received += chunk
        })
        answer.on('error', reject)
        answer.on('end', () => {
          const applied = answer.headers['x-applied'] === 'true'
          resolve({ status: answer.statusCode ?? 0, applied, text: received })
        })
      })
      sent.on('error', reject)
      sent.end(text)
    })
  }

  /** Any request that must succeed. @throws when it does not */
  async call(method: string, path: string, body?: object): Promise<string> {
    const { status, text } = await this.#send(method, path, body)
    if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`)
    return text
  }

  /** A write that is answered when every switch has acknowledged it. @throws when that does not happen */
  async apply(method: string, path: string, body?: object): Promise<void> {
    const { status, applied, text } = await this.#send(method, `${path}?wait=30`, body)
    if (status !== 200 || !applied) throw new Error(`${method} ${path}: ${status}, not applied: ${text}`)
  }

  /** Several, all or nothing, as one revision. @throws as `apply` */
  applyAll(operations: readonly Operation[]): Promise<void> {
    return this.apply('POST', 'batch', { operations })
  }

  async status(): Promise<Status> {
    return JSON.parse(await this.call('GET', 'status')) as Status
  }

  close(): void {
    this.#agent.destroy()
  }
}
