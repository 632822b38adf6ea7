/** Commands of one resource that are neither of its fields nor of a relation: a word behind the path of a row. */
import { RESOURCES, type ResourceSpec, text, uuid } from '@openvnet/schema'
import type { Command, CommandOption } from '../command.ts'
import { WRITE_OPTIONS } from '../globals.ts'
import { present } from '../output/present.ts'
import { write } from '../server/write.ts'
import { uuidKind } from './options.ts'

interface OwnCommand {
  readonly of: string
  readonly word: string
  readonly help: string
  readonly method: 'PUT' | 'POST'
  /** Last part of the path. */
  readonly path: string
  readonly options: readonly CommandOption[]
  /** What the answer is. */
  readonly answer: ResourceSpec
}

const option = (name: string, kind: CommandOption['kind'], help: string): CommandOption => ({
  name,
  aliases: name === 'interface_uuid' || name === 'mac_lease_uuid' ? [name.replace('_uuid', '')] : [],
  kind,
  help,
  required: false,
})

const { interface: interfaceResource, ip_lease: ipLease, mac_lease: macLease } = RESOURCES

const OWN: readonly OwnCommand[] = [
  {
    of: 'interface',
    word: 'rename',
    help: 'Gives an interface another uuid.',
    method: 'PUT',
    path: 'rename',
    options: [
      { ...option('new_uuid', uuid(interfaceResource.prefix), 'The uuid that it gets.'), required: true },
    ],
    answer: interfaceResource,
  },
  {
    of: 'ip_lease',
    word: 'attach',
    help: 'Gives an IP lease that nobody owns to an interface.',
    method: 'PUT',
    path: 'attach',
    options: [
      option(
        'interface_uuid',
        uuid(interfaceResource.prefix),
        'The interface; that of the MAC lease when absent.',
      ),
      option(
        'mac_lease_uuid',
        uuid(macLease.prefix),
        'The MAC lease; the first of the interface when absent.',
      ),
    ],
    answer: ipLease,
  },
  {
    of: 'ip_lease',
    word: 'release',
    help: 'Takes an IP lease from its interface and keeps its address reserved.',
    method: 'PUT',
    path: 'release',
    options: [],
    answer: ipLease,
  },
  {
    of: 'lease_policy',
    word: 'lease',
    help: 'Takes an IP address from a lease policy: for an interface, which keeps one that it has of it, or reserved.',
    method: 'POST',
    path: 'ip_leases',
    options: [
      option(
        'interface_uuid',
        uuid(interfaceResource.prefix),
        'The interface; without one the address is only reserved.',
      ),
      option('ip_lease_uuid', uuid(ipLease.prefix), 'The uuid of the new lease; made up when absent.'),
      option('label', text, 'It goes into the containers with this label and into those without any.'),
    ],
    answer: ipLease,
  },
]

const toCommand = (resource: ResourceSpec, own: OwnCommand): Command => ({
  names: [own.word],
  help: own.help,
  positionals: [{ name: 'UUID', arity: 'one', kind: uuidKind(resource) }],
  options: [...own.options, ...WRITE_OPTIONS],
  run: async ({ positionals: [row = ''], options }, context) => {
    const path = [resource.collection, row, own.path]
    const body = Object.fromEntries(options)
    await write(context, { method: own.method, path, body }, (answer) =>
      present(context, { answers: [answer], resource: own.answer }),
    )
  },
})

export const ownCommands = (resource: ResourceSpec): Command[] =>
  OWN.filter(({ of }) => of === resource.name).map((own) => toCommand(resource, own))
