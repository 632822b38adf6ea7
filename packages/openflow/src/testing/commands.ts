/**
 * What a fake switch does with the messages of a controller, as `ovs-vswitchd` 3.1 does. Flows, groups, meters and
 * ports are the switch's; bundles, role and asynchronous configuration are the connection's and begin anew with it.
 */
import { encode } from '../codec/message.ts'
import type { Connection } from '../connection/connection.ts'
import { OFP_VERSION, OFPC, OFPCR, OFPM, OFPMC } from '../constants.ts'
import { OFPET, ONF_ERROR } from '../error-names.ts'
import type {
  BundleAddMessage,
  BundleControl,
  FeaturesReply,
  FlowMod,
  GroupMod,
  Message,
  MeterMod,
  PacketOut,
  Port,
  PortMod,
} from '../types/message.ts'
import { AsyncConfig } from './async.ts'
import { Bundles } from './bundles.ts'
import { refuseMalformed } from './malformed.ts'
import { Meters } from './meters.ts'
import { answerMultipart } from './multipart-answer.ts'
import { modifiedPort } from './ports.ts'
import { onfRefusal, type Refusal, refusal } from './refusal.ts'
import { Roles } from './roles.ts'
import { SwitchTables } from './switch-tables.ts'
import { type RemovedFlow, Undo } from './undo.ts'

/** Bytes of an offending message that fit into an error. */
const ERROR_DATA_BYTES = 65535 - 16

/** What only a controller that is not secondary may do. */
const FOR_PRIMARY: ReadonlySet<Message['type']> = new Set([
  'packet_out',
  'flow_mod',
  'group_mod',
  'meter_mod',
  'port_mod',
  'table_mod',
  'bundle_control',
  'bundle_add_message',
  'nxt_tlv_table_mod',
])

export interface CommandsOptions {
  readonly datapathId: bigint
  readonly ports: ReadonlyMap<number, Port>
  readonly tableCount: number
  readonly maxFlowsPerTable: number
  readonly refuse: (message: FlowMod | GroupMod) => Refusal | null
  readonly onPacketOut: (message: PacketOut) => void
  /** Sends a message that nobody asked for. */
  readonly notify: (message: Message) => void
  /** Changes a port, and tells the controller. */
  readonly setPort: (port: Port) => void
}

export class Commands {
  readonly tables: SwitchTables
  readonly meters = new Meters()
  readonly #options: CommandsOptions
  readonly #roles = new Roles()
  readonly #async = new AsyncConfig()
  #bundles = new Bundles()
  #config = { flags: 0, miss_send_len: 128 }

  constructor(options: CommandsOptions) {
    this.#options = options
    this.tables = new SwitchTables(options.maxFlowsPerTable)
  }

  /** A new connection begins. */
  reset(): void {
    this.#bundles = new Bundles()
    this.#roles.reset()
    this.#async.reset()
  }

  /** True if the controller wants this message, which it did not ask for. */
  wants(message: Message): boolean {
    return this.#async.wants(message, this.#roles.role)
  }

  /** Carries out a message and answers it: with an error if it is refused. */
  take(message: Message, connection: Connection): void {
    const isForbidden = this.#roles.role === OFPCR.SECONDARY && FOR_PRIMARY.has(message.type)
    const refused = isForbidden ? refusal(OFPET.BAD_REQUEST, 10) : this.#carryOut(message, connection)
    if (refused !== null) sendError(connection, refused, message)
  }

  #carryOut(message: Message, connection: Connection): Refusal | null {
    switch (message.type) {
      case 'flow_mod':
      case 'group_mod':
        return this.apply(message)
      case 'bundle_add_message':
        return this.#bundles.add(message)
      default:
        return refuseMalformed(message) ?? this.#carryOutPlain(message, connection)
    }
  }

  #carryOutPlain(message: Message, connection: Connection): Refusal | null {
    switch (message.type) {
      case 'port_mod':
        return this.#modifyPort(message)
      case 'meter_mod':
        return this.#modifyMeter(message)
      case 'set_config':
        this.#config = { flags: message.flags, miss_send_len: message.miss_send_len }
        return null
      case 'set_async':
        this.#async.set(message)
        return null
      case 'table_mod':
        return null
      case 'packet_out':
        this.#options.onPacketOut(message)
        return null
      case 'bundle_control': {
        const refused = this.#bundles.control(message, (messages) => this.#commit(messages, connection))
        if (refused === null) connection.send(bundleReply(message))
        return refused
      }
      default:
        return this.#answer(message, connection)
    }
  }

  /** What has a reply and changes nothing but the connection. */
  #answer(message: Message, connection: Connection): Refusal | null {
    const reply = this.#replyTo(message)
    if ('code' in reply) return reply
    connection.sendAll(reply)
    return null
  }

  #replyTo(message: Message): readonly Message[] | Refusal {
    const { xid } = message
    switch (message.type) {
      case 'features_request':
        return [this.#features(xid)]
      case 'get_config_request':
        return [{ type: 'get_config_reply', xid, ...this.#config }]
      case 'get_async_request':
        return [{ type: 'get_async_reply', xid, ...this.#async.reply }]
      case 'barrier_request':
        return [{ type: 'barrier_reply', xid }]
      case 'role_request': {
        const answer = this.#roles.request(message)
        return 'code' in answer ? answer : [answer]
      }
      case 'multipart_request': {
        const { ports, tableCount } = this.#options
        return answerMultipart(message, { tables: this.tables, meters: this.meters, ports, tableCount })
      }
      default:
        return refusal(OFPET.BAD_REQUEST, 1)
    }
  }

  #features(xid: number): FeaturesReply {
    return {
      type: 'features_reply',
      xid,
      datapath_id: this.#options.datapathId,
      n_buffers: 0,
      n_tables: this.#options.tableCount,
      auxiliary_id: 0,
      capabilities: OFPC.FLOW_STATS | OFPC.TABLE_STATS | OFPC.PORT_STATS | OFPC.GROUP_STATS,
      reserved: 0,
    }
  }

  #modifyPort(mod: PortMod): Refusal | null {
    const port = modifiedPort(mod, this.#options.ports)
    if ('code' in port) return port
    if (port.config !== this.#options.ports.get(mod.port_no)?.config) this.#options.setPort(port)
    return null
  }

  /** Carries out a command. Returns why not, or `null`. */
  apply(message: FlowMod | GroupMod): Refusal | null {
    const undo = new Undo()
    const refused = refuseMalformed(message) ?? this.#apply(message, undo)
    if (refused === null) this.#tellRemoved(undo.removed)
    return refused
  }

  #apply(message: FlowMod | GroupMod, undo: Undo): Refusal | null {
    const refused = this.#options.refuse(message) ?? this.#refuseMeter(message)
    if (refused !== null) return refused
    return message.type === 'flow_mod'
      ? this.tables.applyFlowMod(message, undo)
      : this.tables.applyGroupMod(message, undo)
  }

  #refuseMeter(message: FlowMod | GroupMod): Refusal | null {
    if (message.type !== 'flow_mod') return null
    const isMissing = message.instructions.some(
      (each) => each.type === 'meter' && !this.meters.meters.has(each.meter_id),
    )
    return isMissing ? refusal(OFPET.METER_MOD_FAILED, 2) : null
  }

  #modifyMeter(mod: MeterMod): Refusal | null {
    if (mod.command === OFPMC.DELETE) {
      const ids = mod.meter_id === OFPM.ALL ? this.meters.meters.keys() : [mod.meter_id]
      for (const id of ids) this.tables.dropMetered(id)
    }
    return this.meters.apply(mod)
  }

  /** Carries out a bundle's messages. If one is refused, none is, and the refusal of that one is told too. */
  #commit(messages: readonly BundleAddMessage[], connection: Connection): Refusal | null {
    const undo = new Undo()
    for (const added of messages) {
      const { message } = added
      if (message.type !== 'flow_mod' && message.type !== 'group_mod') continue
      const refused = this.#apply(message, undo)
      if (refused === null) continue
      undo.rollBack()
      sendError(connection, refused, added)
      return onfRefusal(ONF_ERROR.OFPBFC_MSG_FAILED)
    }
    this.#tellRemoved(undo.removed)
    for (const { message } of messages) {
      if (message.type === 'packet_out') this.#options.onPacketOut(message)
      else if (message.type === 'port_mod') this.#modifyPort(message)
    }
    return null
  }

  #tellRemoved(removed: readonly RemovedFlow[]): void {
    for (const { flow, reason } of removed) {
      const { instructions: _, flags: __, ...rest } = flow
      this.#options.notify({ type: 'flow_removed', xid: 0, reason, ...rest })
    }
  }
}

/** Whatever properties the request had. */
const bundleReply = ({ type, xid, bundle_id, control }: BundleControl): BundleControl => ({
  type,
  xid,
  bundle_id,
  control: control + 1,
  flags: 0,
})

function sendError(connection: Connection, refused: Refusal, offender: Message): void {
  const data = encode(offender).subarray(0, ERROR_DATA_BYTES)
  connection.send({ type: 'error', version: OFP_VERSION, xid: offender.xid, ...refused, data })
}
