/** `vnctl export`, `plan -f FILE`, `apply -f FILE`: what there is, what would change, and making it so in one batch. */
import { readFile } from 'node:fs/promises'
import { boolean, text } from '@openvnet/schema'
import type { Command, CommandOption, Context, OptionValues } from '../command.ts'
import type { Plan } from '../declaration/change.ts'
import { type Declaration, placeText } from '../declaration/declared.ts'
import { EXIT, Failure } from '../failure.ts'
import { DELETE_OPTIONS } from '../globals.ts'
import { readModel } from '../model/model.ts'
import { notApplied } from '../server/applied.ts'
import { readAll } from '../stdin.ts'

const FILES: CommandOption = {
  name: 'filename',
  aliases: ['f'],
  help: 'The file with what there should be, - for stdin; several are taken as one.',
  kind: { ...text, name: 'file', expects: 'a file, or - for stdin' },
  required: true,
  repeats: true,
}

const PRUNE: CommandOption = {
  name: 'prune',
  aliases: [],
  help: 'Removes the rows that the file does not name, of the collections that it has.',
  kind: boolean,
  required: false,
  bare: true,
}

const readOne = async (file: string, context: Context): Promise<string> => {
  if (file === '-') return readAll(context.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(EXIT.other, `cannot read ${file}: ${(error as Error).message}`)
  }
}

/** Loaded when it is needed: it brings the parser of YAML along. */
const readFiles = async (options: OptionValues, context: Context): Promise<Declaration> => {
  const { mergeDeclarations, readDeclaration } = await import('../declaration/read.ts')
  const files = (options.get('filename') as readonly string[]).map(String)
  const declarations: Declaration[] = []
  for (const file of files) {
    const content = await readOne(file, context)
    declarations.push(readDeclaration(file === '-' ? 'stdin' : file, content))
  }
  return mergeDeclarations(declarations)
}

interface Prepared {
  readonly declaration: Declaration
  readonly plan: Plan
}

const prepare = async (options: OptionValues, context: Context): Promise<Prepared> => {
  const declaration = await readFiles(options, context)
  const { planOf } = await import('../declaration/plan.ts')
  const model = await readModel(context.client)
  return { declaration, plan: planOf({ model, declaration, prune: options.get('prune') === true }) }
}

const showPlan = async (context: Context, plan: Plan): Promise<void> => {
  const { planText } = await import('../declaration/show.ts')
  if (context.format === 'json' || context.format === 'yaml') {
    const { presentRaw } = await import('../output/present.ts')
    const changes = plan.changes.map(({ resource, ...change }) => ({ resource: resource.name, ...change }))
    await presentRaw(context, [{ changes, unchanged: plan.unchanged }])
  } else if (context.format === 'name') for (const { key } of plan.changes) context.print(key)
  else context.print(planText(plan, context.paint))
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

const send = async (context: Context, prepared: Prepared): Promise<void> => {
  const { operationsOf } = await import('../declaration/operations.ts')
  const operations = operationsOf(prepared.plan).map(({ operation }) => operation)
  const { wait } = context
  const waiting = wait === null ? {} : { query: { wait: String(wait) }, patience: wait }
  const request = {
    method: 'POST',
    path: ['batch'],
    body: { operations },
    verbatim: true,
    ...waiting,
  } as const
  const answer = await context.client.send(request).catch(async (error: unknown) => {
    throw await located(error, prepared)
  })
  if (answer.notEnforced !== null) context.remark(`not enforced yet: ${answer.notEnforced}`)
  if (wait !== null && answer.lacking !== null) throw notApplied(answer.revision, wait, answer.lacking)
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

const planCommand: Command = {
  names: ['plan'],
  help: 'Shows what `vnctl apply` would add, change and remove; changes nothing.',
  positionals: [],
  options: [FILES, PRUNE],
  run: async ({ options }, context) => showPlan(context, (await prepare(options, context)).plan),
}

const applyCommand: Command = {
  names: ['apply'],
  help: 'Makes what there is as FILE says, in one batch: all of it or nothing. What the file does not say stays as it is.',
  positionals: [],
  options: [FILES, PRUNE, ...DELETE_OPTIONS],
  run: async ({ options }, context) => {
    const prepared = await prepare(options, context)
    await showPlan(context, prepared.plan)
    if (context.dryRun || prepared.plan.changes.length === 0) return
    await confirmLoss(context, prepared.plan)
    await send(context, prepared)
  },
}

export const declarativeCommands: readonly Command[] = [exportCommand, planCommand, applyCommand]
