/** Options of `add` and `modify`, derived from the fields and parameters of a resource. */
import {
  boolean,
  type Field,
  type Kind,
  labelChanges,
  type Parameter,
  parameterName,
  type ResourceSpec,
  type Scalar,
  text,
  uuid,
} from '@openvnet/schema'
import type { CommandOption, Positional } from '../command.ts'
import { resourceNamed } from './resources.ts'

/** `--flag` alone means true. */
const bareValue = (kind: Kind<Scalar>): Pick<CommandOption, 'bare'> =>
  kind.name === boolean.name ? { bare: true } : {}

/** The kind of the uuids of a resource. */
export const uuidKind = (resource: ResourceSpec): Kind<string> =>
  resource.prefix === null ? text : uuid(resource.prefix)

/** A row in the path of a command, named by the prefix of its uuid. */
export const positionalOf = (resource: ResourceSpec, arity: Positional['arity']): Positional => ({
  name: (resource.prefix ?? resource.name).toUpperCase(),
  arity,
  kind: uuidKind(resource),
})

/** `--network` beside `--network-uuid`, unless a field has that name. */
const shortName = (parameter: string, resource: ResourceSpec): string[] => {
  const short = parameter.replace(/_uuid$/, '')
  const taken = [...Object.entries(resource.fields), ...Object.entries(resource.parameters ?? {})].some(
    ([name, field]) => !('type' in field && field.type === 'reference') && name === short,
  )
  return short === parameter || taken ? [] : [short]
}

/** `--ipv4-network 10.0.0.0/24` gives `--ipv4-prefix` too. */
const prefixOption = (name: string, { fields }: ResourceSpec): Pick<CommandOption, 'prefix'> => {
  const prefix = name.replace(/_network$/, '_prefix')
  return prefix !== name && prefix in fields ? { prefix } : {}
}

const fromField = (name: string, field: Field, resource: ResourceSpec): CommandOption => {
  const parameter = parameterName(name, field)
  const kind = field.type === 'reference' ? uuidKind(resourceNamed(field.to)) : field.kind
  const fallback = field.type === 'value' && field.default !== undefined ? { default: field.default } : {}
  return {
    name: parameter,
    aliases: [
      ...(field.type === 'reference' ? shortName(parameter, resource) : []),
      ...(field.aliases ?? []),
    ],
    help: field.help,
    kind,
    required: field.required,
    nullable: field.nullable,
    ...prefixOption(name, resource),
    ...bareValue(kind),
    ...fallback,
  }
}

const fromParameter = (name: string, parameter: Parameter, resource: ResourceSpec): CommandOption => ({
  name,
  aliases: [...(parameter.to === undefined ? [] : shortName(name, resource)), ...(parameter.aliases ?? [])],
  help: parameter.help,
  kind: parameter.to === undefined ? parameter.kind : uuidKind(resourceNamed(parameter.to)),
  required: false,
  nullable: true,
  ...bareValue(parameter.kind),
})

const obsoleteOptions = (resource: ResourceSpec): CommandOption[] =>
  Object.entries(resource.obsolete ?? {}).map(([name, reason]) => ({
    name,
    aliases: [],
    help: `No effect: ${reason}.`,
    kind: text,
    required: false,
    bare: true,
    obsolete: reason,
  }))

const fieldOptions = (resource: ResourceSpec): [Field, CommandOption][] =>
  Object.entries(resource.fields)
    .filter(([, { computed }]) => computed !== true)
    .map(([name, field]) => [field, fromField(name, field, resource)])

/** `--label` beside `--labels`, unless a field has that name. */
const labelled = (option: CommandOption, resource: ResourceSpec): CommandOption =>
  option.name !== 'labels' || 'label' in resource.fields || 'label' in (resource.parameters ?? {})
    ? option
    : { ...option, aliases: [...option.aliases, 'label'] }

/** Of `modify`: single labels; those that are not named stay. */
const CHANGE_LABEL: CommandOption = {
  name: 'label',
  aliases: [],
  help: 'A label to set, KEY=VALUE, or to take away, KEY-; may be repeated.',
  kind: labelChanges,
  required: false,
}

const uuidOption = (resource: ResourceSpec): CommandOption[] =>
  resource.prefix === null
    ? []
    : [
        {
          name: 'uuid',
          aliases: [],
          help: 'The uuid; made up when absent.',
          kind: uuidKind(resource),
          required: false,
        },
      ]

/**
 * Options of `add`.
 * @param given names of parameters that are positionals of the command
 */
export const addOptions = (resource: ResourceSpec, given: readonly string[] = []): CommandOption[] => {
  const options = [
    ...uuidOption(resource),
    ...fieldOptions(resource).map(([, option]) => labelled(option, resource)),
    ...Object.entries(resource.parameters ?? {}).map(([name, parameter]) =>
      fromParameter(name, parameter, resource),
    ),
  ].filter(({ name }) => !given.includes(name))
  return [...options, ...obsoleteOptions(resource)]
}

const cannotChange = (resource: ResourceSpec): string =>
  `cannot be changed; delete the ${resource.name.replaceAll('_', ' ')} and add it again`

/** Options of `modify`: what PUT may change; the others are known, so that the refusal can say why. */
export const modifyOptions = (resource: ResourceSpec): CommandOption[] => {
  const changing = (option: CommandOption): CommandOption => {
    const { default: _stored, ...rest } = option
    return { ...rest, required: false }
  }
  const fixed = (option: CommandOption): CommandOption => ({
    ...changing(option),
    refused: cannotChange(resource),
  })
  const mutable = fieldOptions(resource).map(([field, option]) =>
    field.mutable ? changing(option) : fixed(option),
  )
  const parameters = Object.entries(resource.parameters ?? {}).map(([name, parameter]) =>
    fixed(fromParameter(name, parameter, resource)),
  )
  return [
    ...uuidOption(resource).map(fixed),
    ...mutable,
    CHANGE_LABEL,
    ...parameters,
    ...obsoleteOptions(resource),
  ]
}
