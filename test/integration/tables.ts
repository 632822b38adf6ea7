/**
 * What a bridge holds, with names instead of the numbers that the store and the switch allot: the same text for the
 * same network, however it came to be.
 */
import { decodeCookie, tableName } from '@openvnet/controller'
import { sleep, until } from '../lab/wait.ts'
import type { LabWorld } from '../scenarios/on_lab.ts'

interface Row {
  readonly id: number
  readonly uuid: string
  readonly interface_uuid?: string
  readonly mac_address?: string
  readonly ipv4_address?: string
  readonly ipv6_address?: string
}

/** Collections by the kind of owner that a cookie names. */
const COLLECTIONS = {
  datapath: 'datapaths',
  network: 'networks',
  interface: 'interfaces',
  mac_lease: 'mac_leases',
  ip_lease: 'ip_leases',
  route_link: 'route_links',
} as const
type Kind = keyof typeof COLLECTIONS
type Names = Readonly<Record<Kind, ReadonlyMap<number, string>>>

/** Leases get a random uuid of their own: what they lease names them better. */
const nameOf = (kind: Kind, row: Row): string => {
  const { uuid, interface_uuid, mac_address, ipv4_address, ipv6_address } = row
  if (kind !== 'mac_lease' && kind !== 'ip_lease') return uuid
  return `${interface_uuid} ${ipv4_address ?? ipv6_address ?? mac_address}`
}

const readNames = async (world: LabWorld): Promise<Names> => {
  const entries = Object.entries(COLLECTIONS).map(async ([kind, collection]) => {
    const { items } = await world.site.rest.get<{ items: Row[] }>(`${collection}?limit=1000`)
    return [kind, new Map(items.map((row) => [row.id, nameOf(kind as Kind, row)]))]
  })
  return Object.fromEntries(await Promise.all(entries)) as Names
}

const GROUP_SPACE = 0x4000_0000

/** What the bits of the pipeline stand for: `docs/pipeline.md`. */
const NUMBERS: readonly (readonly [RegExp, Kind])[] = [
  [/(?<=metadata[:=]0x)[\da-f]+(?=\/0xffffffff)/g, 'network'],
  [/(?<=reg[012]=0x)[\da-f]+/g, 'interface'],
  [/(?<=load:0x)[\da-f]+(?=->NXM_NX_REG[012]\[\])/g, 'interface'],
  [/(?<=reg3=0x)[\da-f]+/g, 'route_link'],
  [/(?<=load:0x)[\da-f]+(?=->NXM_NX_REG3\[\])/g, 'route_link'],
]

const named = (names: Names, kind: Kind, id: number): string => names[kind].get(id) ?? `${kind} ${id}?`

const withNames = (line: string, names: Names): string => {
  let text = line
  for (const [pattern, kind] of NUMBERS) {
    text = text.replace(pattern, (hex) => named(names, kind, Number.parseInt(hex, 16)))
  }
  const meters = text.replace(/(?<=meter:)\d+/g, (id) => {
    const kind = (Number(id) >>> 24) & 0xf
    return `${kind} of ${named(names, 'interface', Number(id) & 0xff_ffff)}`
  })
  return meters.replace(/(group(?:_id)?[:=])(\d+)/g, (_all, before: string, id: string) => {
    return before + named(names, 'network', Number(id) - GROUP_SPACE)
  })
}

const ownerOf = (cookie: bigint, names: Names): string => {
  const owner = decodeCookie(cookie)
  if (owner === undefined) return `cookie 0x${cookie.toString(16)}`
  const { feature, kind, id } = owner
  if (kind === 'table') return `${feature} table ${tableName(id)}`
  // The API does not tell the ids of other rows; their flows are named well enough by what they match.
  return `${feature} ${kind}${kind in names ? ` ${named(names, kind as Kind, id)}` : ''}`
}

const COOKIE = /^ cookie=0x([\da-f]+), /

const flowLine = (line: string, names: Names): string => {
  const cookie = BigInt(`0x${COOKIE.exec(line)?.[1] ?? '0'}`)
  const rest = line
    .replace(COOKIE, '')
    .replace(/duration=\S+ /, '')
    .replace(/n_packets=\d+, n_bytes=\d+, /, '')
    .replace(/\b(idle|hard)_age=\d+, /g, '')
  return `${withNames(rest, names)}  [${ownerOf(cookie, names)}]`
}

const isEntry = (line: string): boolean => line.startsWith(' ')

/** Flows and groups of a bridge, sorted, counters and times left out. */
export const normalTables = async (world: LabWorld, bridge = 'br0'): Promise<string[]> => {
  const names = await readNames(world)
  const { host } = world.site
  const flows = (await host.ofctl('--names', 'dump-flows', bridge)).split('\n').filter(isEntry)
  const groups = (await host.ofctl('--names', 'dump-groups', bridge)).split('\n').filter(isEntry)
  return [
    ...flows.map((line) => flowLine(line, names)),
    ...groups.map((line) => withNames(line.trim(), names)),
  ].sort()
}

const SETTLE_MS = 150

/** The tables once they no longer change: ports are reported without a revision that one could wait for. */
export const settledTables = async (world: LabWorld, bridge = 'br0'): Promise<string[]> => {
  let before = await normalTables(world, bridge)
  return until('the tables settle', async () => {
    await sleep(SETTLE_MS)
    const now = await normalTables(world, bridge)
    const same = difference(before, now).length === 0
    before = now
    return same && now
  })
}

/** Lines that only one of the two has: what a person wants to see of a difference. */
export const difference = (expected: readonly string[], actual: readonly string[]): string[] => [
  ...expected.filter((line) => !actual.includes(line)).map((line) => `- ${line}`),
  ...actual.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`),
]
