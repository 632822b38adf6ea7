/** What DHCP, DNS and routers tell guests, as sentences. */
import {
  DHCP4_OPTION,
  DHCP4_TYPE,
  DHCP6_TYPE,
  type Dhcp6Option,
  decodeDhcp4,
  decodeDhcp6,
  explainDhcp4Option,
  formatIpv4,
  formatMac,
  isMalformed,
  macOfDuid,
  type NdMessage,
  type NdOption,
} from '@openvnet/controller/packet'
import { fromIpAddress } from '@openvnet/schema'
import { type DnsRecord, decodeDns } from '../../packages/controller/src/packet/dns/index.ts'

const textOf = (value: bigint): string => fromIpAddress({ family: 6, value })
const nameOf = (types: Readonly<Record<string, number>>, type: number): string =>
  Object.entries(types).find(([, number]) => number === type)?.[0] ?? `type ${type}`

/** Told beside the options. */
const IN_HEAD: readonly number[] = [DHCP4_OPTION.message_type, DHCP4_OPTION.server_id]

/** `dhcp offer of 10.0.0.10 from 10.0.0.100 to 10.0.0.10: lease-time=86400 …` */
export const describeDhcp4 = (bytes: Uint8Array, src: string, dst: string): string => {
  const message = decodeDhcp4(bytes)
  if (isMalformed(message)) return `malformed DHCP: ${message.malformed}`
  const options = [...message.options]
    .filter(([code]) => !IN_HEAD.includes(code))
    .map(([code, data]) => explainDhcp4Option({ code, data }))
  const address = message.yiaddr === 0 ? '' : ` of ${formatIpv4(message.yiaddr)}`
  return [`dhcp ${nameOf(DHCP4_TYPE, message.type)}${address} from ${src} to ${dst}:`, ...options].join(' ')
}

const describeOption6 = (option: Dhcp6Option): readonly string[] => {
  switch (option.kind) {
    case 'ia_na':
      return [`(${option.options.flatMap(describeOption6).join(' ')})`]
    case 'address':
      return [`${textOf(option.address)} for ${option.valid_lifetime} s`]
    case 'status':
      return [`status ${option.status}`]
    case 'dns_servers':
      return [`dns ${option.servers.map(textOf).join(',')}`]
    case 'domains':
      return [`search ${option.domains.join(',')}`]
    case 'server_id': {
      const mac = macOfDuid(option.duid)
      return [`by ${mac === undefined ? 'whom?' : formatMac(mac)}`]
    }
    default:
      return []
  }
}

export const describeDhcp6 = (bytes: Uint8Array, src: string, dst: string): string => {
  const message = decodeDhcp6(bytes)
  if (isMalformed(message)) return `malformed DHCPv6: ${message.malformed}`
  const told = message.options.flatMap(describeOption6)
  return [`dhcp6 ${nameOf(DHCP6_TYPE, message.type)} from ${src} to ${dst}:`, ...told].join(' ')
}

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

const describeRecord = (record: DnsRecord): string => {
  const data: unknown = 'data' in record ? record.data : undefined
  return `${record.name} ${record.type} ${typeof data === 'string' ? data : JSON.stringify(data)}`
}

/** `dns NOERROR from 10.0.0.1: db.one.example A 10.0.0.2`. */
export const describeDns = (bytes: Uint8Array, src: string): string => {
  const message = decodeDns(bytes)
  if (isMalformed(message)) return `malformed DNS: ${message.malformed}`
  const answers = message.answers.map(describeRecord).sort().join(', ')
  const authority = message.authoritative ? ' aa' : ''
  return `dns ${RCODES[message.rcode] ?? message.rcode}${authority} from ${src}: ${answers || 'nothing'}`
}

const describeOptionOfRouter = (option: NdOption): readonly string[] => {
  switch (option.kind) {
    case 'prefix': {
      const flags = [option.on_link ? 'on-link' : '', option.autonomous ? 'autonomous' : ''].filter(Boolean)
      return [`prefix ${textOf(option.prefix)}/${option.prefix_length} ${flags.join(' ')}`]
    }
    case 'mtu':
      return [`mtu ${option.mtu}`]
    case 'rdnss':
      return [`dns ${option.servers.map(textOf).join(',')}`]
    case 'dnssl':
      return [`search ${option.domains.join(',')}`]
    case 'source_link_layer':
      return [`at ${formatMac(option.mac)}`]
    default:
      return []
  }
}

/** `router fe80::1: lifetime 65535, prefix fd00::/64 on-link autonomous, mtu 1450, …` */
export const describeAdvertisement = (
  message: Extract<NdMessage, { kind: 'router_advertisement' }>,
  src: string,
): string => {
  const { lifetime, managed, other, options } = message
  const flags = [...(managed ? ['managed'] : []), ...(other ? ['other'] : [])]
  const told = [`lifetime ${lifetime}`, ...flags, ...options.flatMap(describeOptionOfRouter)]
  return `router ${src}: ${told.join(', ')}`
}
