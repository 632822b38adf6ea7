/** What a leg asks with: ARP requests (RFC 826) and neighbour solicitations (RFC 4861 §7.2.2), of all or of one. */
import type { IpAddress } from '@openvnet/schema'
import {
  ARP_OP,
  BROADCAST_MAC,
  buildArpFrame,
  buildNdFrame,
  groupEnd,
  solicitedNodeAddress,
} from '../../packet/index.ts'
import type { AskingLeg } from './queries.ts'

/** @param mac of the one who is asked; `undefined`: everybody */
const requestOf = (leg: AskingLeg, target: number, mac: number | undefined): Uint8Array => {
  const arp = { op: ARP_OP.request, sha: leg.mac, spa: Number(leg.address.value), tha: mac ?? 0, tpa: target }
  return buildArpFrame(arp, mac ?? BROADCAST_MAC)
}

const solicitationOf = (leg: AskingLeg, target: bigint, mac: number | undefined): Uint8Array =>
  buildNdFrame(
    { kind: 'neighbour_solicitation', target, options: [{ kind: 'source_link_layer', mac: leg.mac }] },
    { mac: leg.mac, address: leg.address.value },
    mac === undefined ? groupEnd(solicitedNodeAddress(target)) : { mac, address: target },
  )

/** The frame by which a leg asks who has an address of its family. @param mac of the one who is asked; absent: everybody */
export const questionOf = (leg: AskingLeg, { family, value }: IpAddress, mac?: number): Uint8Array =>
  family === 4 ? requestOf(leg, Number(value), mac) : solicitationOf(leg, value, mac)
