/** DHCPv4: RFC 2131 and its options. */
export * from './classless_route.ts'
export * from './message.ts'
export * from './option.ts'
export * from './option_field.ts'
export * from './request.ts'
