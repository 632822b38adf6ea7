/** Whether the peer of a connection lives, asked now: sooner than the connection's own probes would tell. */
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import type { Connection } from '@openvnet/openflow'

/** More than once, because this process may have been busy for longer when the first time is over. */
const ATTEMPTS = 2
const ATTEMPT_MS = 500

/**
 * Whether anything comes from the peer within a second: it may be busy and answer in its order, but not silent.
 * Never rejects.
 */
export async function answers(connection: Connection, socket: Socket): Promise<boolean> {
  const before = socket.bytesRead
  for (let attempt = 0; attempt < ATTEMPTS && connection.reason === null; attempt++) {
    try {
      await connection.request({ type: 'echo_request', data: new Uint8Array(0) }, { timeout: ATTEMPT_MS })
    } catch {
      // Timers go before the socket: what came meanwhile is read in this turn.
      await setImmediate()
    }
    if (socket.bytesRead > before) return true
  }
  return false
}
