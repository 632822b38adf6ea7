/** A DNS service belongs to a network service of mode dns. */

import type { Behaviour } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { plainShape } from '../crud/shape.ts'
import { argumentError } from '../errors.ts'

export const dnsService: Behaviour<'dns_service'> = {
  complete: (work, { values }) => {
    const id = values.network_service_id as number
    const mode = work.byId('network_service', id)?.mode
    if (mode !== 'dns') {
      const uuid = uuidOf(work, 'network_service', id)
      throw argumentError(
        'network_service_uuid',
        uuid,
        `must be a network service of mode dns, this is one of mode ${mode}`,
      )
    }
    return {}
  },
  shape: (reader, row, plain) => {
    const service = reader.byId('network_service', row.network_service_id)
    return {
      ...plain,
      network_service: service === undefined ? null : plainShape(reader, 'network_service', service),
    }
  },
}
