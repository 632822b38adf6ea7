/**
 * Layer-2 domains as numbers: what the slice `domain` holds, and the key of tunnels. A network is a domain by its id; a
 * segment, which networks may share, by its id and a bit above all ids of networks. So neither has the number of another.
 */

/** Bit of a domain that says that it is a segment. */
const SEGMENT = 0x8000_0000
/** Bit of a tunnel's key that says so. */
const SEGMENT_KEY = 0x80_0000

/**
 * The domain of what one host hands over to another because the leg of a router is only there. It is none of a segment:
 * their ids begin at 1.
 */
export const HANDOVER = SEGMENT

/** @param segment row id, below 2^31 */
export const domainOfSegment = (segment: number): number => SEGMENT + segment

/** The segment that a domain is; `null` where it is a network, or none of both. */
export const segmentOfDomain = (domain: number): number | null =>
  domain <= SEGMENT ? null : domain - SEGMENT

/**
 * The key of a domain in tunnels, 24 bits in VXLAN and Geneve: 0 to 0x7fffff of networks, 0x800000 of what is handed over, above it of segments.
 * `null` where the id does not fit: of a larger number the rest would be the key of another.
 */
export const tunnelKey = (domain: number): number | null => {
  if (domain === HANDOVER) return SEGMENT_KEY
  const segment = segmentOfDomain(domain)
  const id = segment ?? domain
  if (id >= SEGMENT_KEY) return null
  return segment === null ? id : SEGMENT_KEY + id
}
