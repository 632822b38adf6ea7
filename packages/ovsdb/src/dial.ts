/** A stream to a remote. */
import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { Deadline } from './deadline.ts'
import { ConnectionClosed } from './errors.ts'
import { formatRemote, type Remote } from './remote.ts'

/** PEM. As Open vSwitch has them: `--ca-cert`, `--certificate`, `--private-key`. */
export interface TlsIdentity {
  /** Who signed the server's certificate; absent: those that the system trusts. */
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket: ovsdb-server does not run, or has another --remote',
  EINVAL: 'no socket can have this name: a path has at most 107 bytes',
  ECONNREFUSED: 'nobody listens there',
  EACCES: 'not allowed: the socket belongs to root, or to the group of Open vSwitch',
  ENOTFOUND: 'there is no host of that name',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the server reset the connection',
  EPIPE: 'the server closed the connection',
}

/** What happened to a socket, in words. */
export const describeSocketError = (error: Error): string => {
  const { code } = error as NodeJS.ErrnoException
  // Several addresses of one host that all failed.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : []
  if (first instanceof Error) return describeSocketError(first)
  return (code === undefined ? undefined : WORDS[code]) ?? error.message
}

/** As Open vSwitch does, the certificate is checked by who signed it, and not by the name in it: it names no host. */
const open = (remote: Remote, identity: TlsIdentity): net.Socket => {
  if (remote.type === 'unix') return net.connect({ path: remote.path })
  const { host, port } = remote
  if (remote.type === 'tcp') return net.connect({ host, port })
  return tls.connect({ ...identity, host, port, checkServerIdentity: () => undefined })
}

export interface DialOptions {
  readonly remote: Remote
  readonly identity: TlsIdentity
  /** Milliseconds. */
  readonly timeout: number
  /** Gives up. */
  readonly signal: AbortSignal
}

/** Rejects with ConnectionClosed. */
export const dial = ({ remote, identity, timeout, signal }: DialOptions): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      deadline.stop()
      signal.removeEventListener('abort', onAbort)
      socket?.destroy()
      reject(new ConnectionClosed(`${formatRemote(remote)}: ${what}`))
    }
    const onAbort = (): void => fail('given up')
    const deadline = new Deadline(timeout, () => fail(`no connection within ${timeout / 1000} s`))
    let socket: net.Socket | undefined
    try {
      socket = open(remote, identity)
    } catch (error) {
      // A path that is too long, a certificate that is none.
      fail(describeSocketError(error as Error))
      return
    }
    signal.addEventListener('abort', onAbort)
    const onError = (error: Error): void => fail(describeSocketError(error))
    const connected = socket
    connected.on('error', onError)
    connected.once(remote.type === 'ssl' ? 'secureConnect' : 'connect', () => {
      deadline.stop()
      signal.removeEventListener('abort', onAbort)
      connected.off('error', onError)
      if (remote.type !== 'unix') connected.setNoDelay(true)
      resolve(connected)
    })
  })
