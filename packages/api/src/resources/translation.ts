/** What says a translation's pairs and VLANs goes with its mode. */
import type { ResourceName } from '@openvnet/schema'
import { argumentError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'

type Mode = 'static_address' | 'vnet_edge'

/** @throws ApiError ArgumentError unless the translation has the mode for such rows */
export const checkTranslationMode = (reader: Reader, id: number, mode: Mode, rows: ResourceName): void => {
  const translation = reader.byId('translation', id)
  if (translation === undefined || translation.mode === mode) return
  throw argumentError(
    'translation_uuid',
    translation.uuid,
    `is a translation of mode ${translation.mode}; a ${rows.replaceAll('_', ' ')} is for one of mode ${mode}`,
  )
}
