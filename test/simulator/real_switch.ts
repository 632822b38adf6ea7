/** The same questions as to the simulator, put to a real Open vSwitch with dummy ports. */
import { connect } from 'node:net'
import { Connection, type ErrorMessage, errorName, type Outgoing } from '@openvnet/openflow'
import { DummySwitch } from '../lab/dummy_switch.ts'
import type { SimulatedFlow, SimulatedGroup, SimulatedTables } from './simulated_flow.ts'

const ANY = 0xffff_ffff
const ALL_GROUPS = 0xffff_fffc

const flowMod = (command: number, flow: Omit<SimulatedFlow, 'why'>): Outgoing => ({
  type: 'flow_mod',
  cookie: 0n,
  cookie_mask: 0n,
  command,
  idle_timeout: 0,
  hard_timeout: 0,
  buffer_id: ANY,
  out_port: ANY,
  out_group: ANY,
  flags: 0,
  ...flow,
})

const groupMod = (
  command: number,
  { group_id, group_type, buckets }: Omit<SimulatedGroup, 'why'>,
): Outgoing => ({
  type: 'group_mod',
  command,
  group_id,
  group_type,
  buckets,
})

export class RealSwitch {
  readonly #dummy: DummySwitch
  readonly #connection: Connection
  #errors: ErrorMessage[] = []

  private constructor(dummy: DummySwitch, connection: Connection) {
    this.#dummy = dummy
    this.#connection = connection
  }

  static async start(ports: readonly number[]): Promise<RealSwitch> {
    const dummy = new DummySwitch(ports)
    await dummy.start()
    const errors: ErrorMessage[] = []
    const connection = await new Promise<Connection>((resolve, reject) => {
      const made: Connection = new Connection({
        socket: connect(dummy.ovs.managementSocket('br0')),
        onReady: () => resolve(made),
        onError: (error) => errors.push(error),
        onClose: reject,
      })
    })
    const real = new RealSwitch(dummy, connection)
    real.#errors = errors
    return real
  }

  /** Names of the errors that the messages are answered with. */
  async #send(messages: readonly Outgoing[]): Promise<string[]> {
    this.#errors.length = 0
    this.#connection.sendAll(messages)
    await this.#connection.barrier()
    return this.#errors.map(errorNameOf)
  }

  async clear(): Promise<void> {
    const everything = { table_id: 255, priority: 0, match: [], instructions: [] }
    const groups = { group_id: ALL_GROUPS, group_type: 0, buckets: [] }
    await this.#send([flowMod(3, everything), groupMod(2, groups)])
  }

  addFlow(flow: SimulatedFlow): Promise<string[]> {
    const { table_id, priority, match, instructions } = flow
    return this.#send([flowMod(0, { table_id, priority, match, instructions })])
  }

  addGroup(group: SimulatedGroup): Promise<string[]> {
    return this.#send([groupMod(0, group)])
  }

  /** Replaces what is there. @throws when the switch refuses any of it */
  async install({ flows, groups }: SimulatedTables): Promise<void> {
    await this.clear()
    const errors = [
      ...(await this.#send([...groups.values()].map((group) => groupMod(0, group)))),
      ...(await this.#send([...flows.values()].map(({ why: _why, ...flow }) => flowMod(0, flow)))),
    ]
    if (errors.length > 0) throw new Error(`the switch refuses: ${errors.join()}`)
    // What it has cached of the former tables.
    await this.#dummy.ovs.appctl('revalidator/purge')
  }

  inject(port: number, frame: Uint8Array): Promise<{ port: number; frame: Uint8Array }[]> {
    return this.#dummy.inject(port, frame)
  }

  trace(port: number, frame: Uint8Array): Promise<string> {
    return this.#dummy.trace(port, frame)
  }

  async close(): Promise<void> {
    await this.#connection.close()
    await this.#dummy.close()
  }
}

const errorNameOf = ({ error_type, code, experimenter }: ErrorMessage): string =>
  errorName(error_type, code, experimenter)
