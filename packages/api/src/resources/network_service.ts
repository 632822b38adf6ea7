/** A service whose mode is absent is what its name says: clients of 2013 gave a `display_name` of "router" only. */
import { RESOURCES } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { plainShape } from '../crud/shape.ts'
import { missingArgument } from '../errors.ts'

const { mode: modeField } = RESOURCES.network_service.fields

export const networkService: Behaviour<'network_service'> = {
  complete: (_work, { uuid, values }) => {
    const named = modeField.kind.parse(values.display_name?.toLowerCase())
    const mode = values.mode ?? (named.ok ? named.value : undefined)
    if (mode === undefined) throw missingArgument('mode')
    return { mode, display_name: values.display_name ?? uuid }
  },
  shape: (reader, row, plain) => {
    const owner = row.interface_id === null ? undefined : reader.byId('interface', row.interface_id)
    return { ...plain, interface: owner === undefined ? null : plainShape(reader, 'interface', owner) }
  },
}
