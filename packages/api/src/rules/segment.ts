/** Which segment rows are in: an interface in that of its network, a MAC lease in that of its interface. */
import type { Row } from '@openvnet/schema'
import { uuidOf } from '../crud/reference.ts'
import { ApiError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'

type Interface = Pick<Row<'interface'>, 'network_id' | 'segment_id'>

/** @throws ApiError InvalidID */
export const segmentOfInterface = (reader: Reader, { network_id, segment_id }: Interface): number | null => {
  const network = network_id === null ? undefined : reader.byId('network', network_id)
  if (network === undefined) return segment_id
  if (segment_id === null || segment_id === network.segment_id) return network.segment_id
  const own =
    network.segment_id === null
      ? 'is in no segment'
      : `is in ${uuidOf(reader, 'segment', network.segment_id)}`
  throw new ApiError(
    'InvalidID',
    `segment_uuid: ${uuidOf(reader, 'segment', segment_id)} is not the segment of ${network.uuid}, which ${own}`,
  )
}

/** @param given what the client asks for, if anything. @throws ApiError InvalidID */
export const segmentOfMacLease = (
  reader: Reader,
  interfaceId: number,
  given: number | null,
): number | null => {
  const owner = reader.byId('interface', interfaceId)
  const own = owner?.segment_id ?? null
  if (given === null || own === null || own === given) return given ?? own
  throw new ApiError(
    'InvalidID',
    `segment_uuid: ${uuidOf(reader, 'segment', given)} is not the segment of ${owner?.uuid}, which is in ${uuidOf(reader, 'segment', own)}`,
  )
}
