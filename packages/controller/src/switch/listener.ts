/**
 * The TCP servers that switches dial. Owns nothing but accepting: what a socket says is its session's business.
 * Each socket is handed over with Nagle's algorithm off, since every bundle waits for small answers.
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

function open(address: ListenAddress, { onSocket, onError }: ListenOptions): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, onSocket)
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
  const results = await Promise.allSettled(options.addresses.map((address) => open(address, options)))
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    await Promise.all(servers.map(close))
    throw failed.reason
  }
  return {
    addresses: servers.map(addressOf),
    close: async () => {
      await Promise.all(servers.map(close))
    },
  }
}
