/** From a decision to the message that tells it: RFC 2131 §4.3.1, table 3; where it is sent, §4.1. */
import type { View } from '../../engine/view.ts'
import {
  answerOptions,
  buildClasslessRoutes,
  DHCP4_OP,
  DHCP4_OPTION,
  DHCP4_TYPE,
  type Dhcp4,
  type Dhcp4Header,
  type Dhcp4Option,
  type Dhcp4Wishes,
  encodeDhcp4,
  readClasslessRoutes,
  readU32,
  toIpv4,
  u32s,
} from '../../packet/index.ts'
import type { Spoken4 } from './decision4.ts'
import { type Asking, optionsFor } from './options4.ts'

/** Seconds for which a client gets its address at least, whatever it asks for. */
const SHORTEST_LEASE = 60
const BROADCAST = 0xffff_ffff

export interface Answer4 {
  readonly bytes: Uint8Array
  /** IPv4 destination; to all addresses also when only the one client gets it. */
  readonly dst: number
}

/** A client may have less than the network gives (§4.3.1); T1 and T2 of users count where they leave room (§4.4.5). */
const timesOf = (given: number, { lease_time }: Dhcp4Wishes, options: ReadonlyMap<number, Uint8Array>) => {
  const lease = Math.min(given, Math.max(lease_time ?? given, SHORTEST_LEASE))
  const said = (code: number): number | undefined => {
    const data = options.get(code)
    return data?.length === 4 ? readU32(data, 0) : undefined
  }
  const [t1 = Math.floor(lease / 2), t2 = Math.floor(lease * 0.875)] = [
    said(DHCP4_OPTION.renewal_time),
    said(DHCP4_OPTION.rebinding_time),
  ]
  return t1 < t2 && t2 < lease
    ? { lease, t1, t2 }
    : { lease, t1: Math.floor(lease / 2), t2: Math.floor(lease * 0.875) }
}

const textOf = (data: Uint8Array | undefined): string => (data ? Buffer.from(data).toString('latin1') : '')

/** Boot loaders read the fields where they ask for no options: server name, file, and the address of the server. */
const bootFields = (
  options: ReadonlyMap<number, Uint8Array>,
  { parameters }: Dhcp4Wishes,
  server: number,
): Pick<Dhcp4Header, 'sname' | 'file' | 'siaddr'> => {
  const field = (code: number): string => {
    const wanted = parameters !== undefined && !parameters.includes(code)
    return wanted ? textOf(options.get(code)) : ''
  }
  const name = textOf(options.get(TFTP_SERVER))
  const siaddr = /^\d+\.\d+\.\d+\.\d+$/.test(name) ? toIpv4(name) : server
  return { sname: field(TFTP_SERVER), file: field(BOOT_FILE), siaddr }
}
const TFTP_SERVER = 66
const BOOT_FILE = 67

const NO_FIELDS = { sname: '', file: '', siaddr: 0 } as const

/** RFC 3442: who asks for classless routes gets no others. */
const parametersOf = ({ parameters }: Dhcp4Wishes): readonly number[] | undefined =>
  parameters?.includes(DHCP4_OPTION.classless_routes) === true
    ? parameters.filter((code) => code !== DHCP4_OPTION.static_routes)
    : parameters

const TYPES = {
  offer: DHCP4_TYPE.offer,
  ack: DHCP4_TYPE.ack,
  inform: DHCP4_TYPE.ack,
  nak: DHCP4_TYPE.nak,
} as const

/** What stands in every answer: RFC 2131 §4.3.1; the client identifier comes back (RFC 6842). */
const frameOf = ({ options }: Dhcp4, type: number, server: number): [number, Uint8Array][] => {
  const id = options.get(DHCP4_OPTION.client_id)
  return [
    [DHCP4_OPTION.message_type, Uint8Array.of(type)],
    [DHCP4_OPTION.server_id, u32s(server)],
    ...(id === undefined ? [] : [[DHCP4_OPTION.client_id, id] satisfies [number, Uint8Array]]),
  ]
}

const headerOf = (message: Dhcp4): Dhcp4Header => ({
  ...{ op: DHCP4_OP.reply, hops: 0, xid: message.xid, secs: 0, broadcast: message.broadcast },
  ...{ ciaddr: 0, yiaddr: 0, giaddr: 0, chaddr: message.chaddr, ...NO_FIELDS },
})

const refuse = (message: Dhcp4, text: string, server: number): Answer4 => {
  const available = new Map([
    ...frameOf(message, DHCP4_TYPE.nak, server),
    [DHCP4_OPTION.message, Uint8Array.from(Buffer.from(text))] satisfies [number, Uint8Array],
  ])
  return { bytes: encodeDhcp4(headerOf(message), answerOptions(available, [])).bytes, dst: BROADCAST }
}

const destination = ({ ciaddr, broadcast }: Dhcp4, yiaddr: number): number => {
  if (ciaddr !== 0) return ciaddr
  return broadcast ? BROADCAST : yiaddr
}

const isRoutes = ({ code }: Dhcp4Option): boolean => code === DHCP4_OPTION.classless_routes

/** Of classless routes, which stand in the order of need, as many as leave room for what has room without them. */
const encodeFitting = (header: Dhcp4Header, list: readonly Dhcp4Option[], size: number): Uint8Array => {
  const whole = encodeDhcp4(header, list, size)
  const data = list.find(isRoutes)?.data
  const routes = data && readClasslessRoutes(data)
  if (routes === undefined || whole.omitted.length === 0) return whole.bytes
  const withSome = (count: number) => {
    const some = buildClasslessRoutes(routes.slice(0, count))
    const shorter = list.map((option) => (isRoutes(option) ? { ...option, data: some } : option))
    return encodeDhcp4(header, count === 0 ? list.filter((option) => !isRoutes(option)) : shorter, size)
  }
  const omitted = withSome(0).omitted.length
  let [fitting, tooMany] = [0, routes.length + 1]
  while (tooMany - fitting > 1) {
    const count = (fitting + tooMany) >> 1
    if (withSome(count).omitted.length > omitted) tooMany = count
    else fitting = count
  }
  return withSome(fitting).bytes
}

/** @param server address of this server in the network */
export const answer4 = (
  decision: Spoken4,
  message: Dhcp4,
  wishes: Dhcp4Wishes,
  { asking, server, view }: { readonly asking: Asking; readonly server: number; readonly view: View },
): Answer4 => {
  if (decision.type === 'nak') return refuse(message, decision.message, server)
  const options = optionsFor(asking, view)
  const available = new Map([...options, ...frameOf(message, TYPES[decision.type], server)])
  const yiaddr = decision.type === 'inform' ? 0 : decision.yiaddr
  const { lease, t1, t2 } = timesOf(asking.network.dhcp_lease_time, wishes, options)
  const times = [
    [DHCP4_OPTION.lease_time, lease],
    [DHCP4_OPTION.renewal_time, t1],
    [DHCP4_OPTION.rebinding_time, t2],
  ] as const
  for (const [code, seconds] of times) {
    if (decision.type === 'inform') available.delete(code)
    else available.set(code, u32s(seconds))
  }
  if ('rapid' in decision) available.set(DHCP4_OPTION.rapid_commit, new Uint8Array())
  const header = {
    ...headerOf(message),
    ciaddr: decision.type === 'offer' ? 0 : message.ciaddr,
    yiaddr,
    ...bootFields(options, wishes, server),
  }
  const bytes = encodeFitting(header, answerOptions(available, parametersOf(wishes)), wishes.max_size)
  return { bytes, dst: destination(message, yiaddr) }
}
