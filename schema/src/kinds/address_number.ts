/**
 * Addresses that answers show as numbers, as the original did: they are accepted as text and as number, so that an
 * answer can be given back. Stored as canonical text.
 */
import { fromIpAddress } from '../ip.ts'
import { ipv4, mac } from './address.ts'
import { ip } from './ip_address.ts'
import type { Kind } from './kind.ts'

const MAC_BITS = 48

const isNumber = (input: unknown, bits: number): input is number =>
  typeof input === 'number' && Number.isInteger(input) && input >= 0 && input < 2 ** bits

/** 48 bits as `52:54:00:0d:84:01`. */
export const macFromNumber = (value: number | bigint): string =>
  (value.toString(16).padStart(12, '0').match(/../g) as string[]).join(':')

/** @param text canonical */
export const macToNumber = (text: string): number => Number.parseInt(text.replaceAll(':', ''), 16)

/** A unicast MAC address, as text or as number. */
export const macOrNumber: Kind<string> = {
  ...mac,
  parse: (input) => mac.parse(isNumber(input, MAC_BITS) ? macFromNumber(input) : input),
  jsonSchema: {
    anyOf: [mac.jsonSchema, { type: 'integer', minimum: 1, maximum: 2 ** MAC_BITS - 1 }],
  },
}

const IPV4_NUMBER = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 } as const

const textOf = (input: unknown): unknown =>
  isNumber(input, 32) ? fromIpAddress({ family: 4, value: BigInt(input) }) : input

/** An IPv4 address, as text or as number. */
export const ipv4OrNumber: Kind<string> = {
  ...ipv4,
  parse: (input) => ipv4.parse(textOf(input)),
  jsonSchema: { anyOf: [ipv4.jsonSchema, IPV4_NUMBER] },
}

/** An address of either family, as text, or as number for IPv4. */
export const ipOrNumber: Kind<string> = {
  ...ip,
  parse: (input) => ip.parse(textOf(input)),
  jsonSchema: { anyOf: [...(ip.jsonSchema['anyOf'] as object[]), IPV4_NUMBER] },
}
