/**
 * The TCP servers that switches dial. Owns nothing but accepting: what a socket says is its session's business.
 * Sockets are handed over some at a time: the system accepts all that wait in one turn of the event loop. None is before all
 * addresses are listened on: who called `listen` is not ready for them until then.
 */
import { createServer, type Server, type Socket } from 'node:net'

export interface ListenAddress {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

export interface Listener {
  /** What is listened on, with the ports that were chosen. */
  readonly addresses: readonly ListenAddress[]
  /** Stops accepting at once; resolves when the last socket that was handed over is closed. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly addresses: readonly ListenAddress[]
  readonly onSocket: (socket: Socket) => void
  /** A server stopped accepting for a reason of the system, e.g. no file descriptors are left. */
  readonly onError: (error: Error, address: ListenAddress) => void
}

/** Sockets handed over in one turn of the event loop: two milliseconds. */
const AT_ONCE = 32

/** Sockets that were accepted and are not handed over yet; nothing is read of them. */
class Arrivals {
  readonly #onSocket: (socket: Socket) => void
  readonly #waiting: Socket[] = []
  /** Or it need not be: nothing is handed over yet. */
  #isPlanned = true

  constructor(onSocket: (socket: Socket) => void) {
    this.#onSocket = onSocket
  }

  readonly take = (socket: Socket): void => {
    this.#waiting.push(socket)
    this.#plan()
  }

  /** From now on sockets are handed over. */
  open(): void {
    this.#isPlanned = false
    this.#plan()
  }

  #plan(): void {
    if (this.#isPlanned || this.#waiting.length === 0) return
    this.#isPlanned = true
    setImmediate(() => {
      this.#isPlanned = false
      for (const socket of this.#waiting.splice(0, AT_ONCE)) {
        this.#onSocket(socket)
        socket.resume()
      }
      this.#plan()
    })
  }

  /** Ends those that wait. */
  close(): void {
    for (const socket of this.#waiting.splice(0)) socket.destroy()
  }
}

function open(
  address: ListenAddress,
  take: (socket: Socket) => void,
  onError: ListenOptions['onError'],
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true }, take)
    server.once('error', reject)
    server.listen(address, () => {
      server.off('error', reject)
      server.on('error', (error) => onError(error, address))
      resolve(server)
    })
  })
}

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))

function addressOf(server: Server): ListenAddress {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has no address')
  return { host: bound.address, port: bound.port }
}

/** @throws the system's error (e.g. EADDRINUSE) when one address cannot be listened on; then none is. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const arrivals = new Arrivals(options.onSocket)
  const results = await Promise.allSettled(
    options.addresses.map((address) => open(address, arrivals.take, options.onError)),
  )
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    const closed = servers.map(close)
    arrivals.close()
    await Promise.all(closed)
    throw failed.reason
  }
  arrivals.open()
  return {
    addresses: servers.map(addressOf),
    close: async () => {
      const closed = servers.map(close)
      arrivals.close()
      await Promise.all(closed)
    },
  }
}
