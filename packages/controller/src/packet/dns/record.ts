/** Records of the wire from what rows say of them; the schema has checked the text (`parseDnsValue`). */
import { type DnsType, srvOf } from '@openvnet/schema'
import type { DnsRecord } from './message.ts'

const MAX_STRING = 255

/** A text as strings of at most 255 octets, which its reader joins: RFC 1035 §3.3.14, RFC 7208 §3.3. */
const stringsOf = (text: string): Buffer[] => {
  const octets = Buffer.from(text, 'utf8')
  const strings: Buffer[] = []
  for (let at = 0; at < octets.length; at += MAX_STRING) strings.push(octets.subarray(at, at + MAX_STRING))
  return strings
}

/**
 * @param value canonical
 * @param ttl seconds, up to 2^31 - 1
 */
export const dnsRecordOf = (name: string, type: DnsType, value: string, ttl: number): DnsRecord => {
  if (type === 'SRV') return { name, type, ttl, data: srvOf(value) }
  return type === 'TXT' ? { name, type, ttl, data: stringsOf(value) } : { name, type, ttl, data: value }
}
