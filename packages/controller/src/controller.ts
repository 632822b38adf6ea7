/**
 * The controller: a replica that follows the feed, the engine, the switches, and the reports on them.
 * Wiring only.
 */
import { randomUUID } from 'node:crypto'
import { type Bus, type ControllerReport, type FeedSource, follow, type LeaseGiver } from '@openvnet/feed'
import type { TlsIdentity } from '@openvnet/ovsdb'
import type { Logger } from 'pino'
import { type Adoption, createAdmission } from './admission.ts'
import { createDatapathStatuses, neighboursOf } from './datapath_status.ts'
import { Engine } from './engine/engine.ts'
import { createFeatureWarnings } from './feature_warnings.ts'
import { FEATURES } from './features/index.ts'
import { rememberNeighbours } from './features/neighbour/index.ts'
import { Hosts } from './hosts.ts'
import type { NeighbourFact } from './model/neighbours.ts'
import { createDatabases } from './ovsdb/databases.ts'
import { RowRemotes } from './ovsdb/row_remotes.ts'
import { TUNNEL_PORT_NAMES, type TunnelType, tunnelPortName } from './ovsdb/tunnel_port.ts'
import { PlaceMemory, readPlaces } from './place_memory.ts'
import { PlaceSharing } from './place_sharing.ts'
import { Places } from './places.ts'
import { LeaseWishes } from './punts/lease_wishes.ts'
import { Memory } from './punts/memory.ts'
import { NameServers } from './punts/name_servers.ts'
import { type Answered, Programs } from './punts/programs.ts'
import { Speakers } from './punts/speakers.ts'
import { Reporter } from './reporter.ts'
import { createRivals } from './rivals.ts'
import { createSwitches, type ListenAddress } from './switch/switches.ts'
import { TunnelKinds } from './tunnel_kinds.ts'

export interface ControllerOptions {
  /** Where the replica is filled and repaired from. */
  readonly feed: FeedSource
  readonly bus: Bus
  /** Addresses on which switches are expected. */
  readonly listen: readonly ListenAddress[]
  readonly log: Logger
  /** Has a lease policy give an address to who asks by DHCP; absent: it waits for one. */
  readonly lease?: LeaseGiver
  /** Databases of Open vSwitch to read, as `unix:FILE`, `tcp:HOST:PORT`, `ssl:HOST:PORT`; `auto`: the local one, if it is there. */
  readonly ovsdb?: readonly string[]
  /** For those at `ssl:`. */
  readonly ovsdbTls?: TlsIdentity
  /** Whether a bridge without datapath row is acted for (`auto`) or waits for one (`approve`); `auto`. */
  readonly adoption?: Adoption
  /** File in which it is remembered where things are, for the next start; absent: nothing is. */
  readonly places?: string
  /** Time for which a bridge without datapath row is remembered while it is away, in milliseconds (a day). */
  readonly absence?: number
  /** Time between signs of life, in milliseconds (2,000). */
  readonly reportInterval?: number
  /** Time between checks of what switches hold, in milliseconds (10,000). */
  readonly auditInterval?: number
  /** Time for which a neighbour outside of the model that answered is believed to be there, in milliseconds (30,000). */
  readonly reachableTime?: number
  /** Time between echo requests on a silent connection, in milliseconds (5,000). */
  readonly probeInterval?: number
}

export interface Controller {
  /** Where it listens, ports filled in. */
  readonly addresses: readonly ListenAddress[]
  /** What it reports now. */
  report(): ControllerReport
  close(): Promise<void>
}

/** Time until the rows are read again after the engine failed. */
const RESTART_DELAY_MS = 1000

/**
 * Time that databases have to say which ports have which iface-id before the first look at rows: until then a guest that
 * is known by that would be taken for one without port, and lose its flows.
 */
const DATABASES_MS = 3000

/** Time in which bridges come back to a controller that starts anew: Open vSwitch dials at least every eight seconds. */
const EARLY_MS = 10_000

const ABSENCE_MS = 24 * 3600 * 1000
/** Time between looks for bridges that are away for long. */
const ABSENCE_CHECK_MS = 60_000

/** @throws when an address cannot be listened on, or a database is none. */
export const createController = async (options: ControllerOptions): Promise<Controller> => {
  const { feed, bus, log } = options
  const identity = randomUUID()
  const began = performance.now()
  const engine: Engine = new Engine({
    features: FEATURES,
    log,
    onChange: (dpid, change) => {
      switches.changed(dpid, change)
      speakers.changed(dpid, change)
    },
    onPass: () => {
      for (const dpid of engine.moves.takeConcerned()) {
        if (switches.status(dpid) !== undefined) reporter.changed(dpid)
      }
      reporter.changed()
      settleLater()
    },
    onFailure: () => {
      stopFollowing()
      clearTimeout(restart)
      restart = setTimeout(() => {
        stopFollowing = startFollowing()
      }, RESTART_DELAY_MS)
    },
  })
  /** A guest that moved too often may move again when the time is over. */
  const settleLater = (): void => {
    clearTimeout(settling)
    const due = engine.moves.nextChange
    if (due === null) return
    settling = setTimeout(() => engine.moves.settle(), Math.max(1, due - performance.now() + 1)).unref()
  }
  const admission = createAdmission({
    adoption: options.adoption ?? 'auto',
    facts: engine,
    onChange: (dpid) => reporter.changed(dpid),
  })
  const hosts = new Hosts()
  let wereSeveral = false
  /** Not of one that is left alone, or of which another controller takes care. */
  const needsTunnels = (dpid: string): boolean =>
    hosts.areSeveral && !admission.isPending(dpid) && switches.status(dpid)?.role === 'primary'
  const kinds = new TunnelKinds()
  const tunnelTypes = (dpid: string): readonly TunnelType[] => (needsTunnels(dpid) ? kinds.of(dpid) : [])
  /** Who has made a port for another kind alone may not want VXLAN. */
  const lackingTunnelTypes = (dpid: string): readonly TunnelType[] => {
    const hasAny = TUNNEL_PORT_NAMES.some((name) => engine.hasPort(dpid, name))
    return tunnelTypes(dpid).filter(
      (type) => !(engine.hasPort(dpid, tunnelPortName(type)) || (type === 'vxlan' && hasAny)),
    )
  }
  /** Where a bridge is that this controller acts for, or would: others mean nothing to those that are. */
  const peerOf = (dpid: string): string | null => {
    const status = switches.status(dpid)
    return status?.connected === true && !admission.isPending(dpid) ? status.peer : null
  }
  /** Of those that are beside it, the first hears that it is not alone; the others know. */
  const moved = (dpid: string): void => {
    const [first] = hosts.besides(dpid)
    if (first !== undefined) reporter.changed(first)
    if (hosts.areSeveral && !wereSeveral) otherTunnels()
    wereSeveral = hosts.areSeveral
  }
  const otherTunnels = (): void => {
    if (!hosts.areSeveral) return
    databases.makeTunnelPorts()
    reporter.tellAll()
  }
  const places: Places = new Places({
    facts: admission,
    onIfaceIds: (facts) => engine.ifaceIds(facts),
    onNeighbours: (facts) => engine.neighbours(facts),
    onChange: (change, isOwn) => {
      memory?.add(change)
      if (isOwn) sharing?.tell(change)
    },
    onHost: (dpid, address) => {
      if (hosts.noteAddress(dpid, address)) moved(dpid)
    },
    absence: options.absence ?? ABSENCE_MS,
  })
  let sharing: PlaceSharing | undefined
  const { places: file } = options
  const memory = file === undefined ? undefined : new PlaceMemory({ file, log, all: () => places.all })
  const rivals = createRivals(bus, identity)
  const nameServers = new NameServers()
  const wishes = options.lease && new LeaseWishes(options.lease, log)
  const memoryOfPrograms = new Memory()
  rememberNeighbours(memoryOfPrograms, options.reachableTime)
  const common = {
    ...{ features: FEATURES, view: () => engine.view, log, memory: memoryOfPrograms },
    learn: (facts: readonly NeighbourFact[]) => places.neighbours(facts),
    deliver: (dpid: string, answered: Answered) => switches.deliver(dpid, answered),
  }
  const programs = new Programs({
    ...common,
    outside: (errand) => nameServers.ask(errand),
    ...(wishes !== undefined && { wish: (one) => void wishes.add(one) }),
  })
  const speakers = new Speakers({
    ...common,
    tables: (dpid) => engine.tables(dpid),
    acts: (dpid) => {
      const status = switches.status(dpid)
      return status?.connected === true && status.role !== null && status.role !== 'secondary'
    },
    count: (dpid, which) => switches.flows(dpid, which),
  })
  const switches = await createSwitches({
    listen: options.listen,
    facts: places,
    desired: (dpid) => {
      const desired = engine.desired(dpid)
      return desired && { ...desired, isEarly: performance.now() - began < EARLY_MS }
    },
    log,
    onStatus: (dpid) => {
      if (hosts.note(dpid, peerOf(dpid))) moved(dpid)
      if (hosts.areSeveral) databases.makeTunnelPort(dpid)
      // What another one said of it was left aside as long as it was connected here.
      if (switches.status(dpid)?.connected === false && rivals.claim(dpid)) sharing?.ask()
      reporter.changed(dpid)
    },
    isContended: (dpid) => rivals.claim(dpid),
    answer: (dpid, message) => programs.answer(dpid, message),
    ...(options.auditInterval !== undefined && { auditInterval: options.auditInterval }),
    ...(options.probeInterval !== undefined && { probeInterval: options.probeInterval }),
  })
  const [first] = switches.addresses
  const databases = createDatabases({
    remotes: options.ovsdb ?? [],
    ...(options.ovsdbTls !== undefined && { tls: options.ovsdbTls }),
    port: first?.port ?? 6633,
    log,
    onIfaceIds: (facts) => places.ifaceIds(facts),
    onBridge: (dpid) => {
      // Also of one that is reached late, or that a row names: iface-ids that it has told were told before.
      if (databases.bridge(dpid, false) !== undefined) places.confirm(dpid)
      reporter.changed(dpid)
    },
    onStatus: () => reporter.tellAll(),
    tunnelTypes,
  })
  const remotes = new RowRemotes((named) => databases.follow(named))
  const featureWarnings = createFeatureWarnings({
    features: FEATURES,
    view: () => engine.view,
    hasOthers: () => hosts.areSeveral,
    besides: (dpid) => hosts.besides(dpid),
    isAway: (dpid) => !places.isConnected(dpid),
    isNoQuestion: (dpid, other) =>
      switches.status(other)?.connected !== true || databases.areTogether(dpid, other),
  })
  const datapaths = createDatapathStatuses({
    dpids: () => switches.dpids(),
    status: (dpid) => switches.status(dpid),
    uuid: (dpid) => engine.datapathUuid(dpid),
    neighbours: (dpid) => neighboursOf(dpid, engine.view),
    isPending: (dpid) => admission.isPending(dpid),
    bridges: () => databases.dpids(),
    bridge: (dpid, connected) => databases.bridge(dpid, connected),
    lackingTunnelTypes,
    databaseTrouble: (dpid) => {
      const remote = remotes.of(dpid)
      return remote === undefined ? null : databases.trouble(remote, dpid)
    },
    rivals: (dpid) => engine.moves.rivals(dpid),
    ofFeatures: (dpid) => [...featureWarnings(dpid), ...programs.warnings(dpid)],
  })
  const reporter = new Reporter({
    bus,
    identity,
    store: () => engine.store,
    revision: () => engine.revision,
    statuses: () => datapaths.all(),
    status: (dpid) => datapaths.of(dpid),
    databases: () => databases.statuses(),
    dpids: () => datapaths.dpids(),
  })
  const startFollowing = () =>
    follow({
      source: feed,
      bus,
      log,
      onSnapshot: (snapshot) => {
        engine.load(snapshot)
        admission.load(snapshot)
        places.load(snapshot)
        kinds.load(snapshot)
        hosts.load(snapshot)
        remotes.load(snapshot)
        databases.makeTunnelPorts()
        reporter.tellAll()
      },
      onChange: (change) => {
        engine.apply(change)
        admission.apply(change)
        places.apply(change)
        remotes.apply(change)
        hosts.apply(change)
        if (kinds.apply(change)) otherTunnels()
      },
    })
  let restart: NodeJS.Timeout | undefined
  let settling: NodeJS.Timeout | undefined
  let isClosed = false
  let stopFollowing = (): void => undefined
  // When all is there that hears of it.
  sharing = new PlaceSharing({
    ...{ bus, identity, places },
    held: () =>
      engine.moves
        .holdings()
        .flatMap(({ space, key, holder }) =>
          space === 'port numbers' ? [] : [[space, `${key}`, holder] as const],
        ),
    onHeld: (held) => engine.moves.agree(held.map(([space, key, holder]) => ({ space, key, holder }))),
  })
  if (file !== undefined) places.remember(readPlaces(file, log))
  const settled = setTimeout(() => places.settle(), EARLY_MS).unref()
  const absences = setInterval(() => places.forgetLongAway(), ABSENCE_CHECK_MS).unref()
  void databases.ready(DATABASES_MS).then(() => {
    if (!isClosed) stopFollowing = startFollowing()
  })
  const unsubscribe = bus.subscribe('report_request', () => reporter.tellAll())
  const timer = setInterval(() => reporter.beat(), options.reportInterval ?? 2000)
  timer.unref()
  return {
    addresses: switches.addresses,
    report: () => reporter.report,
    close: async () => {
      isClosed = true
      clearInterval(timer)
      clearTimeout(restart)
      clearTimeout(settling)
      clearTimeout(settled)
      clearInterval(absences)
      unsubscribe()
      sharing?.close()
      rivals.close()
      stopFollowing()
      nameServers.close()
      speakers.close()
      await databases.close()
      // What is connected now is to be remembered as such.
      await memory?.close()
      await switches.close()
      reporter.leave()
    },
  }
}
