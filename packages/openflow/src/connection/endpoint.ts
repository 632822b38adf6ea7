/**
 * Connections by address: `connect` to a peer, `listen` for peers, over TCP, a unix socket, or TLS. Either end may be
 * the controller. For a socket of another origin, make a `Connection` with it.
 */
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { Connection } from './connection.ts'
import { ConnectionClosed } from './errors.ts'
import { type ConnectionCallbacks, type ConnectionSettings, settingsOf } from './options.ts'
import { describeSocketError } from './socket-error.ts'

/** TCP, or the path of a unix socket. `host` absent: this machine to connect to, all addresses to listen on. */
export type Address =
  | { readonly port: number; readonly host?: string; readonly path?: undefined }
  | { readonly path: string; readonly port?: undefined }

/** Where to connect to, and how. */
export type ConnectOptions = Address &
  ConnectionCallbacks &
  ConnectionSettings & {
    /** TLS, as for `tls.connect`: `ca` says whom to trust, `cert` and `key` who we are. Absent: none. */
    readonly tls?: tls.ConnectionOptions
  }

/**
 * Connects to a peer. Resolves when messages may be sent, after `onReady`.
 * Rejects with ConnectionClosed if the connection ends before, with RangeError for a setting that cannot be.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  settingsOf(options)
  const address = addressOf(options)
  const socket =
    options.tls === undefined ? net.connect(address) : tls.connect({ ...options.tls, ...address })
  return new Promise((resolve, reject) => {
    new Connection({
      ...options,
      socket,
      onReady: (features, connection) => {
        resolve(connection)
        return options.onReady?.(features, connection)
      },
      onClose: (reason, connection) => {
        reject(new ConnectionClosed(reason))
        return options.onClose?.(reason, connection)
      },
    })
  })
}

/** Where to listen, and what each peer gets. */
export type ListenOptions = Address & {
  /** Called for each peer: what its connection is made with; `null` to turn it away. */
  readonly accept: (socket: net.Socket) => (ConnectionCallbacks & ConnectionSettings) | null
  /** TLS, as for `tls.createServer`; `requestCert: true` and `ca` ask for certificates of peers. Absent: none. */
  readonly tls?: tls.TlsOptions
  /** A peer that got no connection: its certificate, no TLS, no file descriptor left, `accept` threw, or gave settings that cannot be. For logs. */
  readonly onRefused?: (error: Error) => void
}

/** What listens for peers. */
export interface Listener {
  /** The port that it has, also where 0 was asked for; `null` for a unix socket. */
  readonly port: number | null
  /** Those that are not closed. */
  readonly connections: ReadonlySet<Connection>
  /** Takes no more peers and ends the connections that there are. Resolves when all is closed. */
  close(): Promise<void>
}

/** Listens for peers. Resolves when it does; rejects with the error of the socket, such as EADDRINUSE. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const connections = new Set<Connection>()
  const sockets = new Set<net.Socket>()
  const refused = (error: Error): void => options.onRefused?.(error)
  const server = makeServer(options, (socket) => take(socket, options, connections))
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(addressOf(options))
  await once(server, 'listening')
  server.on('error', refused)
  const address = server.address()
  return {
    port: address === null || typeof address === 'string' ? null : address.port,
    connections,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      await Promise.all([...connections].map((connection) => connection.close()))
      // Those within a TLS handshake.
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function addressOf(options: Address): net.ListenOptions & net.NetConnectOpts {
  if (options.path !== undefined) return { path: options.path }
  return options.host === undefined ? { port: options.port } : { port: options.port, host: options.host }
}

function makeServer(options: ListenOptions, onSocket: (socket: net.Socket) => void): net.Server {
  if (options.tls === undefined) return net.createServer(onSocket)
  const server = tls.createServer(options.tls, onSocket)
  server.on('tlsClientError', (error, socket) => options.onRefused?.(tlsRefusal(error, socket)))
  return server
}

/** Node.js hangs up on a certificate that it does not take, and tells why only on the side. */
function tlsRefusal(error: Error, { authorizationError: why }: tls.TLSSocket): Error {
  const told = why ? Object.assign(new Error(String(why)), { code: String(why) }) : error
  return new Error(describeSocketError(told), { cause: error })
}

function take(socket: net.Socket, options: ListenOptions, connections: Set<Connection>): void {
  const chosen = choose(socket, options)
  if (chosen === null) {
    socket.on('error', () => undefined)
    socket.destroy()
    return
  }
  const connection = new Connection({
    ...chosen,
    socket,
    onClose: (reason, closed) => {
      connections.delete(closed)
      return chosen.onClose?.(reason, closed)
    },
  })
  connections.add(connection)
}

function choose(socket: net.Socket, { accept, onRefused }: ListenOptions): ReturnType<typeof accept> {
  try {
    const chosen = accept(socket)
    if (chosen !== null) settingsOf(chosen)
    return chosen
  } catch (error) {
    onRefused?.(error instanceof Error ? error : new Error(String(error)))
    return null
  }
}
