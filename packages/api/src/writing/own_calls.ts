/** Calls that are neither of a resource nor of a relation: a word behind the path of a row. */
import { RESOURCES, type ResourceName, text, uuid } from '@openvnet/schema'
import type { Model } from '../crud/model.ts'
import { rowOf, rowOfPath } from '../crud/reference.ts'
import { argumentError, missingArgument } from '../errors.ts'
import type { Given } from '../parameters/check.ts'
import { optional, signature, WAIT } from '../parameters/expected.ts'
import { attach, release } from '../rules/attachment.ts'
import { leaseByPolicy } from '../rules/lease_policy.ts'
import type { Reader } from '../store/rows.ts'
import { type Call, rowOutcome } from './call.ts'

export interface OwnCall extends Call {
  readonly operationId: string
  readonly summary: string
  /** The resource of the path's row. */
  readonly base: ResourceName
  /** The resource of the answer. */
  readonly answer: ResourceName
}

const kindOf = (name: ResourceName) => uuid(RESOURCES[name].prefix ?? '')

const idOf = (reader: Reader, given: Given, name: 'interface' | 'mac_lease'): number | null => {
  const value = given.get(`${name}_uuid`)
  return typeof value === 'string' ? rowOf(reader, name, `${name}_uuid`, value).id : null
}

const textOf = (given: Given, name: string): string | undefined => {
  const value = given.get(name)
  return value === undefined ? undefined : String(value)
}

const attachCall = (model: Model): OwnCall => ({
  operationId: 'attach_ip_lease',
  summary: 'Give an IP lease that nobody owns to an interface',
  base: 'ip_lease',
  answer: 'ip_lease',
  method: 'PUT',
  path: 'ip_leases/:uuid/attach',
  signature: signature([
    optional('interface_uuid', kindOf('interface'), 'The interface; that of the MAC lease when absent.'),
    optional('mac_lease_uuid', kindOf('mac_lease'), 'The MAC lease; the first of the interface when absent.'),
    WAIT,
  ]),
  perform: (writer, names, given) => {
    const lease = rowOfPath(writer, 'ip_lease', 'uuid', names['uuid'] ?? '')
    const wanted = {
      interface_id: idOf(writer, given, 'interface'),
      mac_lease_id: idOf(writer, given, 'mac_lease'),
    }
    if (wanted.interface_id === null && wanted.mac_lease_id === null) throw missingArgument('interface_uuid')
    return rowOutcome(model, writer, 'ip_lease', attach(writer, lease, wanted))
  },
})

const releaseCall = (model: Model): OwnCall => ({
  operationId: 'release_ip_lease',
  summary: 'Take an IP lease from its interface and keep its address reserved',
  base: 'ip_lease',
  answer: 'ip_lease',
  method: 'PUT',
  path: 'ip_leases/:uuid/release',
  signature: signature([WAIT]),
  perform: (writer, names) => {
    const lease = rowOfPath(writer, 'ip_lease', 'uuid', names['uuid'] ?? '')
    if (lease.interface_id === null) throw argumentError('uuid', lease.uuid, 'is attached to no interface')
    return rowOutcome(model, writer, 'ip_lease', release(writer, lease))
  },
})

const leaseCall = (model: Model): OwnCall => ({
  operationId: 'lease_by_policy',
  summary: 'Reserve an IP address of a lease policy without an interface',
  base: 'lease_policy',
  answer: 'ip_lease',
  method: 'POST',
  path: 'lease_policies/:uuid/ip_leases',
  signature: signature([
    optional('ip_lease_uuid', kindOf('ip_lease'), 'The uuid of the new lease; made up when absent.'),
    optional('label', text, 'It goes into the containers with this label and into those without any.'),
    WAIT,
  ]),
  perform: (writer, names, given) => {
    const policy = rowOfPath(writer, 'lease_policy', 'uuid', names['uuid'] ?? '')
    const named = textOf(given, 'ip_lease_uuid')
    const label = textOf(given, 'label') ?? null
    const request = { interface_id: null, label, ...(named === undefined ? {} : { uuid: named }) }
    return rowOutcome(model, writer, 'ip_lease', leaseByPolicy(model.work(writer), policy, request))
  },
})

export const ownCalls = (model: Model): OwnCall[] => [attachCall(model), releaseCall(model), leaseCall(model)]
