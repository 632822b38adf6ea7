/** A pair translates ports on both sides or on none. */
import type { Behaviour } from '../crud/behaviour.ts'
import { argumentError, missingArgument } from '../errors.ts'
import { checkTranslationMode } from './translation.ts'

export const translationStaticAddress: Behaviour<'translation_static_address'> = {
  complete: (work, { values }) => {
    checkTranslationMode(
      work,
      values.translation_id as number,
      'static_address',
      'translation_static_address',
    )
    const { ingress_port_number: ingress, egress_port_number: egress } = values
    if (ingress === null && egress !== null) throw missingArgument('ingress_port_number')
    if (ingress !== null && egress === null) throw missingArgument('egress_port_number')
    const { translation_id, ingress_address, egress_address } = values
    const ports = { ingress_port_number: ingress, egress_port_number: egress }
    const other = work.first('translation_static_address', {
      translation_id,
      ingress_address,
      egress_address,
      ...ports,
    })
    if (other === undefined) return {}
    throw argumentError('ingress_ipv4_address', ingress_address, `already translated to ${egress_address}`)
  },
}
