/** One question and its answer over TCP, each with its length in front: RFC 1035 §4.2.2. */
import type { Socket } from 'node:net'
import { isAnswerTo } from './question.ts'

const PREFIX = 2

/** Never rejects; the socket is closed when it resolves. The answer is at most 65,535 octets, so is what is kept of it. */
export const exchangeByStream = (socket: Socket, query: Uint8Array): Promise<Uint8Array | undefined> =>
  new Promise((resolve) => {
    let received = Buffer.alloc(0)
    let found: Uint8Array | undefined
    socket.on('close', () => resolve(found))
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.destroy())
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      if (received.length < PREFIX) return
      const end = PREFIX + received.readUInt16BE(0)
      if (received.length < end) return
      const message = received.subarray(PREFIX, end)
      if (isAnswerTo(query, message)) found = Uint8Array.from(message)
      socket.destroy()
    })
    const length = Buffer.alloc(PREFIX)
    length.writeUInt16BE(query.length)
    socket.write(Buffer.concat([length, query]))
  })
