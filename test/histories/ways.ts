/**
 * Ways between switches, said a second time: there is one where both have a port of one kind and it is known where both are
 * reached, in one family. What is known may be wrong: then what is sent gets nowhere, or is not believed.
 */
import { toIpAddress } from '@openvnet/schema'
import { addressesOf, TUNNEL_PORTS } from './hosts.ts'
import type { Site } from './site.ts'

const familyOf = (address: string): number => toIpAddress(address).family

interface Known {
  /** At which others reach it, one of a family. */
  readonly ends: readonly string[]
  /** From which it may send. */
  readonly sources: readonly string[]
}

/** Its datapath row says where a switch is reached, else where it connected from; it may send from either. */
const known = (site: Site, dpid: string): Known => {
  const said = site.rows.datapath
    .filter((row) => row.dpid === dpid)
    .flatMap(({ ipv4_address }) => ipv4_address ?? [])
  const from = site.switch(dpid)?.address
  const sources = from === undefined || from === '127.0.0.1' ? said : [...said, from]
  return { ends: said.length > 0 ? said : sources, sources }
}

export interface Way {
  /** Whether what is sent gets to the other switch. */
  readonly arrives: boolean
  /** Whether the other switch takes it for what it is. */
  readonly isBelieved: boolean
}

/** `undefined`: there is none. */
export const wayBetween = (site: Site, from: string, to: string): Way | undefined => {
  const [here, there] = [site.switch(from), site.switch(to)]
  const port = TUNNEL_PORTS.find((name) => here?.ports.has(name) && there?.ports.has(name))
  const [own, other] = [known(site, from), known(site, to)]
  const family = [4, 6].find((each) =>
    [own, other].every(({ ends }) => ends.some((address) => familyOf(address) === each)),
  )
  const remote = other.ends.find((address) => familyOf(address) === family)
  if (port === undefined || remote === undefined || own.sources.includes(remote)) return undefined
  const source = addressesOf(from).find((address) => familyOf(address) === family)!
  return { arrives: addressesOf(to).includes(remote), isBelieved: own.sources.includes(source) }
}
