/**
 * Runs inside a namespace: a TCP path from 127.0.0.1:FROM to 127.0.0.1:TO. Stopped (SIGSTOP), it is a path on which
 * everything is lost and nothing is reset; continued, it is one that is healed.
 */
import { connect, createServer } from 'node:net'

const [from, to] = process.argv.slice(2).map(Number)

const server = createServer({ noDelay: true }, (near) => {
  const far = connect({ host: '127.0.0.1', port: Number(to), noDelay: true })
  near.pipe(far).pipe(near)
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
})
server.listen({ host: '127.0.0.1', port: Number(from) }, () => process.stdout.write('open\n'))
