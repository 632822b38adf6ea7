/** The features in the order in which a packet meets them; the position is the number in cookies: only append. */
export const FEATURE_NAMES = [
  'pipeline',
  'port',
  'arp',
  'routing',
  'switching',
  'overlay',
  'uplink',
  'segment',
  'punt',
  'icmp',
  'nd',
  'dns',
  'dhcp',
  'advertisement',
  'neighbour',
] as const

export type FeatureName = (typeof FEATURE_NAMES)[number]
