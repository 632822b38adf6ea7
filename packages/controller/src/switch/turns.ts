/**
 * A switch that talks without end is heard in turns: the system would hand over megabytes of it in one turn of the event
 * loop, before any other switch is heard, and memory would fill with what was read faster than it is cleared away.
 */
import type { Socket } from 'node:net'

/** A read of so many bytes is followed by others at once. */
const LARGE_READ = 32 * 1024
/** Until the next: some tens of megabytes per second remain, hundreds of thousands of packets. */
const PAUSE_MS = 1

/**
 * Pauses after each large read. What was read is not held up: only the socket is paused, not the connection on it.
 * To be called when the connection listens already.
 * @param isAsked whether much was asked for, so that its reader sees to the turns
 */
export function takeTurns(socket: Socket, isAsked: () => boolean): void {
  const goOn = () => socket.resume()
  socket.on('data', ({ length }: Uint8Array) => {
    if (length < LARGE_READ || isAsked()) return
    socket.pause()
    setTimeout(goOn, PAUSE_MS)
  })
}
