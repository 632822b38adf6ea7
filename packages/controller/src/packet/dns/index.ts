/** DNS: RFC 1035. */
export * from './answer.ts'
export { DNS_MAX_DECODED, DNS_RCODE, type DnsMessage, type DnsRecord, decodeDns } from './message.ts'
export * from './record.ts'
export * from './stream.ts'
