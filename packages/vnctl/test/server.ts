/** The real API on a real socket, and vnctl against it: in this process, or as the real program. */
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi } from '@openvnet/api'
import { createLocalBus } from '@openvnet/feed'
import { pino } from 'pino'
import type { Test } from 'tap'
import { type Outcome, runHere, runProgram } from './program.ts'

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '')

/** A server of its own for each test. */
export const serve = async (t: Test) => {
  const bus = createLocalBus()
  const directory = mkdtempSync(join(tmpdir(), 'vnctl-'))
  const file = join(directory, 'vnet.db')
  const api = await createApi({ file, bus, log: pino({ level: 'silent' }) })
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await api.close()
    await bus.close()
    rmSync(directory, { recursive: true })
  })
  const { port } = api.app.server.address() as AddressInfo
  const env = { VNET_WEBAPI: `127.0.0.1:${port}` }
  const vnctl = (line: string, stdin = ''): Promise<Outcome> => runProgram(words(line), { env, stdin })
  const here = (line: string, stdin = ''): Promise<Outcome> => runHere(words(line), { env, stdin })
  const json = async (line: string): Promise<unknown> => {
    const { code, stdout, stderr } = await here(`${line} -o json`)
    t.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  return { api, bus, env, port, vnctl, here, json }
}
