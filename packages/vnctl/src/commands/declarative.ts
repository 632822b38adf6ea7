/** `vnctl export`, `plan -f FILE`, `apply -f FILE`: what there is, what would change, and making it so in one batch. */
import { boolean, labelSelector, labels, labelTerms, text } from '@openvnet/schema'
import type { Command, CommandOption, Context, OptionValues } from '../command.ts'
import type { Plan } from '../declaration/change.ts'
import { type Declaration, placeText } from '../declaration/declared.ts'
import type { Pruning } from '../declaration/pruning.ts'
import { EXIT, Failure } from '../failure.ts'
import { DELETE_OPTIONS } from '../globals.ts'
import { readModel } from '../model/model.ts'
import { notApplied } from '../server/applied.ts'
import type { Request } from '../server/client.ts'
import { filesIn, readInput, sourceName } from './input_file.ts'

const FILES: CommandOption = {
  name: 'filename',
  aliases: ['f'],
  help: 'The file with what there should be, - for stdin, or a directory of such files; several are taken as one.',
  kind: { ...text, name: 'file', expects: 'a file, or - for stdin' },
  required: true,
  repeats: true,
}

const PRUNE: CommandOption = {
  name: 'prune',
  aliases: [],
  help: 'Removes the rows that the file does not name, of the collections that it has, or with -l by label.',
  kind: boolean,
  required: false,
  bare: true,
}

const SELECTOR: CommandOption = {
  name: 'selector',
  aliases: ['l'],
  help: 'With --prune: removes every row that has these labels and is not in the file, and no other.',
  kind: labelSelector,
  required: false,
}

const SET_LABEL: CommandOption = {
  name: 'label',
  aliases: [],
  help: 'A label KEY=VALUE that all rows of the file get; may be repeated. With --prune alone it is what is pruned by.',
  kind: labels,
  required: false,
}

const EXIT_CODE: CommandOption = {
  name: 'exit_code',
  aliases: [],
  help: `Ends with ${EXIT.differs} when something would change.`,
  kind: boolean,
  required: false,
  bare: true,
}

/** Loaded when it is needed: it brings the parser of YAML along. */
const readFiles = async (options: OptionValues, context: Context): Promise<Declaration> => {
  const { mergeDeclarations, readDeclaration } = await import('../declaration/read.ts')
  const { labelled } = await import('../declaration/labelled.ts')
  const declarations: Declaration[] = []
  for (const file of await filesIn((options.get('filename') as readonly string[]).map(String))) {
    declarations.push(readDeclaration(sourceName(file), await readInput(file, context)))
  }
  const merged = mergeDeclarations(declarations)
  const label = options.get('label')
  return typeof label === 'string' ? labelled(merged, label) : merged
}

const pruning = (options: OptionValues): Pruning => {
  if (options.get('prune') !== true) {
    if (options.has('selector'))
      throw new Failure(EXIT.usage, '--selector chooses what --prune removes; give that too')
    return { kind: 'none' }
  }
  const selector = options.get('selector') ?? options.get('label')
  return typeof selector === 'string'
    ? { kind: 'labelled', terms: labelTerms(selector) }
    : { kind: 'collections' }
}

interface Prepared {
  readonly declaration: Declaration
  readonly plan: Plan
}

const prepare = async (options: OptionValues, context: Context): Promise<Prepared> => {
  const prune = pruning(options)
  const declaration = await readFiles(options, context)
  const { planOf } = await import('../declaration/plan.ts')
  const model = await readModel(context.client)
  return { declaration, plan: planOf({ model, declaration, prune }) }
}

const showPlan = async (context: Context, plan: Plan): Promise<void> => {
  if (context.format === 'json' || context.format === 'yaml') {
    const { presentRaw } = await import('../output/present.ts')
    const changes = plan.changes.map(({ resource, ...change }) => ({ resource: resource.name, ...change }))
    await presentRaw(context, [{ changes, unchanged: plan.unchanged }])
  } else if (context.format === 'name') for (const { key } of plan.changes) context.print(key)
  else if (plan.changes.length > 0) {
    const { planText } = await import('../declaration/show.ts')
    context.print(planText(plan, context.paint))
  }
}

/** How much it is, below what it is. */
const showSummary = async (context: Context, plan: Plan, isDone: boolean): Promise<void> => {
  if (context.format !== 'table' && context.format !== 'wide') return
  const { summaryOf } = await import('../declaration/show.ts')
  context.print(summaryOf(plan, isDone))
}

/** A refusal with the line of the file in place of the number in the batch. */
const located = async (error: unknown, { declaration, plan }: Prepared): Promise<unknown> => {
  if (!(error instanceof Failure) || error.place === null) return error
  const { operationsOf } = await import('../declaration/operations.ts')
  const change = operationsOf(plan)[error.place.index]?.change
  const row = declaration.rows.find(
    ({ resource, key }) => resource === change?.resource && key === change?.key,
  )
  const where =
    row === undefined ? `${error.place.method} ${error.place.path}` : `${placeText(row.place)}: ${row.key}`
  return new Failure(error.exit, `${where}: ${error.message}; nothing was changed`)
}

const confirmLoss = async (context: Context, { changes }: Plan): Promise<void> => {
  const lost = changes.filter(({ kind }) => kind === 'remove' || kind === 'replace')
  if (lost.length === 0 || context.yes) return
  if (context.confirm === null) {
    if (lost.every(({ kind }) => kind === 'replace')) return
    throw new Failure(EXIT.usage, `${lost.length} rows would be deleted and nobody can be asked; say --yes`)
  }
  if (!(await context.confirm(`Delete ${lost.length} rows, those that come back among them?`))) {
    throw new Failure(EXIT.other, 'nothing was changed')
  }
}

const batchOf = async ({ plan }: Prepared): Promise<Request> => {
  const { operationsOf } = await import('../declaration/operations.ts')
  const { batchRequest } = await import('../server/rehearsal.ts')
  return { ...batchRequest(operationsOf(plan).map(({ operation }) => operation)), verbatim: true }
}

/** The server takes it, or says what it would refuse. */
const check = async (context: Context, prepared: Prepared): Promise<void> => {
  if (prepared.plan.changes.length === 0) return
  const { rehearse } = await import('../server/rehearsal.ts')
  await rehearse(context, await batchOf(prepared)).catch(async (error: unknown) => {
    throw await located(error, prepared)
  })
}

/** @returns what is to be said of it at last; that may throw, when not every bridge has it in time */
const send = async (context: Context, prepared: Prepared): Promise<() => void> => {
  const request = await batchOf(prepared)
  const { wait } = context
  const waiting =
    wait === null ? {} : { query: { wait: String(wait) }, patience: (request.patience ?? 0) + wait }
  const answer = await context.client.send({ ...request, ...waiting }).catch(async (error: unknown) => {
    throw await located(error, prepared)
  })
  return () => {
    if (answer.notEnforced !== null) context.remark(`not enforced yet: ${answer.notEnforced}`)
    if (wait !== null && answer.lacking !== null) throw notApplied(answer.revision, wait, answer.lacking)
  }
}

const exportCommand: Command = {
  names: ['export'],
  help: 'Writes all that there is as a file for `vnctl apply`.',
  positionals: [],
  options: [],
  run: async (_input, context) => {
    const { toDeclaration } = await import('../declaration/export.ts')
    const declaration = toDeclaration(await readModel(context.client))
    if (context.format === 'json') return context.print(JSON.stringify(declaration, null, 2))
    const { stringify } = await import('yaml')
    const isEmpty = Object.keys(declaration).length === 0
    context.print(isEmpty ? '{}' : stringify(declaration).trimEnd())
  },
}

const DECLARED = [FILES, PRUNE, SELECTOR, SET_LABEL]

const planCommand: Command = {
  names: ['plan', 'diff'],
  help: 'Shows what `vnctl apply` would add, change and remove, and whether the server would take it; changes nothing.',
  positionals: [],
  options: [...DECLARED, EXIT_CODE],
  run: async ({ options }, context) => {
    const prepared = await prepare(options, context)
    await check(context, prepared)
    await showPlan(context, prepared.plan)
    await showSummary(context, prepared.plan, false)
    if (options.get('exit_code') === true && prepared.plan.changes.length > 0) {
      throw new Failure(EXIT.differs, 'it is not as the file says')
    }
  },
}

const applyCommand: Command = {
  names: ['apply'],
  help:
    'Makes what there is as FILE says, in one batch: all of it or nothing. Rows that it does not name stay as they are; ' +
    'what it does not say of a row that it names is as `add` would make it.',
  positionals: [],
  options: [...DECLARED, ...DELETE_OPTIONS],
  run: async ({ options }, context) => {
    const prepared = await prepare(options, context)
    if (context.dryRun) await check(context, prepared)
    await showPlan(context, prepared.plan)
    if (context.dryRun || prepared.plan.changes.length === 0) {
      return showSummary(context, prepared.plan, false)
    }
    await confirmLoss(context, prepared.plan)
    const told = await send(context, prepared)
    await showSummary(context, prepared.plan, true)
    told()
  },
}

export const declarativeCommands: readonly Command[] = [exportCommand, planCommand, applyCommand]
