/**
 * An option of DHCP belongs to a network or to one interface, is there once, and has a value in its own form. What the
 * protocol is made of is the server's.
 */
import {
  DHCP_OPTIONS,
  type DhcpOption,
  type Family,
  isOfProtocol,
  nearest,
  dhcpOption as optionOf,
  parseDhcpValue,
  type Row,
} from '@openvnet/schema'
import type { Behaviour, Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { argumentError, missingArgument } from '../errors.ts'

type Option = Pick<Row<'dhcp_option'>, 'network_id' | 'interface_id' | 'family' | 'code' | 'value'>

const LAST_CODE: Readonly<Record<Family, number>> = { 4: 254, 6: 0xff_ff }

/** The option that a row means. @throws ApiError ArgumentError when there is none, or it is the server's own */
const meantBy = (row: Option): DhcpOption => {
  const { family } = row
  const option = optionOf(family, row.code)
  if (option === undefined) {
    const guess = nearest(
      row.code,
      DHCP_OPTIONS[family].map(({ name }) => name),
    )
    const hint = guess === undefined ? 'give its number' : `did you mean ${guess}?`
    throw argumentError('code', row.code, `no option of DHCPv${family} with a name here; ${hint}`)
  }
  if (option.code > LAST_CODE[family]) {
    throw argumentError('code', row.code, `options of DHCPv${family} go from 1 to ${LAST_CODE[family]}`)
  }
  if (!isOfProtocol(family, option.code)) return option
  const hint =
    family === 4 && option.code === 51 ? '; the time of leases is dhcp_lease_time of the network' : ''
  throw argumentError('code', row.code, `option ${option.code} is the server's own${hint}`)
}

/** Either a network or an interface. @throws ApiError MissingArgument, ArgumentError */
const checkOwner = (work: Work, { network_id, interface_id }: Option): void => {
  if (network_id === null && interface_id === null) throw missingArgument('network_uuid')
  if (network_id === null || interface_id === null) return
  const name = uuidOf(work, 'interface', interface_id)
  throw argumentError('interface_uuid', name, 'contradicts network_uuid: give one of the two')
}

/** @throws ApiError ArgumentError */
const checkOnce = (work: Work, row: Option, { code }: DhcpOption): void => {
  const { family, network_id, interface_id } = row
  const others = work.where('dhcp_option', network_id === null ? { interface_id } : { network_id })
  const same = others.find((other) => other.family === family && optionOf(family, other.code)?.code === code)
  if (same !== undefined)
    throw argumentError('code', row.code, `already said by ${same.uuid}; change its value`)
}

/** @throws ApiError ArgumentError */
const canonicalValue = (row: Option, { form, name }: DhcpOption): string => {
  const parsed = parseDhcpValue(row.family, form, row.value)
  if (parsed.ok) return parsed.value
  throw argumentError('value', row.value, `${parsed.reason} (of the option ${name})`)
}

export const dhcpOption: Behaviour<'dhcp_option'> = {
  complete: (work, { values }) => {
    const row = values as Option
    const option = meantBy(row)
    checkOwner(work, row)
    checkOnce(work, row, option)
    return { value: canonicalValue(row, option) }
  },
  updated: (work, row) => {
    const value = canonicalValue(row, meantBy(row))
    if (value !== row.value) work.update('dhcp_option', row.id, { value })
  },
  shape: (_reader, row, plain) => ({ ...plain, option: meantBy(row).code }),
}
