/** A list that is shown once, or again and again as it changes. */
import type { Context } from '../command.ts'
import { follow } from '../server/follow.ts'

const CLEAR = '\u001b[H\u001b[2J'

/** Before what is shown again: the terminal is cleared for people, programs get one answer after the other. */
const separator = ({ terminal, format }: Context, isFirst: boolean): string => {
  const isForPeople = format === 'table' || format === 'wide'
  if (terminal && isForPeople) return CLEAR
  if (isFirst || format === 'json') return ''
  return format === 'yaml' ? '---\n' : '\n'
}

/**
 * @param show prints through the context that it is given
 * @param every milliseconds after which it is looked at even though nothing was written
 */
export const list = async (
  context: Context,
  watch: boolean,
  show: (context: Context) => Promise<void>,
  every: number | null = null,
): Promise<void> => {
  if (!watch) return show(context)
  let before: string | undefined
  const { client } = context
  const look = async (): Promise<void> => {
    const lines: string[] = []
    const collect = (text: string) => void lines.push(text)
    await show({ ...context, client, print: collect, remark: collect })
    const text = lines.join('\n')
    if (text === before) return
    context.print(separator(context, before === undefined) + text)
    before = text
  }
  await follow(context, look, every)
}
