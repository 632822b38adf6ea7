/**
 * What stands between a switch and its controller and keeps back what the switch says from a certain message on, as a
 * switch would that is busy with what it was told.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'

/** OpenFlow 1.3.5 §7.1: version, type, length, xid; then what the type says. */
const HEADER = 8
const TYPE = { experimenter: 4, barrier_reply: 21 }
/** ONF extension 230: experimenter id, type of the message, bundle id, kind of control. */
const ONF = 0x4f4e_4600
const BUNDLE_CONTROL = 2300
const OPEN_REPLY = 1
const COMMIT_REPLY = 5

export type Predicate = (message: Buffer) => boolean

const isBundleControl =
  (control: number): Predicate =>
  (message) =>
    message[1] === TYPE.experimenter &&
    message.length >= 22 &&
    message.readUInt32BE(8) === ONF &&
    message.readUInt32BE(12) === BUNDLE_CONTROL &&
    message.readUInt16BE(20) === control

/** The answer that says that changes are done. */
export const isCommitReply = isBundleControl(COMMIT_REPLY)
const isOpenReply = isBundleControl(OPEN_REPLY)

/** OFPT_ERROR to a message: OFPET_BAD_REQUEST, OFPBRC_BAD_EXPERIMENTER. */
const badExperimenter = (message: Buffer): Buffer => {
  const error = Buffer.from([4, 1, 0, 12, 0, 0, 0, 0, 0, 1, 0, 3])
  message.copy(error, 4, 4, 8)
  return error
}

export const isBarrierReply: Predicate = (message) => message[1] === TYPE.barrier_reply

/** Cuts a stream into messages. */
const messages = (onMessage: (message: Buffer) => void) => {
  let rest = Buffer.alloc(0)
  return (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= HEADER && rest.length >= rest.readUInt16BE(2)) {
      const length = rest.readUInt16BE(2)
      onMessage(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  }
}

export class Withholding {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Whether the switch shall have no bundles. */
  readonly #plain: boolean
  #holds: Predicate | null = null
  readonly #held: (() => void)[] = []

  private constructor(server: Server, plain: boolean) {
    this.#server = server
    this.#plain = plain
  }

  /**
   * @param controller port of it on 127.0.0.1
   * @param bundles whether the switch has them
   */
  static async before(controller: number, { bundles }: { bundles: boolean }): Promise<Withholding> {
    const server = createServer()
    const between = new Withholding(server, !bundles)
    server.on('connection', (socket) => between.#relay(socket, controller))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return between
  }

  /** Where the switch is to connect. */
  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** Messages that are kept back now. */
  get held(): number {
    return this.#held.length
  }

  /** Keeps back the next such message of the switch, and all that comes after it. */
  hold(predicate: Predicate): void {
    this.#holds = predicate
  }

  release(): void {
    this.#holds = null
    for (const send of this.#held.splice(0)) send()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #relay(from: Socket, controller: number): void {
    const to = connect(controller, '127.0.0.1')
    for (const socket of [from, to]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
    }
    from.on('close', () => to.destroy())
    to.on('close', () => from.destroy())
    to.on('data', (chunk: Buffer) => from.write(chunk))
    const onMessage = messages((message) => {
      const copy = this.#plain && isOpenReply(message) ? badExperimenter(message) : Buffer.from(message)
      if (this.#held.length > 0 || this.#holds?.(copy) === true) this.#held.push(() => to.write(copy))
      else to.write(copy)
    })
    from.on('data', onMessage)
  }
}
