/** A private redis-server on a port of its own; it can be stopped, frozen and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface RedisServer {
  readonly url: string
  start(): Promise<void>
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  /** Stops it from answering while its connections stay open. */
  freeze(): void
  thaw(): void
  /** Ends it and removes its files. */
  remove(): Promise<void>
}

/** @param password without it Redis takes nobody */
export async function createRedisServer(password?: string): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'vnet-redis-'))
  const port = await freePort()
  let child: ChildProcess | null = null
  const kill = async (): Promise<void> => {
    const running = child
    child = null
    if (running === null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }
  const server: RedisServer = {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    async start() {
      child = await startRedis(port, directory, password)
    },
    kill,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async remove() {
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

async function startRedis(port: number, directory: string, password = ''): Promise<ChildProcess> {
  const options = [
    ...['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', directory],
    ...['--requirepass', password],
  ]
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout }))
    if (line.includes('Ready to accept connections')) return child
  throw new Error(`redis-server ended before it was ready on port ${port}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
