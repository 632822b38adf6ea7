/**
 * Values of DHCP options between the text of rows and octets, by the form that the schema gives each option; of DHCPv4
 * (RFC 2132 and others) and DHCPv6 (RFC 8415 and others), which write addresses and domains differently.
 * Whether text fits its form the schema says (`parseDhcpValue`): what comes here is canonical.
 */
import { formatIpv6, parseIpv6 } from '@openvnet/openflow'
import { type DhcpForm, dhcpRoutesOf, type Family } from '@openvnet/schema'
import { buildClasslessRoutes, readClasslessRoutes } from './dhcp4/classless_route.ts'
import { compressDomainNames, decodeDomainNames, encodeDomainNames } from './domain_name.ts'
import { formatIpv4, readEach, readU32, readU128, toIpv4, u32s, u128s } from './octets.ts'

interface Codec {
  /** @param text canonical */
  readonly encode: (text: string, family: Family) => Uint8Array
  /** `undefined` for octets that the form cannot have. */
  readonly format: (data: Uint8Array, family: Family) => string | undefined
}

const octetsOf = (text: string, encoding: 'utf8' | 'hex'): Uint8Array =>
  Uint8Array.from(Buffer.from(text, encoding))

const encodeAddresses = (text: string, family: Family): Uint8Array => {
  const addresses = text.split(',')
  return family === 4
    ? u32s(...addresses.map(toIpv4))
    : u128s(...addresses.map((address) => parseIpv6(address) ?? 0n))
}

const formatAddresses = (data: Uint8Array, family: Family): string | undefined => {
  if (data.length === 0 || data.length % (family === 4 ? 4 : 16) !== 0) return undefined
  const texts =
    family === 4 ? readEach(data, 4, readU32).map(formatIpv4) : readEach(data, 16, readU128).map(formatIpv6)
  return texts.join(',')
}

const CONTROL = /\p{Cc}|\ufffd/u

/** A zero at the end is not part of it: RFC 2132 §2. */
const formatText = (data: Uint8Array): string | undefined => {
  const text = Buffer.from(data).toString('utf8').replace(/\0+$/, '')
  return text === '' || CONTROL.test(text) ? undefined : text
}

const formatDomains = (data: Uint8Array, family: Family): string | undefined =>
  decodeDomainNames(data, { compressed: family === 4 })?.join(',') || undefined

const number = (octets: 1 | 2 | 4, signed = false): Codec => ({
  encode: (text) => u32s(Number(text) >>> 0).subarray(4 - octets),
  format: (data) => {
    if (data.length !== octets) return undefined
    const value = data.reduce((before, octet) => before * 256 + octet, 0)
    return String(signed ? value | 0 : value)
  },
})

const CODECS: Readonly<Record<DhcpForm, Codec>> = {
  address: {
    encode: encodeAddresses,
    format: (data, family) =>
      data.length === (family === 4 ? 4 : 16) ? formatAddresses(data, family) : undefined,
  },
  addresses: { encode: encodeAddresses, format: formatAddresses },
  domain: {
    encode: (text, family) => (family === 4 ? octetsOf(text, 'utf8') : encodeDomainNames([text])),
    format: (data, family) => (family === 4 ? formatText(data) : formatDomains(data, family)),
  },
  domains: {
    encode: (text, family) => (family === 4 ? compressDomainNames : encodeDomainNames)(text.split(',')),
    format: formatDomains,
  },
  text: { encode: (text) => octetsOf(text, 'utf8'), format: formatText },
  boolean: {
    encode: (text) => Uint8Array.of(text === 'true' ? 1 : 0),
    format: (data) => (data.length === 1 && data[0]! < 2 ? String(data[0] === 1) : undefined),
  },
  uint8: number(1),
  uint16: number(2),
  uint32: number(4),
  int32: number(4, true),
  routes: {
    encode: (text) =>
      buildClasslessRoutes(
        dhcpRoutesOf(text).map(({ network, prefix, via }) => ({
          destination: toIpv4(network),
          prefix,
          router: toIpv4(via),
        })),
      ),
    format: (data) =>
      readClasslessRoutes(data)
        ?.map(
          ({ destination, prefix, router }) =>
            `${formatIpv4(destination)}/${prefix} via ${formatIpv4(router)}`,
        )
        .join(','),
  },
  free: { encode: (text) => octetsOf(text.slice(2), 'hex'), format: () => undefined },
}

/** @param text canonical, as `parseDhcpValue` gives it */
export const encodeDhcpValue = (family: Family, form: DhcpForm, text: string): Uint8Array =>
  CODECS[form].encode(text, family)

/** What a value says; octets in hexadecimal where they do not fit the form. */
export const formatDhcpValue = (family: Family, form: DhcpForm, data: Uint8Array): string =>
  CODECS[form].format(data, family) ?? `0x${Buffer.from(data).toString('hex')}`
