/**
 * Asks DNS servers outside for what programs would know: the only network traffic of theirs. Each question has a random id
 * and a socket of its own, with a random port and connected to the server, so that nobody else can answer (RFC 5452 §9);
 * an answer counts when it has the id and the question. Bounded in number, in all and for each guest.
 *
 * A server that is silent to two questions in a row is not asked for a minute: guests then hear of the next one at once.
 */
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createConnection, isIPv6 } from 'node:net'
import type { Errand } from '../engine/packet.ts'
import { exchangeByStream } from './name_server_stream.ts'
import { isAnswerTo, isFailure, withId } from './question.ts'

export interface NameServersOptions {
  /** 53. */
  readonly port?: number
  /** Milliseconds that a server has (2,000). */
  readonly timeout?: number
  /** Milliseconds for which a silent server is not asked (60,000). */
  readonly memory?: number
  /** Questions under way at a time, in all (1,000) and for one guest (20). */
  readonly most?: number
  readonly mostOfGuest?: number
}

interface Silence {
  /** Questions in a row that it did not answer. */
  count: number
  until: number
}

/** Silent to so many in a row: not one lost datagram. */
const PATIENCE = 2
/** Servers that are remembered as silent; rows name few. */
const MAX_SILENT = 1000

type Ask = (server: string, query: Uint8Array, signal: AbortSignal) => Promise<Uint8Array | undefined>

export class NameServers {
  readonly #options: Required<NameServersOptions>
  readonly #silent = new Map<string, Silence>()
  /** Questions under way by guest. */
  readonly #guests = new Map<number, number>()
  readonly #underWay = new Set<AbortController>()
  #isClosed = false
  #asked = 0

  constructor(options: NameServersOptions = {}) {
    this.#options = { port: 53, timeout: 2000, memory: 60_000, most: 1000, mostOfGuest: 20, ...options }
  }

  /**
   * Never rejects.
   * @returns the message of a server, with an id of its own; `undefined` in it: none answered. `undefined`: too many
   * questions are under way
   */
  ask(errand: Errand): Promise<Uint8Array | undefined> | undefined {
    const { guest } = errand
    const own = this.#guests.get(guest) ?? 0
    if (this.#asked >= this.#options.most || own >= this.#options.mostOfGuest) return undefined
    this.#asked += 1
    this.#guests.set(guest, own + 1)
    return this.#askAll(errand).finally(() => this.#end(guest))
  }

  /** Nobody is asked any more; what is under way ends without answer. */
  close(): void {
    this.#isClosed = true
    for (const one of this.#underWay) one.abort()
  }

  #end(guest: number): void {
    this.#asked -= 1
    const left = (this.#guests.get(guest) ?? 1) - 1
    if (left === 0) this.#guests.delete(guest)
    else this.#guests.set(guest, left)
  }

  async #askAll({ servers, query, stream }: Errand): Promise<Uint8Array | undefined> {
    const ask: Ask = stream ? this.#byStream : this.#byDatagram
    let last: Uint8Array | undefined
    for (const server of servers) {
      if (this.#isClosed || this.#isSilent(server)) continue
      const answer = await this.#inTime((signal) => ask(server, withId(query, randomInt(0x1_0000)), signal))
      this.#note(server, answer !== undefined)
      if (answer !== undefined && !isFailure(answer)) return answer
      last = answer ?? last
    }
    return last
  }

  async #inTime<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), this.#options.timeout)
    this.#underWay.add(ending)
    try {
      return await run(ending.signal)
    } finally {
      clearTimeout(timer)
      this.#underWay.delete(ending)
    }
  }

  #isSilent(server: string): boolean {
    const silence = this.#silent.get(server)
    return silence !== undefined && silence.count >= PATIENCE && silence.until > performance.now()
  }

  #note(server: string, isAnswered: boolean): void {
    const before = this.#silent.get(server)
    this.#silent.delete(server)
    if (isAnswered || this.#isClosed) return
    const [oldest] = this.#silent.keys()
    if (this.#silent.size >= MAX_SILENT && oldest !== undefined) this.#silent.delete(oldest)
    const until = performance.now() + this.#options.memory
    this.#silent.set(server, { count: (before?.count ?? 0) + 1, until })
  }

  readonly #byDatagram: Ask = (server, query, signal) =>
    new Promise((resolve) => {
      const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4')
      let isOpen = true
      const finish = (answer: Uint8Array | undefined): void => {
        if (!isOpen) return
        isOpen = false
        socket.close()
        resolve(answer)
      }
      signal.addEventListener('abort', () => finish(undefined), { once: true })
      // Nobody listens there, or there is no way: as good as silence.
      socket.on('error', () => finish(undefined))
      socket.on('message', (message) => {
        if (isAnswerTo(query, message)) finish(Uint8Array.from(message))
      })
      socket.on('connect', () => {
        if (isOpen) socket.send(query)
      })
      socket.connect(this.#options.port, server)
    })

  readonly #byStream: Ask = (server, query, signal) => {
    const socket = createConnection({ host: server, port: this.#options.port, signal })
    return exchangeByStream(socket, query)
  }
}
