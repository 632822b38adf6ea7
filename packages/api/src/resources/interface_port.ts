/** A further port of an interface is somebody's own, on a bridge on which the interface has no other. */
import type { Row } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { checkFurtherPort } from '../rules/port.ts'

export const interfacePort: Behaviour<'interface_port'> = {
  complete: (work, { values }) => {
    checkFurtherPort(work, values as Row<'interface_port'>)
    return {}
  },
  describe: (reader, row) => uuidOf(reader, 'interface', row.interface_id),
}
