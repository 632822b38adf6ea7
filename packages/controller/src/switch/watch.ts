/**
 * Hears from the switch what others do to our flows, groups and meters, as it happens: by a flow monitor (ONF extension
 * 187, `ofproto/connmgr.c` of Open vSwitch) and by forwarded group-mods and meter-mods (ONF extension 235). Nothing is asked and nothing
 * comes while nothing happens; of our own changes the switch says one word for each bundle.
 *
 * What is heard is kept as suspicions until somebody takes them: keys of flows, that groups must be read again, or all,
 * where there are too many or the switch could not tell them all. They are due at once, and later each time when they
 * follow each other closely, since somebody else may insist. Where the switch has no flow monitor, audits must do.
 */
import {
  type FlowUpdate,
  type Message,
  OFPFMF,
  OFPG,
  OFPM,
  OFPP,
  OFPTT,
  type RequestForward,
} from '@openvnet/openflow'
import { COOKIE_BRAND, COOKIE_BRAND_MASK } from '../pipeline/cookie.ts'
import { isOurGroup } from '../pipeline/group_space.ts'
import { flowKey } from '../pipeline/identity.ts'
import { isOurMeter } from '../pipeline/meter_space.ts'
import type { SwitchChannel } from './channel.ts'

export interface WatchOptions {
  readonly channel: SwitchChannel
  /** Whether the switch is known to hold a flow of ours under this key. */
  readonly holds: (key: string) => boolean
  /** Whether something is left out because a table is full. */
  readonly awaitsRoom: () => boolean
  /** Suspicions are due. */
  readonly onDue: () => void
}

export interface Suspicions {
  /** Everything: only reading it tells what the switch holds. */
  readonly all: boolean
  /** Keys of flows of ours that may be gone or altered. */
  readonly gone: ReadonlySet<string>
  /** Those of them where a flow of our cookies is that others made: it has to go if it is not wanted. */
  readonly strange: ReadonlySet<string>
  /** Groups or meters of ours may be gone or altered, or others may have made some. */
  readonly groups: boolean
  /** Flows of others went, so that a full table may have room. */
  readonly room: boolean
}

const concernsUs = (request: RequestForward['request']): boolean => {
  if (request.type === 'group_mod') return isOurGroup(request.group_id) || request.group_id === OFPG.ALL
  return request.type === 'meter_mod' && (isOurMeter(request.meter_id) || request.meter_id === OFPM.ALL)
}

const MONITOR_ID = 1
const MAX_SUSPICIONS = 10_000
/** Others often do more than one thing at a time. */
const FIRST_DELAY_MS = 50
/** Suspicions that come within this time after the last belong together. */
const QUIET_MS = 10_000
/** So many in a row are met without delay; then it doubles each time. */
const PROMPT = 5
const MAX_DELAY_MS = 10_000

export class Watch {
  readonly #options: WatchOptions
  #active = false
  #stopped = false
  #paused = false
  #all = false
  #groups = false
  #room = false
  #gone = new Set<string>()
  #strange = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #isDue = false
  #row = 0
  #takenAt = -Infinity

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Whether the switch tells what others do. */
  get isActive(): boolean {
    return this.#active
  }

  get isDue(): boolean {
    return this.#isDue
  }

  /** Asks the switch to tell. What it does from now on is told. Never rejects. */
  async start(): Promise<void> {
    const flags = OFPFMF.ADD | OFPFMF.REMOVED | OFPFMF.MODIFY
    const monitor = { monitor_id: MONITOR_ID, flags, out_port: OFPP.ANY, table_id: OFPTT.ALL, match: [] }
    try {
      await this.#options.channel.multipart({ type: 'flow_monitor', monitors: [monitor] }, () => undefined)
      this.#active = !this.#stopped
    } catch {
      // It has none; or the connection ended, which others notice.
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#stopped = true
    if (this.#active)
      this.#options.channel.send({ type: 'flow_monitor_cancel', xid: 0, monitor_id: MONITOR_ID })
    this.#active = false
  }

  /** A message that nobody asked for. @returns whether it was one of these */
  take(message: Message): boolean {
    switch (message.type) {
      case 'multipart_reply':
        if (message.body.type !== 'flow_monitor') return false
        for (const update of message.body.updates) this.#takeUpdate(update)
        return true
      case 'flow_monitor_paused':
        this.#paused = true
        return true
      case 'flow_monitor_resumed':
        this.#paused = false
        this.#suspectAll()
        return true
      case 'requestforward':
        this.#takeForwarded(message)
        return true
      default:
        return false
    }
  }

  /** All suspicions; afterwards there are none. */
  takeAll(): Suspicions {
    const taken = {
      all: this.#all,
      gone: this.#gone,
      strange: this.#strange,
      groups: this.#groups,
      room: this.#room,
    }
    const now = performance.now()
    this.#row = now - this.#takenAt < QUIET_MS ? this.#row + 1 : 0
    this.#takenAt = now
    this.clear()
    return taken
  }

  /** Forgets all suspicions: everything is going to be read. */
  clear(): void {
    this.#isDue = false
    this.#all = false
    this.#groups = false
    this.#room = false
    this.#gone = new Set()
    this.#strange = new Set()
  }

  #takeUpdate(update: FlowUpdate): void {
    // While it pauses it leaves out whatever it likes, and then it tells our own changes too.
    if (this.#paused || !('cookie' in update)) return
    const { type, table_id, priority, match, cookie } = update
    const isOurs = (cookie & COOKIE_BRAND_MASK) === COOKIE_BRAND
    if (!isOurs && type === 'deleted') this.#noteRoom()
    else if (!this.#all)
      this.#suspect(flowKey(table_id, priority, match), isOurs, isOurs && type !== 'deleted')
  }

  #suspect(key: string, isOurs: boolean, isThere: boolean): void {
    if (!isOurs && !this.#options.holds(key)) return
    this.#gone.add(key)
    if (isThere) this.#strange.add(key)
    if (this.#gone.size > MAX_SUSPICIONS) this.#suspectAll()
    else this.#plan()
  }

  #noteRoom(): void {
    // Somebody may delete a hundred thousand: the question costs as much as there are refusals.
    if (this.#room || !this.#options.awaitsRoom()) return
    this.#room = true
    this.#plan()
  }

  #suspectAll(): void {
    this.#all = true
    this.#gone.clear()
    this.#strange.clear()
    this.#plan()
  }

  #takeForwarded({ request }: RequestForward): void {
    if (!concernsUs(request)) return
    this.#groups = true
    this.#plan()
  }

  #plan(): void {
    if (this.#timer !== undefined || this.#stopped) return
    const doublings = Math.max(0, this.#row - PROMPT)
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#isDue = true
        this.#options.onDue()
      },
      Math.min(FIRST_DELAY_MS * 2 ** doublings, MAX_DELAY_MS),
    )
    this.#timer.unref()
  }
}
