/**
 * What each call accepts, derived from the resource's definition: names with their aliases and kinds, what must be
 * there, what is accepted for the sake of old clients and means nothing, what is known but has no place in this call.
 */
import {
  boolean,
  type Field,
  integer,
  isShared,
  type Kind,
  labelChanges,
  labelSelector,
  type Parameter,
  parameterName,
  type ResourceName,
  type ResourceSpec,
  type Scalar,
  uuid,
} from '@openvnet/schema'
import { specOf } from '../store/columns.ts'

export interface Expected {
  readonly name: string
  readonly kind: Kind<Scalar>
  readonly required: boolean
  /** An empty or null value means none. */
  readonly nullable: boolean
  /** What it is for, for people. */
  readonly help: string
}

/** One call's parameters. */
export interface Signature {
  readonly parameters: readonly Expected[]
  /** Other spelling → name. */
  readonly aliases: ReadonlyMap<string, string>
  /** Accepted without effect → why. */
  readonly obsolete: ReadonlyMap<string, string>
  /** Known, but refused here → why. */
  readonly refused: ReadonlyMap<string, string>
}

const NO_TEXT: ReadonlyMap<string, string> = new Map()

export const signature = (parameters: readonly Expected[], rest: Partial<Signature> = {}): Signature => ({
  parameters,
  aliases: NO_TEXT,
  obsolete: NO_TEXT,
  refused: NO_TEXT,
  ...rest,
})

export const optional = (name: string, kind: Kind<Scalar>, help: string): Expected => ({
  name,
  kind,
  required: false,
  nullable: false,
  help,
})

/** The longest time that a call waits for the switches, in seconds. */
export const LONGEST_WAIT = 600

const WAIT = optional(
  'wait',
  integer(0, LONGEST_WAIT),
  'Answer when every connected datapath has the change, or after this many seconds.',
)

const DRY_RUN = optional(
  'dry_run',
  boolean,
  'Do nothing: answer {dry_run, answer, changes}, with what would be answered and what would become of which rows.',
)

/** What goes with every call that writes, in its query string. */
export const EVERY_WRITE: readonly Expected[] = [WAIT, DRY_RUN]

/** The most rows of one answer. */
export const LONGEST_PAGE = 1000

export const PAGE: readonly Expected[] = [
  optional('limit', integer(0, LONGEST_PAGE), 'The most items to return; 30 when absent.'),
  optional('offset', integer(0, Number.MAX_SAFE_INTEGER), 'How many items to skip; 0 when absent.'),
]

/** Of lists of rows: which of them. */
export const LABEL = optional(
  'label',
  labelSelector,
  'Only rows with these labels, e.g. app=web, tier!=front, app or !app.',
)

export const pageSignature = signature(PAGE)
export const listSignature = signature([...PAGE, LABEL])
export const emptySignature = signature([])
export const deleteSignature = signature(EVERY_WRITE)

const uuidOf = (resource: string): Kind<string> => uuid(specOf(resource as ResourceName).prefix ?? '')

const fromField = ([name, field]: [string, Field]): Expected => ({
  name: parameterName(name, field),
  kind: field.type === 'reference' ? uuidOf(field.to) : field.kind,
  required: field.required,
  nullable: field.nullable || isShared(field),
  help: field.help,
})

const fromParameter = ([name, parameter]: [string, Parameter]): Expected => ({
  name,
  kind: parameter.to === undefined ? parameter.kind : uuidOf(parameter.to),
  required: false,
  nullable: true,
  help: parameter.help,
})

const aliasesOf = (spec: ResourceSpec): Map<string, string> => {
  const named: [string, readonly string[] | undefined][] = [
    ...Object.entries(spec.fields).map(([name, field]): [string, readonly string[] | undefined] => [
      parameterName(name, field),
      field.aliases,
    ]),
    ...Object.entries(spec.parameters ?? {}).map(
      ([name, { aliases }]): [string, readonly string[] | undefined] => [name, aliases],
    ),
  ]
  return new Map(named.flatMap(([name, aliases = []]) => aliases.map((alias) => [alias, name] as const)))
}

/** One label is said as `label`, unless that is a field of its own. */
const labelAlias = ({ fields, parameters = {} }: ResourceSpec): [string, string][] =>
  'label' in fields || 'label' in parameters ? [] : [['label', 'labels']]

const CHANGE_LABEL = optional(
  'label',
  labelChanges,
  'Labels to set, e.g. app=web, and to take away, e.g. app-.',
)

const obsoleteOf = (spec: ResourceSpec) => new Map(Object.entries(spec.obsolete ?? {}))

const COMPUTED = 'is set by the server'

const computedOf = (spec: ResourceSpec) =>
  new Map(
    Object.entries(spec.fields)
      .filter(([, { computed }]) => computed === true)
      .map(([name, field]) => [parameterName(name, field), COMPUTED]),
  )

/** @param fixed fields that the path gives. */
export const createSignature = (spec: ResourceSpec, fixed: readonly string[] = []): Signature => {
  const fields = Object.entries(spec.fields).filter(
    ([name, { computed }]) => computed !== true && !fixed.includes(name),
  )
  const own: Expected[] =
    spec.prefix === null
      ? []
      : [
          optional(
            'uuid',
            uuid(spec.prefix),
            `Its uuid; ${spec.prefix}- and 8 random characters when absent.`,
          ),
        ]
  return signature(
    [
      ...own,
      ...fields.map(fromField),
      ...Object.entries(spec.parameters ?? {}).map(fromParameter),
      ...EVERY_WRITE,
    ],
    {
      aliases: new Map([...aliasesOf(spec), ...labelAlias(spec)]),
      obsolete: obsoleteOf(spec),
      refused: computedOf(spec),
    },
  )
}

const FIXED = 'cannot be changed: delete and create it again'

/** @param fixed fields that the path gives. */
export const updateSignature = (spec: ResourceSpec, fixed: readonly string[] = []): Signature => {
  const fields = Object.entries(spec.fields).filter(([name]) => !fixed.includes(name))
  const names = [
    ...fields.filter(([, { mutable }]) => !mutable).map(([name, field]) => parameterName(name, field)),
    'uuid',
  ]
  const parameters = Object.entries(spec.parameters ?? {}).map(
    ([name, { instead }]) =>
      [name, instead === undefined ? FIXED : `cannot be changed here: ${instead}`] as const,
  )
  return signature(
    [
      ...fields
        .filter(([, { mutable }]) => mutable)
        .map((entry) => ({ ...fromField(entry), required: false })),
      CHANGE_LABEL,
      ...EVERY_WRITE,
    ],
    {
      aliases: aliasesOf(spec),
      obsolete: obsoleteOf(spec),
      refused: new Map([...names.map((name) => [name, FIXED] as const), ...parameters, ...computedOf(spec)]),
    },
  )
}
