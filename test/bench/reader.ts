/** Somebody who reads all the time while others write. */
import { setTimeout as sleep } from 'node:timers/promises'
import { HttpConnection } from './http_connection.ts'

/** Milliseconds between two reads. */
const READ_PAUSE = 5

/** Reads all the time; what it takes, in milliseconds. */
export const startReading = async (port: number) => {
  const connection = await HttpConnection.open(port)
  const times: number[] = []
  let reading = true
  const read = async () => {
    for (let turn = 0; reading; turn++) {
      const start = performance.now()
      await connection.send('GET', turn % 2 === 0 ? 'networks/nw-0' : 'interfaces?limit=30')
      times.push(performance.now() - start)
      await sleep(READ_PAUSE)
    }
  }
  const ended = read()
  return {
    times,
    stop: async () => {
      reading = false
      await ended
      connection.close()
    },
  }
}
