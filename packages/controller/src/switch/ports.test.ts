import type { Port, PortStatus } from '@openvnet/openflow'
import t from 'tap'
import { createPorts } from './ports.ts'

const port = (port_no: number, name: string): Port => ({
  port_no,
  name,
  hw_addr: 0,
  config: 0,
  state: 0,
  curr: 0,
  advertised: 0,
  supported: 0,
  peer: 0,
  curr_speed: 0,
  max_speed: 0,
})
const [ADD, DELETE, MODIFY] = [0, 1, 2]
const status = (reason: number, port_no: number, name: string): PortStatus => ({
  type: 'port_status',
  xid: 0,
  reason,
  port: port(port_no, name),
})
const LOCAL = 0xfffffffe

t.test('reserved ports are no ports', async (t) => {
  const ports = createPorts([port(1, 'a'), port(LOCAL, 'br0')])
  t.strictSame(ports.names, new Map([['a', 1]]))
  t.strictSame(ports.follow(status(MODIFY, LOCAL, 'br0')), [])
  t.strictSame(ports.follow(status(DELETE, LOCAL, 'br0')), [])
})

t.test('each message makes the facts that it means', async (t) => {
  const steps: [string, PortStatus, unknown[], [string, number][]][] = [
    [
      'a new port',
      status(ADD, 2, 'b'),
      [{ name: 'b', port_no: 2 }],
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    [
      'its state',
      status(MODIFY, 2, 'b'),
      [],
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    ['its deletion', status(DELETE, 2, 'b'), [{ name: 'b', port_no: null }], [['a', 1]]],
    ['its deletion again', status(DELETE, 2, 'b'), [], [['a', 1]]],
    ['a new number, told first', status(ADD, 7, 'a'), [{ name: 'a', port_no: 7 }], [['a', 7]]],
    ['then the old one deleted', status(DELETE, 1, 'a'), [], [['a', 7]]],
    [
      'a new name',
      status(MODIFY, 7, 'c'),
      [
        { name: 'a', port_no: null },
        { name: 'c', port_no: 7 },
      ],
      [['c', 7]],
    ],
  ]
  const ports = createPorts([port(1, 'a')])
  for (const [name, message, facts, names] of steps) {
    t.strictSame(ports.follow(message), facts, name)
    t.strictSame(ports.names, new Map(names), `${name}: names`)
  }
})
