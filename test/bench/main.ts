/**
 * `npm run bench`: what one change costs at different sizes, from the API write to the switch's acknowledgement, over
 * HTTP and OpenFlow on loopback. The switch is a fake one in a process of its own. It prints; it asserts nothing.
 *
 *     npm run bench -- [guests …]
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi, openStore } from '@openvnet/api'
import { createController } from '@openvnet/controller'
import { createLocalBus } from '@openvnet/feed'
import { pino } from 'pino'
import { fillStore } from './rows.ts'

const ROUNDS = 100
const FAKE_SWITCH = fileURLToPath(new URL('fake_switch_process.ts', import.meta.url))
const sizes = process.argv.slice(2).map(Number)

const say = (line: string) => process.stdout.write(`${line}\n`)
const quantile = (values: readonly number[], q: number): string =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? Number.NaN).toFixed(2)
const spread = (values: readonly number[]): string =>
  `${quantile(values, 0.5)} (${quantile(values, 0.1)}–${quantile(values, 0.9)})`

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const startBoth = async (directory: string, guests: number) => {
  const log = pino({ level: 'warn' }, pino.destination(2))
  const bus = createLocalBus()
  const file = join(directory, `${guests}.db`)
  const store = openStore({ file })
  fillStore(store, guests)
  store.close()
  const api = await createApi({ file, bus, log })
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const controller = await createController({
    feed: api.feed,
    bus,
    listen: [{ host: '127.0.0.1', port: 0 }],
    log,
  })
  const close = async () => {
    await controller.close()
    await api.close()
    await bus.close()
  }
  return { url, controller, close }
}

const call = async (method: string, url: string, body?: object): Promise<void> => {
  const request =
    body === undefined
      ? { method }
      : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url, request)
  await response.arrayBuffer()
  if (response.status !== 200 || (method !== 'GET' && response.headers.get('x-applied') !== 'true')) {
    throw new Error(`${method} ${url}: ${response.status}, applied: ${response.headers.get('x-applied')}`)
  }
}

/** Alternately takes a guest out and puts it back. */
const changePorts = async (url: string) => {
  const guest = {
    uuid: 'if-p5',
    network_uuid: 'nw-0',
    mac_address: '52:54:ff:00:00:05',
    ipv4_address: '10.0.0.5',
  }
  const deleted: number[] = []
  const added: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    deleted.push(await timed(() => call('DELETE', `${url}/api/1.0/interfaces/if-p5?wait=10`)))
    added.push(await timed(() => call('POST', `${url}/api/1.0/interfaces?wait=10`, guest)))
  }
  return { deleted, added }
}

const changeRoutes = async (url: string) => {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await call('DELETE', `${url}/api/1.0/routes/r-0?wait=10`)
    const route = { uuid: 'r-0', interface_uuid: 'if-leg0', route_link_uuid: 'rl-0' }
    times.push(await timed(() => call('POST', `${url}/api/1.0/routes?wait=10`, route)))
  }
  return times
}

const addNetworks = async (url: string) => {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const network = { uuid: `nw-new${round}`, ipv4_network: `192.168.${round}.0` }
    times.push(await timed(() => call('POST', `${url}/api/1.0/networks?wait=10`, network)))
  }
  return times
}

const measure = async (directory: string, guests: number): Promise<void> => {
  const { url, controller, close } = await startBoth(directory, guests)
  const { port } = controller.addresses[0]!
  const fake = spawn(
    process.execPath,
    ['--conditions=vnet-source', FAKE_SWITCH, String(port), String(guests)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  try {
    const status = () => controller.report().datapaths[0]
    while (status()?.connected !== true) await new Promise((resolve) => setTimeout(resolve, 1))
    const install = await timed(async () => {
      while ((status()?.acknowledged_revision ?? 0) === 0)
        await new Promise((resolve) => setTimeout(resolve, 1))
    })
    const flows = status()?.flows ?? 0
    const { deleted, added } = await changePorts(url)
    const routed = await changeRoutes(url)
    const networks = await addNetworks(url)
    const rss = Math.round(process.memoryUsage.rss() / 2 ** 20)
    const cells = [
      guests,
      flows,
      (flows / guests).toFixed(1),
      install.toFixed(0),
      rss,
      spread(added),
      spread(deleted),
      spread(networks),
      spread(routed),
    ]
    say(`| ${cells.join(' | ')} |`)
  } finally {
    fake.kill()
    await close()
  }
}

const directory = await mkdtemp(join(tmpdir(), 'vnet-bench-'))
try {
  say(
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}. Times in ms: median (10 %–90 %) of ${ROUNDS}.`,
  )
  say('')
  say(
    '| guests | flows | per guest | connect → all installed | RSS MiB | add a guest | delete one | add a network | add a route |',
  )
  say('|---|---|---|---|---|---|---|---|---|')
  for (const guests of sizes.length > 0 ? sizes : [10, 1000, 10_000]) await measure(directory, guests)
} finally {
  await rm(directory, { recursive: true, force: true })
}
