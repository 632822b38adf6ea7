/**
 * A fake switch as a process of its own, so that its work does not count as the controller's.
 *
 *     node --conditions=vnet-source test/bench/fake_switch_process.ts PORT PORTS
 */
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'

const [port, count] = process.argv.slice(2).map(Number) as [number, number]
const ports = Array.from({ length: count }, (_, index) => fakePort(index + 1, `if-p${index + 1}`))
await new FakeSwitch({ datapathId: 0xbe7cn, ports }).connect({ host: '127.0.0.1', port })
