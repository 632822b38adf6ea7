/** DNS: RFC 1035. */
export * from './answer.ts'
export {
  DNS_MAX_DECODED,
  DNS_PORT,
  DNS_RCODE,
  type DnsFlags,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
  decodeDns,
  type Edns,
} from './message.ts'
export * from './stream.ts'
