/** What a flow does, as typed pieces: each knows which fields it writes, and a table allows only those it declares. */
import {
  type Action,
  FIELDS,
  type FieldName,
  NX_HASH_FIELDS,
  NX_MP_ALG,
  type Subfield,
} from '@openvnet/openflow'
import { type TableName, tableId } from './layout.ts'
import type { ValueOf } from './match.ts'
import { SLICES, type SliceName } from './slices.ts'

/** One or more actions that write the fields `Writes`. */
export interface Step<Writes extends string = never> {
  readonly actions: readonly Action[]
  /** Only a type: the names of the fields written. */
  readonly writes?: Writes
}

const OFPP_IN_PORT = 0xffff_fff8
/** NXAST_RESUBMIT_TABLE's word for "the ingress port stays". */
export const KEEP_IN_PORT = 0xfff8

const whole = (field: FieldName): Subfield => ({ field, offset: 0, bits: FIELDS[field].bits })

const sliceAt = (name: SliceName): Subfield => {
  const { field, bits } = SLICES[name]
  const [low, high] = bits
  return { field, offset: low, bits: high - low + 1 }
}

export const setField = <F extends FieldName>(field: F, value: ValueOf<F>): Step<F> => ({
  actions: [{ type: 'set_field', field: { field, value, mask: null } }],
})

/** Writes a slice; metadata goes by an instruction of its own, see `defineTable`. */
export const setSlice = <S extends SliceName>(name: S, value: number): Step<S> => {
  return { actions: [{ type: 'reg_load', dst: sliceAt(name), value: BigInt(value) }] }
}

export const move = <F extends FieldName>(from: FieldName, to: F): Step<F> => ({
  actions: [{ type: 'reg_move', src: whole(from), dst: whole(to) }],
})

/** The lowest bits of a field become those of another. */
export const moveBits = <F extends FieldName>(from: FieldName, to: F, bits: number): Step<F> => ({
  actions: [{ type: 'reg_move', src: { field: from, offset: 0, bits }, dst: { field: to, offset: 0, bits } }],
})

/** Exchanges two fields of the same width. */
export const swap = <A extends FieldName, B extends FieldName>(a: A, b: B): Step<A | B> => ({
  actions: [
    { type: 'stack_push', src: whole(a) },
    { type: 'stack_push', src: whole(b) },
    { type: 'stack_pop', dst: whole(a) },
    { type: 'stack_pop', dst: whole(b) },
  ],
})

const ETH_TYPE_VLAN = 0x8100
/** OFPVID_PRESENT: the bit of `vlan_vid` that says that there is a tag. */
export const VLAN_PRESENT = 0x1000

/** Matches what has a VLAN tag, whatever it says. */
export const ANY_TAG = { value: VLAN_PRESENT, mask: VLAN_PRESENT } as const

/** Puts a VLAN tag (IEEE 802.1Q) on the packet. @param vlan_id 1 to 4094 */
export const pushVlan = (vlan_id: number): Step<'vlan_vid'> => ({
  actions: [
    { type: 'push_vlan', ethertype: ETH_TYPE_VLAN },
    { type: 'set_field', field: { field: 'vlan_vid', value: VLAN_PRESENT | vlan_id, mask: null } },
  ],
})

export const popVlan = (): Step<'vlan_vid'> => ({ actions: [{ type: 'pop_vlan' }] })

export const setTtl = (ttl: number): Step => ({ actions: [{ type: 'set_nw_ttl', ttl }] })
export const decrementTtl = (): Step => ({ actions: [{ type: 'dec_nw_ttl' }] })
export const output = (port: number): Step => ({ actions: [{ type: 'output', port, max_len: 0 }] })
/** Back out of the port that the packet came from; a plain output would not do it. */
export const outputToIngress = (): Step => output(OFPP_IN_PORT)

/** Lets the packet leave by any port, also by the one that it came from. */
export const forgetIngressPort = (): Step<'nxm_in_port'> => ({
  actions: [{ type: 'reg_load', dst: whole('nxm_in_port'), value: 0n }],
})

/**
 * Goes through a table and what comes after it, and then on with the next action: the one way that leads upwards.
 * Open vSwitch allows 4,096 of these and lookups for a packet, nested 64 deep.
 */
export const resubmit = <T extends TableName>(table: T): Step<`resubmit ${T}`> => ({
  actions: [{ type: 'resubmit_table', in_port: KEEP_IN_PORT, table: tableId(table) }],
})

/**
 * Writes one of `links` numbers from 0, by a hash of the addresses, of TCP and SCTP also of the ports, that is the same
 * in both directions; where links come or go at the end, the others keep most of theirs.
 * @param basis to make routers choose independently of each other
 */
export const chooseByHash = <S extends SliceName>(name: S, links: number, basis: number): Step<S> => ({
  actions: [
    {
      type: 'multipath',
      fields: NX_HASH_FIELDS.SYMMETRIC_L3L4,
      basis: basis % 2 ** 16,
      algorithm: NX_MP_ALG.HRW,
      max_link: links - 1,
      arg: 0,
      dst: sliceAt(name),
    },
  ],
})

const ETHERNET_HEADER = 14

/** Writes 1 where the packet, with its Ethernet header without tag, is too large for the MTU. Everything after it is done for both. */
export const checkMtu = <S extends SliceName>(name: S, mtu: number): Step<S> => ({
  actions: [{ type: 'check_pkt_larger', pkt_len: mtu + ETHERNET_HEADER, dst: sliceAt(name) }],
})

/**
 * Makes the sender the receiver, for the table `output`: it knows whether the sender has a VLAN on its port. A packet that
 * has come from no port leaves by any.
 */
export const returnToSender = (): Step<'egress_interface' | 'nxm_in_port'> => ({
  actions: [
    { type: 'reg_move', src: sliceAt('ingress_interface'), dst: sliceAt('egress_interface') },
    ...forgetIngressPort().actions,
  ],
})

/**
 * To the controller (NXAST_CONTROLLER2), whole.
 * @param userdata comes with the packet: who is to handle it
 */
export const sendToController = (userdata: Uint8Array): Step => ({
  actions: [{ type: 'controller2', properties: [{ type: 'userdata', userdata }] }],
})
export const sendToGroup = (group_id: number): Step => ({ actions: [{ type: 'group', group_id }] })
