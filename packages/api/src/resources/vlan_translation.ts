/** A VLAN of a translation, and a host in it where one is named, is one network. */
import type { Behaviour, Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Stored } from '../store/columns.ts'
import { checkTranslationMode } from './translation.ts'

/** @throws ApiError ArgumentError */
const checkOnce = (
  work: Work,
  { id, translation_id, vlan_id, mac_address }: Stored<'vlan_translation'>,
): void => {
  const other = work
    .where('vlan_translation', { translation_id, vlan_id, mac_address })
    .find((row) => row.id !== id)
  if (other === undefined) return
  const what = [vlan_id === null ? 'the untagged VLAN' : `VLAN ${vlan_id}`, mac_address ?? '']
  throw argumentError(
    'vlan_id',
    vlan_id,
    `${what.join(' ').trim()} is ${uuidOf(work, 'network', other.network_id)} by ${other.uuid} already`,
  )
}

export const vlanTranslation: Behaviour<'vlan_translation'> = {
  complete: (work, { values }) => {
    checkTranslationMode(work, values.translation_id as number, 'vnet_edge', 'vlan_translation')
    return {}
  },
  created: checkOnce,
  updated: checkOnce,
}
