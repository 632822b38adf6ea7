/**
 * The process of `fake_switches.ts`: PORT SWITCHES PORTS-OF-EACH HAVE-TUNNELS. They dial, and hang up, when they are told to.
 */
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import type { FakeSwitchOrder } from './fake_switches.ts'
import { FIRST_DPID } from './fake_switches.ts'

const [port, switches, count, haveTunnels] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
]
const REDIAL_MS = 1000

const fakes = Array.from({ length: switches }, (_, index) => {
  const ports = Array.from({ length: count }, (_, n) => fakePort(n + 1, `if-p${index * count + n + 1}`))
  const tunnels = haveTunnels === 1 ? [fakePort(count + 2, 'vnet-vxlan')] : []
  const spare = fakePort(count + 1, `spare${index + 1}`)
  return new FakeSwitch({ datapathId: FIRST_DPID + BigInt(index), ports: [...ports, spare, ...tunnels] })
})

/** As a real switch does, it dials again when the controller does not answer. */
const dial = (fake: FakeSwitch): void => {
  fake.connect({ host: '127.0.0.1', port }).catch(() => setTimeout(dial, REDIAL_MS, fake))
}

process.on('message', ({ act, switches: indexes }: FakeSwitchOrder) => {
  for (const index of indexes) {
    const fake = fakes[index]!
    if (act === 'connect') dial(fake)
    else void fake.disconnect()
  }
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
