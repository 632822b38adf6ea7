/**
 * Ways between switches, said a second time: there is one where both have a port of one kind and it is known where the
 * other is reached. That may be wrong: then what is sent gets nowhere.
 */
import { toIpAddress } from '@openvnet/schema'
import { addressesOf, TUNNEL_PORTS } from './hosts.ts'
import type { Site } from './site.ts'

/** What is said of where a switch is reached: by its datapath row, else by where it connected from. */
const endpoints = (site: Site, dpid: string): readonly string[] => {
  const said = site.rows.datapath.filter((row) => row.dpid === dpid).map((row) => row.ipv4_address)
  const known = said.filter((address) => address !== null)
  const from = site.switch(dpid)?.address
  return known.length > 0 || from === undefined || from === '127.0.0.1' ? known : [from]
}

const familyOf = (address: string): number => toIpAddress(address).family

/** `undefined`: there is none. */
export interface Way {
  /** Name of the port on both sides. */
  readonly port: string
  readonly isTrue: boolean
}

export const wayBetween = (site: Site, from: string, to: string): Way | undefined => {
  const [here, there] = [site.switch(from), site.switch(to)]
  const port = TUNNEL_PORTS.find((name) => here?.ports.has(name) && there?.ports.has(name))
  const own = endpoints(site, from)
  const remote = endpoints(site, to).find(
    (address) => own.length === 0 || own.some((mine) => familyOf(mine) === familyOf(address)),
  )
  if (port === undefined || remote === undefined || own.includes(remote)) return undefined
  return { port, isTrue: addressesOf(to).includes(remote) }
}
