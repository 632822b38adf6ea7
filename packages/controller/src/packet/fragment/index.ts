/** Fragmentation and reassembly of IPv4 and IPv6. */
export * from './piece.ts'
export * from './reassembly.ts'
export * from './split.ts'
