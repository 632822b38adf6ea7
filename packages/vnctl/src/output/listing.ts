/** A list that is shown once, or again and again as it changes. */
import type { Context } from '../command.ts'
import { follow } from '../server/follow.ts'

const CLEAR = '\u001b[H\u001b[2J'

/** @param show prints through the context that it is given */
export const list = async (
  context: Context,
  watch: boolean,
  show: (context: Context) => Promise<void>,
): Promise<void> => {
  if (!watch) return show(context)
  let before: string | undefined
  const { client } = context
  await follow(context, async () => {
    const lines: string[] = []
    const collect = (text: string) => void lines.push(text)
    await show({ ...context, client, print: collect, remark: collect })
    const text = lines.join('\n')
    if (text === before) return
    if (context.terminal) context.print(CLEAR + text)
    else context.print(before === undefined ? text : `\n${text}`)
    before = text
  })
}
