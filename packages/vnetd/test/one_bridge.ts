/** vnetd in this process with its API, one guest, and a bridge that is played. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import { pino } from 'pino'
import type { Test } from 'tap'
import { readInvocation } from '../src/options/options.ts'
import { start } from '../src/start.ts'

export const DPID = '0x00000000000000a1'

export interface Status {
  readonly datapaths: readonly {
    readonly dpid: string
    readonly applied: boolean
    readonly connected: boolean
    readonly role: string | null
    readonly warnings: readonly string[]
  }[]
  readonly pending: readonly { readonly dpid: string; readonly peer: string; readonly since: string }[]
}

export const until = async (what: string, isSo: () => Promise<boolean> | boolean): Promise<void> => {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    if (await isSo()) return
    await delay(10)
  }
  throw new Error(`never: ${what}`)
}

export const run = async (t: Test, ...options: string[]) => {
  const directory = await mkdtemp(join(tmpdir(), 'vnetd-'))
  const argv = ['--http', '127.0.0.1:0', '--openflow', '127.0.0.1:0', '--db', `${directory}/a.db`, ...options]
  const invocation = readInvocation({ argv, env: {}, version: '1' })
  if (invocation.kind === 'print') throw new Error(invocation.text)
  const running = await start(invocation.options, pino({ level: 'silent' }))
  t.teardown(async () => {
    await running.close()
    await rm(directory, { recursive: true, force: true })
  })
  const bridge = new FakeSwitch({ datapathId: BigInt(DPID), ports: [fakePort(7, 'tap7')] })
  t.teardown(() => bridge.disconnect())
  const [openflow] = running.openflow
  const call = async (method: string, path: string) => {
    const url = `http://127.0.0.1:${running.http?.port}/api/1.0/${path}`
    const response = await fetch(url, { method })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return { headers: response.headers, body: await response.json() }
  }
  const status = async () => (await call('GET', 'status')).body as Status
  await call('POST', 'networks?uuid=nw-1&ipv4_network=10.0.0.0')
  const guest =
    'uuid=if-1&port_number=7&mac_address=52:54:00:00:00:01&network_uuid=nw-1&ipv4_address=10.0.0.1'
  await call('POST', `interfaces?${guest}`)
  const connect = () => bridge.connect({ host: '127.0.0.1', port: openflow?.port ?? 0 })
  await connect()
  await until('the bridge is seen', async () => (await status()).datapaths.some(({ connected }) => connected))
  const port = openflow?.port ?? 0
  return { bridge, call, status, connect, port }
}
