/** How packets get from one bridge to another. */
import { oneOf } from './scalar.ts'

/** `vxlan` (RFC 7348), `geneve` (RFC 8926), `gre` with key (RFC 2890), `mac2mac` without encapsulation. */
export const transport = oneOf(['vxlan', 'geneve', 'gre', 'mac2mac'])
