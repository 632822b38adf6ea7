/**
 * A guest whose port is on the bridge gets its interface: from the API write to the answer to its first ping. It pings
 * every millisecond before, during and after; what it pings it knows, so that no ARP timer is measured.
 */
import { sleep } from '../../lab/wait.ts'
import { guestMac } from '../description.ts'
import { LARGE, type Load, LoadedSwitch, SMALL } from '../loaded_switch.ts'
import { alone, atMost, type Context, type Family } from '../row.ts'
import { StampedPing } from '../stamped_ping.ts'
import { median, number, timed } from '../statistics.ts'

/** Long enough for the switch to have forgotten what it did with the packets before. */
const PAUSE_MS = 100
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
  const [peer, guest] = guests.first
  const row = {
    ...{ uuid: 'if-p2', network_uuid: 'nw-0', mac_address: guestMac(2), ipv4_address: address(2) },
  }
  await vnetd.client.apply('DELETE', 'interfaces/if-p2')
  const ping = new StampedPing(guest, address(1))
  try {
    await sleep(PAUSE_MS)
    if (ping.answers.length > 0) throw new Error(`${peer.port} answers before there is a port`)
    const start = tick()
    const acknowledged = await timed(() => vnetd.client.apply('POST', 'interfaces', row))
    const first = await ping.first()
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
