/**
 * Executes instructions and actions as `ofproto/ofproto-dpif-xlate.c` translates them, one packet at a time.
 * What the switch would drop with an error in its log drops the whole packet here too, see `TranslationError`.
 */
import {
  type Action,
  FIELDS,
  type Instruction,
  type Match,
  type Output,
  type Subfield,
} from '@openvnet/openflow'
import { inOrderOfExecution } from './action_set.ts'
import { numeric } from './check_match.ts'
import type { Lookup } from './lookup.ts'
import { carried, clone, isMovable, type PacketState, read, restore, write } from './packet_state.ts'
import { render } from './render.ts'
import type { SimulatedFlow, SimulatedGroup } from './simulated_flow.ts'

/** A lookup: the flow that was found, or `null` for a miss, which drops. */
export interface TraceStep {
  readonly table_id: number
  readonly flow: SimulatedFlow | null
  /** The sentence of the flow. */
  readonly why: string | null
  readonly actions: readonly Instruction[]
}
/** Where flows say that a frame goes, should its port lead into tunnels: 0 where they say nothing. */
export interface TunnelWords {
  readonly key: bigint
  readonly ipv4_dst: bigint
  readonly ipv6_dst: bigint
}
export interface Emitted {
  readonly port: number
  readonly frame: Uint8Array
  readonly tunnel: TunnelWords
}
export interface Punted {
  readonly reason: 'action' | 'no_match' | 'invalid_ttl'
  readonly table_id: number
  readonly frame: Uint8Array
  /** What the packet carried through the tables, and what the action says of it. */
  readonly metadata: Match
  readonly userdata: Uint8Array
}

/** The switch gives up on the packet: nothing of it is put out. */
export class TranslationError extends Error {}

export interface Switch {
  readonly lookup: Lookup
  readonly groups: ReadonlyMap<number, SimulatedGroup>
  readonly ports: ReadonlySet<number>
}

const OFPP = { in_port: 0xffff_fff8, flood: 0xffff_fffb, all: 0xffff_fffc, controller: 0xffff_fffd }
const NOT_SIMULATED: Readonly<Record<number, string>> = { 4294967289: 'TABLE', 4294967290: 'NORMAL' }
const KEEP_IN_PORT = 0xfff8
const CURRENT_TABLE = 255
const MAX_DEPTH = 64
/** What writes bits of the packet and of its registers. */
type FieldAction = Extract<
  Action,
  { type: 'set_field' | 'reg_move' | 'reg_load' | 'stack_push' | 'stack_pop' }
>

/** Some hash of the packet that is the same in both directions: not the one of Open vSwitch. */
const symmetricHash = (packet: PacketState, basis: number): number => {
  const fields = ['ipv4_src', 'ipv4_dst', 'ipv6_src', 'ipv6_dst', 'tcp_src', 'tcp_dst'] as const
  const mixed = fields
    .map((name) => read(packet, name))
    .reduce((sum, value) => sum + value * value, BigInt(basis))
  return Number((mixed * 0x9e37_79b9n) % 0xffff_fffbn)
}

const MAX_LOOKUPS = 4096
const GROUP_TYPE = { all: 0, indirect: 2 }

export class Execution {
  readonly outputs: Emitted[] = []
  readonly controller: Punted[] = []
  readonly trace: TraceStep[] = []
  readonly #switch: Switch
  readonly #packet: PacketState
  readonly #stack: bigint[] = []
  #actionSet: Action[] = []
  #table_id = 0
  #depth = 0
  #lookups = 0
  #flow: SimulatedFlow | undefined

  constructor(simulated: Switch, packet: PacketState) {
    this.#switch = simulated
    this.#packet = packet
  }

  /** @throws {TranslationError} */
  run(): void {
    this.#table(0)
    this.#actions(inOrderOfExecution(this.#actionSet))
  }

  /** The packet is one that a controller sends. @throws {TranslationError} */
  obey(actions: readonly Action[]): void {
    this.#actions(actions)
  }

  /** @param in_port the ingress port that the lookup sees */
  #table(table_id: number, in_port = read(this.#packet, 'in_port')): void {
    const flow = this.#lookUp(table_id, in_port)
    this.trace.push({
      table_id,
      flow: flow ?? null,
      why: flow?.why ?? null,
      actions: flow?.instructions ?? [],
    })
    this.#table_id = table_id
    this.#flow = flow
    if (flow === undefined) return
    if (++this.#lookups > MAX_LOOKUPS) throw new TranslationError(`more than ${MAX_LOOKUPS} lookups`)
    this.#instructions(flow.instructions)
  }

  #lookUp(table_id: number, in_port: bigint): SimulatedFlow | undefined {
    const own = read(this.#packet, 'in_port')
    write(this.#packet, 'in_port', in_port)
    const flow = this.#switch.lookup(table_id, this.#packet)
    write(this.#packet, 'in_port', own)
    return flow
  }

  /** OpenFlow 1.3.5 §5.9: executed in this order, whatever the order in the flow. */
  #instructions(instructions: readonly Instruction[]): void {
    const find = <T extends Instruction['type']>(type: T) =>
      instructions.find(
        (instruction): instruction is Extract<Instruction, { type: T }> => instruction.type === type,
      )
    const actions = find('apply_actions')?.actions ?? []
    const done = this.#actions(actions)
    if (!done) return
    const before = actions.at(-1)?.type === 'check_pkt_larger' ? clone(this.#packet) : undefined
    if (find('clear_actions') !== undefined) this.#actionSet = []
    this.#actionSet.push(...(find('write_actions')?.actions ?? []))
    const metadata = find('write_metadata')
    if (metadata !== undefined) this.#writeMetadata(metadata.metadata, metadata.metadata_mask)
    const goto = find('goto_table')
    if (goto !== undefined) this.#table(goto.table_id)
    // What comes after the look at the length is done on a copy for each case.
    if (before !== undefined) restore(this.#packet, before)
  }

  #writeMetadata(value: bigint, mask: bigint): void {
    write(this.#packet, 'metadata', (read(this.#packet, 'metadata') & ~mask) | (value & mask))
  }

  /** `false` when an action ended the flow. */
  #actions(actions: readonly Action[]): boolean {
    return actions.every((action) => this.#action(action))
  }

  #action(action: Action): boolean {
    const packet = this.#packet
    switch (action.type) {
      case 'output':
        this.#output(action)
        return true
      case 'group':
        this.#group(action.group_id)
        return true
      case 'resubmit_table':
        this.#resubmit(action.in_port, action.table)
        return true
      case 'dec_nw_ttl':
        return this.#decrementTtl()
      case 'set_nw_ttl':
        write(packet, 'nw_ttl', BigInt(action.ttl))
        return true
      case 'controller2':
        this.#punt('action', action.properties.find((each) => each.type === 'userdata')?.userdata)
        return true
      case 'push_vlan':
        // Open vSwitch keeps two: a third pushes the innermost out.
        packet.tags = [{ tpid: action.ethertype, pcp: 0, vid: 0 }, ...packet.tags].slice(0, 2)
        return true
      case 'pop_vlan':
        packet.tags = packet.tags.slice(1)
        return true
      case 'set_queue':
        return true
      case 'check_pkt_larger':
        this.#store(action.dst, render(packet).length > action.pkt_len ? 1n : 0n)
        return true
      case 'multipath':
        this.#store(action.dst, BigInt(symmetricHash(packet, action.basis) % (action.max_link + 1)))
        return true
      case 'unknown':
        throw new TranslationError(`unknown action ${action.action_type}`)
      case 'set_field':
      case 'reg_move':
      case 'reg_load':
      case 'stack_push':
      case 'stack_pop':
        this.#fieldAction(action)
        return true
      default:
        throw new TranslationError(`the simulator has no action ${action.type}`)
    }
  }

  #fieldAction(action: FieldAction): void {
    switch (action.type) {
      case 'set_field':
        if (action.field.field !== 'unknown')
          write(this.#packet, action.field.field, numeric(action.field).value)
        return
      case 'reg_move':
        if (isMovable(this.#packet, action.src.field)) this.#store(action.dst, this.#load(action.src))
        return
      case 'reg_load':
        this.#store(action.dst, action.value)
        return
      case 'stack_push':
        this.#stack.push(this.#load(action.src))
        return
      case 'stack_pop': {
        const value = this.#stack.pop()
        if (value !== undefined) this.#store(action.dst, value)
      }
    }
  }

  #load({ field, offset, bits }: Subfield): bigint {
    return (read(this.#packet, field) >> BigInt(offset)) & ((1n << BigInt(bits)) - 1n)
  }

  #store({ field, offset, bits }: Subfield, value: bigint): void {
    const width = BigInt(FIELDS[field].bits)
    const mask = (((1n << BigInt(bits)) - 1n) << BigInt(offset)) & ((1n << width) - 1n)
    const before = read(this.#packet, field)
    write(this.#packet, field, (before & ~mask) | ((value << BigInt(offset)) & mask))
  }

  #output({ port }: Output): void {
    const unsupported = NOT_SIMULATED[port]
    if (unsupported !== undefined) throw new Error(`output:${unsupported} is not simulated`)
    const in_port = Number(read(this.#packet, 'in_port'))
    if (port === OFPP.controller) this.#punt(this.#flow?.priority === 0 ? 'no_match' : 'action')
    else if (port === OFPP.in_port) this.#emit(in_port)
    else if (port === OFPP.flood || port === OFPP.all) {
      for (const other of this.#switch.ports) if (other !== in_port) this.#emit(other)
    } else if (port !== in_port) this.#emit(port)
  }

  #emit(port: number): void {
    if (!this.#switch.ports.has(port)) return
    const packet = this.#packet
    const tunnel = {
      key: read(packet, 'tunnel_id'),
      ipv4_dst: read(packet, 'tun_dst'),
      ipv6_dst: read(packet, 'tun_ipv6_dst'),
    }
    this.outputs.push({ port, frame: render(packet), tunnel })
  }

  #punt(reason: Punted['reason'], userdata: Uint8Array = new Uint8Array()): void {
    const packet = this.#packet
    this.controller.push({
      ...{ reason, table_id: this.#table_id, userdata },
      ...{ frame: render(packet), metadata: carried(packet) },
    })
  }

  #decrementTtl(): boolean {
    if (!this.#packet.fields.has('nw_ttl')) return true
    const ttl = read(this.#packet, 'nw_ttl')
    if (ttl <= 1n) {
      this.#punt('invalid_ttl')
      return false
    }
    write(this.#packet, 'nw_ttl', ttl - 1n)
    return true
  }

  #deeper(run: () => void): void {
    if (++this.#depth > MAX_DEPTH) throw new TranslationError(`resubmits nest deeper than ${MAX_DEPTH}`)
    run()
    this.#depth--
  }

  /** Changes of the packet stay; only the lookup sees the other ingress port. */
  #resubmit(in_port: number, table: number): void {
    const [table_id, flow] = [this.#table_id, this.#flow]
    const seen = in_port === KEEP_IN_PORT ? undefined : BigInt(in_port)
    const target = table === CURRENT_TABLE ? table_id : table
    if (target <= table_id) this.#deeper(() => this.#table(target, seen))
    else this.#table(target, seen)
    this.#table_id = table_id
    this.#flow = flow
  }

  /** Each bucket works on its own copy of the packet. */
  #group(group_id: number): void {
    const group = this.#switch.groups.get(group_id)
    if (group === undefined) throw new TranslationError(`no group ${group_id}`)
    if (group.group_type !== GROUP_TYPE.all && group.group_type !== GROUP_TYPE.indirect) {
      throw new Error(`groups of type ${group.group_type} are not simulated`)
    }
    const before = clone(this.#packet)
    for (const { actions } of group.buckets) {
      this.#deeper(() => this.#actions(inOrderOfExecution(actions)))
      restore(this.#packet, before)
    }
  }
}
