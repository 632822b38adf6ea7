/** Frames that guests might send: honest ones to everybody whom they could reach or must not reach, and lies. */
import type { Random } from '../../packages/controller/test/random.ts'
import type { FrameSpec } from '../scenarios/scenario.ts'
import type { Speaker } from './oracle.ts'
import type { Site } from './site.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NOBODY = '00:00:00:00:00:00'
const STRANGER = { mac: '52:54:00:ff:ff:ff', address: '10.0.1.99' }

const ask = (sha: string, spa: string, tpa: string): FrameSpec => ({
  eth_src: sha,
  eth_dst: BROADCAST,
  arp: { op: 1, sha, spa, tha: NOBODY, tpa },
})

/** A frame of a guest that speaks with one of its addresses. */
export const probe = (random: Random, site: Site, { own }: Speaker): FrameSpec => {
  const { mac, address } = own
  const addresses = [...site.owned.map((one) => one.address), STRANGER.address]
  const macs = [...site.rows.mac_lease.map((one) => one.mac_address), STRANGER.mac]
  const legs = site.owned.filter((one) => one.network === own.network && site.isLeg(one.interface_id))
  const neighbours = site.owned.filter((one) => one.network === own.network)
  const joined = site.joined(own.network)
  const reachable = site.owned.filter((one) => joined.has(one.network)).map((one) => one.address)
  const dst = random.pick(random.chance(0.7) ? reachable : addresses)
  const echo = { src: address, dst, ttl: random.pick([64, 64, 2, 1]) }
  return random.weighted<() => FrameSpec>([
    [4, () => ask(mac, address, random.pick(addresses))],
    [6, () => ({ eth_src: mac, eth_dst: random.pick(legs.length > 0 ? legs : [STRANGER]).mac, echo })],
    [3, () => ({ eth_src: mac, eth_dst: random.pick(neighbours).mac, echo })],
    [3, () => ({ eth_src: mac, eth_dst: random.pick(macs), echo })],
    [1, () => ({ eth_src: mac, eth_dst: BROADCAST, echo })],
    [1, () => ({ eth_src: random.pick(macs), eth_dst: random.pick(macs), echo })],
    [1, () => ({ eth_src: mac, eth_dst: random.pick(macs), echo: { ...echo, src: random.pick(addresses) } })],
    [1, () => ask(mac, random.pick(addresses), random.pick(addresses))],
  ])()
}
