/**
 * Runs inside a namespace: for each port given, a unix socket `DIRECTORY/PORT` that leads to 127.0.0.1:PORT there.
 * Unix sockets cross network namespaces, so whoever is outside can speak with what listens inside.
 */
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

const [directory = '.', ...ports] = process.argv.slice(2)

const open = (port: string): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer({ allowHalfOpen: true }, (outside) => {
      const inside = connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true })
      outside.pipe(inside).pipe(outside)
      for (const [one, other] of [
        [outside, inside],
        [inside, outside],
      ] as const) {
        one.on('error', () => other.destroy())
        one.on('close', () => other.destroy())
      }
    })
    server.listen(join(directory, port), resolve)
  })

await Promise.all(ports.map(open))
process.stdout.write('open\n')
