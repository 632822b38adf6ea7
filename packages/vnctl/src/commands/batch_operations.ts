/** `vnctl batch --file FILE`: the file as one `POST /batch`. */
import type { Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { presentRaw } from '../output/present.ts'
import { isRow } from '../output/row.ts'
import { write } from '../server/write.ts'
import { readInput, sourceName } from './input_file.ts'

/** Seconds that a long batch may take beyond the usual. */
const PATIENCE = 120

/** JSON, which is read quickly, or YAML. @throws {Failure} that says where it is wrong */
const parse = async (content: string, source: string): Promise<unknown> => {
  try {
    return JSON.parse(content)
  } catch {
    const { parse } = await import('yaml')
    try {
      return parse(content)
    } catch (error) {
      throw new Failure(EXIT.usage, `${source} is neither JSON nor YAML: ${(error as Error).message}`)
    }
  }
}

const listIn = (value: unknown): unknown => (isRow(value) ? value['operations'] : value)

/** The name of what an operation made, changed or deleted. */
const nameOf = (answer: unknown): string => {
  if (Array.isArray(answer)) return answer.join(' ')
  return isRow(answer) ? String(answer['uuid'] ?? '') : ''
}

/** A refusal with the operation, counted as in the file from 0. */
const located = (error: unknown): unknown => {
  if (!(error instanceof Failure) || error.place === null) return error
  const { index, method, path } = error.place
  return new Failure(
    error.exit,
    `operations[${index}] (${method} ${path}): ${error.message}; nothing was stored`,
  )
}

export const runOperations = async (file: string, context: Context): Promise<void> => {
  const source = sourceName(file)
  const operations = listIn(await parse(await readInput(file, context), source))
  if (!Array.isArray(operations)) {
    throw new Failure(
      EXIT.usage,
      `${source} holds no list of operations, each of which has method, path and body`,
    )
  }
  const show = async (value: unknown): Promise<void> => {
    const answers = isRow(value) && Array.isArray(value['answers']) ? value['answers'] : []
    if (context.format === 'json' || context.format === 'yaml') return presentRaw(context, [value])
    if (context.format === 'name') for (const answer of answers) context.print(nameOf(answer))
    else context.print(answers.length === 1 ? '1 operation done' : `${answers.length} operations done`)
  }
  const request = { method: 'POST', path: ['batch'], body: { operations }, patience: PATIENCE } as const
  try {
    await write(context, request, show)
  } catch (error) {
    throw located(error)
  }
}
