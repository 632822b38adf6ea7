/** One keep-alive connection on which requests are pipelined: the least work that a client can have with them. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface HttpAnswer {
  readonly status: number
  /** Status line and headers. */
  readonly head: string
  readonly body: string
}

const HEAD_END = '\r\n\r\n'

export class HttpConnection {
  readonly #socket: Socket
  readonly #waiting: ((answer: HttpAnswer) => void)[] = []
  #received: Buffer = Buffer.alloc(0)
  /** What has come and is not in `#received`, which is not put together before it can be an answer. */
  #chunks: Buffer[] = []
  #length = 0
  #needed = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
  }

  static async open(port: number): Promise<HttpConnection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new HttpConnection(socket)
  }

  /** @param text the body, JSON */
  send(method: string, path: string, text = ''): Promise<HttpAnswer> {
    this.#socket.write(
      `${method} /api/1.0/${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(text)}${HEAD_END}${text}`,
    )
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#length < this.#needed) return
    this.#received = Buffer.concat(this.#chunks)
    while (this.#takeAnswer());
    this.#chunks = [this.#received]
    this.#length = this.#received.length
  }

  /** @returns whether there may be another */
  #takeAnswer(): boolean {
    this.#needed = 0
    const end = this.#received.indexOf(HEAD_END)
    if (end === -1) return false
    const head = this.#received.toString('latin1', 0, end)
    const next = end + HEAD_END.length + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#received.length < next) {
      this.#needed = next
      return false
    }
    const body = this.#received.toString('utf8', end + HEAD_END.length, next)
    this.#received = this.#received.subarray(next)
    this.#waiting.shift()?.({ status: Number(head.slice(9, 12)), head, body })
    return true
  }
}
