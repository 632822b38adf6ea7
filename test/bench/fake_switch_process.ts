/** The process of `fake_switches.ts`: PORT SWITCHES PORTS-OF-EACH. It dials when it is told to. */
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'

const [port, switches, count] = process.argv.slice(2).map(Number) as [number, number, number]
const FIRST_DPID = 0xbe7_0000n
const REDIAL_MS = 1000

const fakes = Array.from({ length: switches }, (_, index) => {
  const ports = Array.from({ length: count }, (_, n) => fakePort(n + 1, `if-p${index * count + n + 1}`))
  const spare = fakePort(count + 1, `spare${index + 1}`)
  return new FakeSwitch({ datapathId: FIRST_DPID + BigInt(index), ports: [...ports, spare] })
})

/** As a real switch does, it dials again when the controller does not answer. */
const dial = (fake: FakeSwitch): void => {
  fake.connect({ host: '127.0.0.1', port }).catch(() => setTimeout(dial, REDIAL_MS, fake))
}

process.on('message', (message) => {
  if (message === 'connect') for (const fake of fakes) dial(fake)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
