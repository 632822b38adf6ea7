/**
 * A guest whose port is on the bridge gets its interface: from the API write to the answer to its first ping. It pings
 * every millisecond before, during and after; what it pings it knows, so that no ARP timer is measured.
 */
import { guestMac } from '../description.ts'
import { LARGE, type Load, LoadedSwitch, SMALL } from '../loaded_switch.ts'
import { alone, atMost, type Context, type Family } from '../row.ts'
import { StampedPing } from '../stamped_ping.ts'
import { median, number, timed } from '../statistics.ts'

/** So long without an answer: the switch has forgotten what it did with packets before, which takes it a moment. */
const QUIET_MS = 100
const LOADS: readonly Load[] = [SMALL, LARGE]

/** The moment at which the clock of the epoch goes on by a millisecond: `Date.now()` is exact there. */
const tick = (): number => {
  const before = Date.now()
  let now = before
  while (now === before) now = Date.now()
  return now
}

interface Round {
  /** Milliseconds until the write was answered: the switch has acknowledged. */
  readonly acknowledged: number
  /** Milliseconds until the first answer to a ping. */
  readonly answered: number
}

const measureOnce = async ({ vnetd, guests, address }: Used): Promise<Round> => {
  const [, guest] = guests.first
  const row = {
    ...{ uuid: 'if-p2', network_uuid: 'nw-0', mac_address: guestMac(2), ipv4_address: address(2) },
  }
  await vnetd.client.apply('DELETE', 'interfaces/if-p2')
  const ping = new StampedPing(guest, address(1))
  try {
    await ping.quiet(QUIET_MS)
    const start = tick()
    const acknowledged = await timed(() => vnetd.client.apply('POST', 'interfaces', row))
    const first = await ping.first(start)
    return { acknowledged, answered: first - start }
  } finally {
    await ping.stop()
  }
}

interface Used {
  readonly vnetd: LoadedSwitch['vnetd']
  readonly guests: LoadedSwitch['guests']
  /** Of a member of network 0. */
  readonly address: (host: number) => string
}

const measure = async ({ quick, give }: Context, load: Load): Promise<void> => {
  const site = await LoadedSwitch.start(load)
  try {
    const flows = await site.bench.flowCount()
    const used = { vnetd: site.vnetd, guests: site.guests, address: (host: number) => site.address(0, host) }
    const rounds: Round[] = []
    for (let round = 0; round < (quick ? 8 : 40); round++) rounds.push(await measureOnce(used))
    const work = `add an interface → its first ping is answered, ${flows.toLocaleString('en')} flows`
    const acknowledged = median(rounds.map((round) => round.acknowledged))
    const answered = rounds.map((round) => round.answered)
    const row = alone(`first-ping/${load.name}`, work, answered, 'ms', atMost(8, 'ms'))
    give({ ...row, ours: `${row.ours}; acknowledged after ${number(acknowledged)} ms` })
  } finally {
    await site.close()
  }
}

export const firstPingFamily: Family = {
  name: 'first-ping',
  about: 'API write → first ping answered, real Open vSwitch and guests',
  asRoot: true,
  parts: LOADS.map(({ name }) => name),
  run: async (context) => {
    for (const load of LOADS) {
      if (!context.wants(`first-ping/${load.name}`)) continue
      context.say(`first-ping: ${load.text}`)
      await measure(context, load)
    }
  },
}
