/** Neighbour Discovery for IPv6: RFC 4861. */
export * from './message.ts'
export * from './option.ts'
