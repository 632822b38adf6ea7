/** Giving IP leases to interfaces and taking them back, and asking a policy for one without an interface. */
import { text, uuid } from '@openvnet/schema'
import type { Model } from '../crud/model.ts'
import { rowOf } from '../crud/reference.ts'
import { argumentError, missingArgument } from '../errors.ts'
import { rowSchema } from '../openapi/schemas.ts'
import type { Given } from '../parameters/check.ts'
import { EVERY_WRITE, optional, signature } from '../parameters/expected.ts'
import { attach, release } from '../rules/attachment.ts'
import { leaseByPolicy, leaseOfPolicy } from '../rules/lease_policy.ts'
import type { Reader } from '../store/rows.ts'
import { rowOutcome } from '../writing/call.ts'
import { baseOf, type NestedCall } from './nested.ts'

const answer = rowSchema('ip_lease')

const idOf = (reader: Reader, given: Given, name: 'interface' | 'mac_lease'): number | null => {
  const value = given.get(`${name}_uuid`)
  return typeof value === 'string' ? rowOf(reader, name, `${name}_uuid`, value).id : null
}

const textOf = (given: Given, name: string): string | undefined => {
  const value = given.get(name)
  return value === undefined ? undefined : String(value)
}

const attachCall = (model: Model): NestedCall => ({
  base: 'ip_lease',
  operationId: 'attach_ip_lease',
  summary: 'Give an IP lease that nobody owns to an interface',
  answer,
  call: {
    method: 'PUT',
    path: 'ip_leases/:uuid/attach',
    signature: signature([
      optional('interface_uuid', uuid('if'), 'The interface; that of the MAC lease when absent.'),
      optional('mac_lease_uuid', uuid('ml'), 'The MAC lease; the first of the interface when absent.'),
      ...EVERY_WRITE,
    ]),
    perform: (writer, names, given) => {
      const lease = baseOf(writer, 'ip_lease', names)
      const wanted = {
        interface_id: idOf(writer, given, 'interface'),
        mac_lease_id: idOf(writer, given, 'mac_lease'),
      }
      if (wanted.interface_id === null && wanted.mac_lease_id === null) {
        throw missingArgument('interface_uuid')
      }
      return rowOutcome(model, writer, 'ip_lease', attach(model.work(writer), lease, wanted))
    },
  },
})

const releaseCall = (model: Model): NestedCall => ({
  base: 'ip_lease',
  operationId: 'release_ip_lease',
  summary: 'Take an IP lease from its interface and keep its address reserved',
  answer,
  call: {
    method: 'PUT',
    path: 'ip_leases/:uuid/release',
    signature: signature(EVERY_WRITE),
    perform: (writer, names) => {
      const lease = baseOf(writer, 'ip_lease', names)
      if (lease.interface_id === null) throw argumentError('uuid', lease.uuid, 'is attached to no interface')
      return rowOutcome(model, writer, 'ip_lease', release(model.work(writer), lease))
    },
  },
})

/** Of an interface in the policy: what was said when it was added. */
const labelOf = (reader: Reader, lease_policy_id: number, interface_id: number | null): string | null =>
  interface_id === null
    ? null
    : (reader.first('lease_policy_interface', { lease_policy_id, interface_id })?.label ?? null)

const leaseCall = (model: Model): NestedCall => ({
  base: 'lease_policy',
  operationId: 'lease_by_policy',
  summary:
    'Take an IP address from a lease policy: reserved, or for an interface, which keeps one that it has of it',
  answer,
  call: {
    method: 'POST',
    path: 'lease_policies/:uuid/ip_leases',
    signature: signature([
      optional('interface_uuid', uuid('if'), 'The interface; without one the address is only reserved.'),
      optional('ip_lease_uuid', uuid('il'), 'The uuid of the new lease; made up when absent.'),
      optional('label', text, 'It goes into the containers with this label and into those without any.'),
      ...EVERY_WRITE,
    ]),
    perform: (writer, names, given) => {
      const policy = baseOf(writer, 'lease_policy', names)
      const named = textOf(given, 'ip_lease_uuid')
      const interface_id = idOf(writer, given, 'interface')
      const work = model.work(writer)
      const kept = interface_id === null ? undefined : leaseOfPolicy(work, policy, interface_id)
      if (kept !== undefined) return rowOutcome(model, writer, 'ip_lease', kept)
      const label = textOf(given, 'label') ?? labelOf(writer, policy.id, interface_id)
      const request = { interface_id, label, ...(named === undefined ? {} : { uuid: named }) }
      return rowOutcome(model, writer, 'ip_lease', leaseByPolicy(work, policy, request))
    },
  },
})

export const leasingCalls = (model: Model): NestedCall[] => [
  attachCall(model),
  releaseCall(model),
  leaseCall(model),
]
