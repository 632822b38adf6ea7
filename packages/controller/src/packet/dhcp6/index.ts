/** DHCPv6: RFC 8415. */
export * from './duid.ts'
export * from './message.ts'
export * from './option.ts'
