/** The DHCPv6 server: each message and each silence, and an advertisement to the octet. */
import t from 'tap'
import { compile, type Guest, linesOf, type Rows, viewOf } from '../../../test/flow_lines.ts'
import type { PacketAnswer } from '../../engine/packet.ts'
import * as packet from '../../packet/index.ts'
import { dhcp6Handler } from './handler6.ts'
import { QUARANTINE_MS, Quarantine } from './quarantine.ts'

const { DHCP6_TYPE: TYPE, DHCP6_STATUS: STATUS } = packet
const MAC = '10:54:ff:00:00:01'
const guest: Guest = { id: 1, mac: MAC, addresses: { 1: ['10.100.0.10', 'fd00:100::10', 'fd00:100::11'] } }
const server: Guest = { id: 8, mode: 'simulated', mac: '02:00:00:00:01:11', addresses: { 1: '10.100.0.100' } }
const STATEFUL = {
  ...{ domain_name: 'one.example', dhcp_lease_time: 4000 },
  ...{ ipv6_network: 'fd00:100::', ipv6_address_mode: 'dhcpv6_stateful' as const },
}
const rows: Rows = {
  networks: { 1: '10.100.0.0' },
  changes: { 1: STATEFUL },
  interfaces: [guest, server],
  services: [{ mode: 'dhcp', interface_id: 8 }],
  dhcp_options: [{ network_id: 1, family: 6, code: 'dns-servers', value: 'fd00:100::53' }],
}
const stateless: Rows = { ...rows, changes: { 1: { ...STATEFUL, ipv6_address_mode: 'dhcpv6_stateless' } } }

t.test('a guest may ask where its network says so', async (t) => {
  const asking = async (of: Rows) =>
    linesOf(await compile(of, 1), 'port').filter((line) => line.includes('tp_src=546'))
  const line =
    'table=port_security, priority=300,udp6,reg0=0x1,vlan_tci=0x0000/0x1fff,dl_src=10:54:ff:00:00:01,tp_src=546,tp_dst=547 actions=load:0x7->NXM_NX_REG5[0..7],load:0x21->NXM_NX_REG5[8..15],write_metadata:0x1/0xffffffff,goto_table:punt'
  t.strictSame(await asking(rows), [line])
  t.strictSame(await asking(stateless), [line])
  t.strictSame(await asking({ ...rows, changes: { 1: { ...STATEFUL, ipv6_address_mode: 'slaac' } } }), [])
})

const client = packet.linkLayerDuid(packet.toMac(MAC))
const own = packet.linkLayerDuid(packet.toMac(server.mac!))
const FIRST = 0xfd00_0100_0000_0000_0000_0000_0000_0010n
const SECOND = FIRST + 1n

const held = (...addresses: bigint[]): packet.Dhcp6Option => ({
  ...{ kind: 'ia_na', iaid: 7, t1: 0, t2: 0 },
  options: addresses.map((address) => ({
    ...{ kind: 'address', address, preferred_lifetime: 0, valid_lifetime: 0, options: [] },
  })),
})
const toServer: packet.Dhcp6Option = { kind: 'server_id', duid: own }

interface Ask {
  readonly type: number
  readonly options?: readonly packet.Dhcp6Option[]
  readonly src?: bigint
  readonly dst?: bigint
  readonly isNameless?: boolean
}
const frameOf = ({ type, options = [], src, dst, isNameless = false }: Ask): Uint8Array => {
  const ends = {
    src: src ?? packet.linkLocalAddress(packet.toMac(MAC)),
    dst: dst ?? packet.ALL_DHCP_RELAYS_AND_SERVERS,
  }
  const all: packet.Dhcp6Option[] = [
    ...(isNameless ? [] : [{ kind: 'client_id', duid: client } as const]),
    ...options,
    { kind: 'option_request', codes: [23, 24, 31, 32] },
  ]
  const payload = packet.buildUdp(
    { src: 546, dst: 547, payload: packet.encodeDhcp6({ type, xid: 0xabcdef, options: all }) },
    ends,
  )
  const ip = { traffic_class: 0, flow_label: 0, next_header: 17, hop_limit: 1, ...ends, payload }
  return packet.buildEthernet({
    ...{ src: packet.toMac(MAC), dst: 0x3333_0001_0002, eth_type: 0x86dd },
    payload: packet.buildIpv6(ip),
  })
}

const served = (of: Rows = rows, state = new Quarantine()) => {
  const view = viewOf(of)
  return (ask: Ask | Uint8Array, now = 0): PacketAnswer =>
    dhcp6Handler.handle(
      {
        ...{
          dpid: '0x0000000000000001',
          reason: 'dhcp6',
          ingress_interface: 1,
          domain: 1,
          leg: 0,
          router: 0,
          ingress_domain: 0,
        },
        frame: ask instanceof Uint8Array ? ask : frameOf(ask),
      },
      { view, state, now },
    )
}

/** The answer in a few words: its type, addresses with valid lifetimes, statuses, codes of what goes with them. */
const outcome = (answer: PacketAnswer): string => {
  if ('dropped' in answer) return answer.dropped
  const ethernet = packet.parseEthernet(answer.send[0]!.frame)!
  const ip = packet.parseIpv6(ethernet.payload)!
  const udp = packet.parseUdp(ip.payload, ip)!
  const message = packet.decodeDhcp6(udp.payload)
  if (packet.isMalformed(message)) return message.malformed
  const words = (options: readonly packet.Dhcp6Option[]): string[] =>
    options.flatMap((option) => {
      if (option.kind === 'ia_na') return [`[${words(option.options).join(' ')}]`]
      if (option.kind === 'address')
        return [`${(option.address & 0xffffn).toString(16)}/${option.valid_lifetime}`]
      if (option.kind === 'status') return [`status ${option.status}`]
      return ['client_id', 'server_id'].includes(option.kind) ? [] : [option.kind]
    })
  const type = Object.entries(TYPE).find(([, number]) => number === message.type)?.[0]
  return [type, ...words(message.options)].join(' ')
}
const TOLD = 'dns_servers domains'

t.test('an advertisement, to the octet', async (t) => {
  const answer = served()({ type: TYPE.solicit, options: [held()] })
  if (!('send' in answer)) throw new Error(answer.dropped)
  const [sent] = answer.send
  t.match(sent, { at: 'output', slices: { domain: 1, egress_interface: 1 } })
  const hex = Buffer.from(sent!.frame).toString('hex')
  const lifetimes = '00000bb8' + '00000fa0'
  const message = [
    ...['02abcdef', '0001000a000300011054ff000001', '0002000a00030001020000000111'],
    ...['00030044', '00000007', '000005dc', '00000960'],
    ...['00050018', 'fd000100000000000000000000000010', lifetimes],
    ...['00050018', 'fd000100000000000000000000000011', lifetimes],
    ...['00170010', 'fd000100000000000000000000000053', '0018000d', '036f6e65076578616d706c6500'],
  ].join('')
  t.equal(hex.slice(0, 28), '1054ff000001' + '020000000111' + '86dd')
  t.match(
    hex.slice(28, 108),
    new RegExp(
      '^60000000....1140' +
        'fe800000000000000000' +
        '00fffe000111' +
        'fe80000000000000' +
        '1254fffffe000001$',
    ),
  )
  t.match(hex.slice(108, 124), /^02230222/)
  t.equal(hex.slice(124), message)
})

t.test('each message by its own rules', async (t) => {
  const ask = served()
  const of = (type: number, ...options: packet.Dhcp6Option[]) => outcome(ask({ type, options }))
  const both = '[10/4000 11/4000]'
  t.equal(of(TYPE.solicit, held()), `advertise ${both} ${TOLD}`)
  t.equal(of(TYPE.solicit, held(), { kind: 'rapid_commit' }), `reply rapid_commit ${both} ${TOLD}`)
  t.equal(of(TYPE.request, held(FIRST), toServer), `reply ${both} ${TOLD}`)
  t.equal(of(TYPE.request, held(1n), toServer), `reply [status ${STATUS.not_on_link}] ${TOLD}`)
  t.equal(of(TYPE.request, held(), held(), toServer), `reply ${both} [status ${STATUS.no_addresses}] ${TOLD}`)
  t.equal(of(TYPE.renew, held(FIRST, SECOND), toServer), `reply ${both} ${TOLD}`)
  t.equal(of(TYPE.renew, held(FIRST + 9n), toServer), `reply [10/4000 11/4000 19/0] ${TOLD}`)
  t.equal(of(TYPE.rebind, held(FIRST)), `reply ${both} ${TOLD}`)
  t.equal(of(TYPE.confirm, held(FIRST + 99n)), 'reply status 0')
  t.equal(of(TYPE.confirm, held(1n)), `reply status ${STATUS.not_on_link}`)
  t.equal(of(TYPE.confirm), 'asks to confirm no address')
  t.equal(of(TYPE.release, held(FIRST), toServer), 'reply status 0')
  t.equal(of(TYPE.release, held(1n), toServer), `reply status 0 [status ${STATUS.no_binding}]`)
  t.equal(of(TYPE.information_request), `reply ${TOLD} refresh_time`)
  t.equal(of(TYPE.request, held()), 'no server identifier')
  t.equal(of(TYPE.request, held(), { kind: 'server_id', duid: client }), 'for another server')
  t.equal(outcome(ask({ type: TYPE.solicit, isNameless: true })), 'no client identifier')
  t.equal(outcome(ask({ type: TYPE.solicit, src: 1n })), 'sent from another address')
  const alone = { dst: packet.linkLocalAddress(packet.toMac(server.mac!)), options: [held(FIRST), toServer] }
  for (const type of [TYPE.request, TYPE.renew, TYPE.release, TYPE.decline])
    t.equal(outcome(ask({ type, ...alone })), `reply status ${STATUS.use_multicast}`)
  t.equal(outcome(ask({ type: TYPE.solicit, dst: alone.dst })), 'sent to one server alone')
  t.equal(outcome(ask({ type: TYPE.solicit, dst: 1n })), 'for another server')
})

t.test('without lease, without state, without service', async (t) => {
  const solicit = { type: TYPE.solicit, options: [held()] }
  const nothing = served({ ...rows, interfaces: [{ ...guest, addresses: { 1: '10.100.0.10' } }, server] })
  t.equal(outcome(nothing(solicit)), `advertise [status ${STATUS.no_addresses}] ${TOLD}`)
  t.equal(
    outcome(nothing({ type: TYPE.renew, options: [held(), toServer] })),
    `reply [status ${STATUS.no_binding}] ${TOLD}`,
  )
  t.equal(outcome(nothing({ type: TYPE.renew, options: [held(FIRST), toServer] })), `reply [10/0] ${TOLD}`)
  const informing = served(stateless)
  t.equal(outcome(informing(solicit)), 'asks for an address where there is none by DHCPv6')
  t.equal(outcome(informing({ type: TYPE.information_request })), `reply ${TOLD} refresh_time`)
  t.equal(outcome(served({ ...rows, services: [] })(solicit)), 'no DHCPv6 service any more')
})

t.test('a guest asks from any link-local address that is nobody else’s, and is answered there', async (t) => {
  const opaque = packet.LINK_LOCAL_PREFIX | 0x1234_5678_9abc_def0n
  const answer = served()({ type: TYPE.solicit, options: [held()], src: opaque })
  if (!('send' in answer)) throw new Error(answer.dropped)
  const frame = packet.parseEthernet(answer.send[0]!.frame)!
  t.match([frame.dst, packet.parseIpv6(frame.payload)!.dst], [packet.toMac(MAC), opaque], 'RFC 7217')
  const foreign = packet.linkLocalAddress(packet.toMac('10:54:ff:00:00:02'))
  for (const src of [foreign, packet.LINK_LOCAL_PREFIX | (1n << 64n), FIRST])
    t.equal(outcome(served()({ type: TYPE.solicit, src })), 'sent from another address')
})

t.test('a declined address rests, the others do not', async (t) => {
  const ask = served()
  t.equal(outcome(ask({ type: TYPE.decline, options: [held(FIRST), toServer] })), 'reply status 0')
  const solicit = { type: TYPE.solicit, options: [held()] }
  t.equal(outcome(ask(solicit)), `advertise [11/4000] ${TOLD}`)
  t.equal(outcome(ask(solicit, QUARANTINE_MS)), `advertise [10/4000 11/4000] ${TOLD}`)
})
