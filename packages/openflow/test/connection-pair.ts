/** A connection of either role over a real socket, with a peer that is nothing but bytes. */
import { once } from 'node:events'
import net from 'node:net'
import {
  type CloseReason,
  Connection,
  type ConnectionCallbacks,
  type ConnectionSettings,
  decode,
  type ErrorMessage,
  encode,
  type FeaturesReply,
  Framer,
  type Hello,
  type Message,
  type Port,
} from '@openvnet/openflow'
import t, { type Test } from 'tap'

export const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))
t.teardown(() => {
  if (unhandled.length > 0) throw new Error(`unhandled rejections: ${unhandled.map(String).join(', ')}`)
})

type Role = 'controller' | 'switch'
type Options = ConnectionCallbacks & ConnectionSettings

/** What makes connections of one role. */
export interface Make {
  readonly role: Role
  /** A connection that has sent its hello. The peer has the other role and sent nothing. */
  pair(t: Tap, options?: Options): Promise<Pair>
  /** As `pair`, after `onReady`: a controller asked for features, and got them. */
  readyPair(t: Tap, options?: Options): Promise<Pair>
}

/** Runs tests twice: the connection is the controller's, which took it, or the switch's, which made it. */
export function asEachRole(name: string, body: (t: Test, make: Make) => Promise<void>): void {
  for (const role of ['controller', 'switch'] as const) {
    const make: Make = {
      role,
      pair: (t, options = {}) => makePair(t, role, options),
      readyPair: (t, options = {}) => makeReadyPair(t, role, options),
    }
    t.test(`${name}, as ${role}`, (t) => body(t, make))
  }
}

type Tap = Pick<Test, 'teardown'>

export interface Peer {
  readonly socket: net.Socket
  /** What the connection sent. */
  readonly received: Message[]
  /** Resolves with the next message that the connection sends, hellos and echo requests aside. */
  next(): Promise<Message>
  send(...messages: Message[]): void
  write(hex: string): void
}

export interface Pair {
  readonly connection: Connection
  readonly peer: Peer
  readonly messages: Message[]
  readonly errors: ErrorMessage[]
  readonly ready: Promise<unknown>
  readonly closed: Promise<CloseReason>
  readonly reasons: CloseReason[]
}

async function makePair(t: Tap, role: Role, options: Options): Promise<Pair> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[net.Socket]>
  const outgoing = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  const [incoming] = await accepted
  const [ours, socket] = role === 'controller' ? [incoming, outgoing] : [outgoing, incoming]
  const messages: Message[] = []
  const errors: ErrorMessage[] = []
  const reasons: CloseReason[] = []
  const ready = Promise.withResolvers<unknown>()
  const closed = Promise.withResolvers<CloseReason>()
  const connection: Connection = new Connection({
    ...options,
    socket: ours,
    onReady: (features) => {
      ready.resolve(features)
      return options.onReady?.(features, connection)
    },
    onMessage: (message) => {
      messages.push(message)
      return options.onMessage?.(message, connection)
    },
    onError: (error) => errors.push(error),
    onClose: (reason) => {
      reasons.push(reason)
      closed.resolve(reason)
    },
  })
  t.teardown(async () => {
    socket.destroy()
    await closed.promise
    server.close()
  })
  const rest = { ready: ready.promise, closed: closed.promise, reasons }
  return { connection, peer: peerOf(socket), messages, errors, ...rest }
}

function peerOf(socket: net.Socket): Peer {
  const framer = new Framer()
  const received: Message[] = []
  const queue: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    framer.push(chunk)
    for (let bytes = framer.next(); bytes !== null; bytes = framer.next()) {
      const message = decode(bytes)
      received.push(message)
      if (message.type === 'hello' || message.type === 'echo_request') continue
      const waiter = waiting.shift()
      if (waiter === undefined) queue.push(message)
      else waiter(message)
    }
  })
  return {
    socket,
    received,
    next: () => {
      const message = queue.shift()
      return message === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(message)
    },
    send: (...messages) => socket.write(Buffer.concat(messages.map(encode))),
    write: (hex) => socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex')),
  }
}

export const hello = (version: number, versions?: readonly number[]): Hello => ({
  type: 'hello',
  xid: 1,
  version,
  elements: versions === undefined ? [] : [{ type: 'versionbitmap', versions }],
})

async function makeReadyPair(t: Tap, role: Role, options: Options): Promise<Pair> {
  const it = await makePair(t, role, { requestFeatures: role === 'controller', ...options })
  it.peer.send(hello(4, [4]))
  if (role === 'controller') it.peer.send({ ...features, xid: (await it.peer.next()).xid })
  await it.ready
  return it
}

export const none = new Uint8Array(0)
export const port: Port = {
  port_no: 1,
  hw_addr: 0,
  name: 'p1',
  config: 0,
  state: 0,
  curr: 0,
  advertised: 0,
  supported: 0,
  peer: 0,
  curr_speed: 0,
  max_speed: 0,
}
export const portStatus = (port_no: number): Message => ({
  type: 'port_status',
  xid: 0,
  reason: 0,
  port: { ...port, port_no },
})
export const features: FeaturesReply = {
  type: 'features_reply',
  xid: 2,
  datapath_id: 0x2fdee8e0a44n,
  n_buffers: 0,
  n_tables: 254,
  auxiliary_id: 0,
  capabilities: 0,
  reserved: 0,
}
