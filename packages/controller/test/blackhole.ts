/** A path of TCP connections that can be cut without a word: what is sent goes nowhere, and nothing is reset. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface Path {
  /** Where it begins. */
  readonly port: number
  /** Octets that came through so far, in both directions together. */
  readonly octets: number
  /** From now on nothing comes through, and new connections get no answer. */
  cut(): void
  /** What was sent meanwhile arrives, as TCP would send it again. */
  heal(): void
}

/** @param port where it ends */
export async function createPath(t: Test, port: number): Promise<Path> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let isCut = false
  let octets = 0
  const join = (near: Socket, far: Socket) => {
    near.on('data', (chunk) => {
      octets += chunk.length
      far.write(chunk)
    })
    near.on('error', () => undefined)
    near.on('close', () => far.destroy())
  }
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port, noDelay: true })
    pairs.add([near, far])
    join(near, far)
    join(far, near)
    if (isCut) for (const socket of [near, far]) socket.pause()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  })
  const each = (action: (socket: Socket) => void) => {
    for (const pair of pairs) for (const socket of pair) action(socket)
  }
  return {
    port: (server.address() as AddressInfo).port,
    get octets() {
      return octets
    },
    cut() {
      isCut = true
      each((socket) => void socket.pause())
    },
    heal() {
      isCut = false
      each((socket) => void socket.resume())
    },
  }
}
