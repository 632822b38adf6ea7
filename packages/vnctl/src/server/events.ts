/** Server-sent events (HTML standard §9.2) out of text in pieces. */

export interface Event {
  readonly name: string
  /** JSON, parsed. */
  readonly data: unknown
}

const eventOf = (block: string): Event | null => {
  const fields = block.split('\n').map((line) => /^(event|data): ?(.*)$/.exec(line))
  const value = (name: string): string[] =>
    fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []))
  const data = value('data')
  return data.length === 0
    ? null
    : { name: value('event')[0] ?? 'message', data: JSON.parse(data.join('\n')) }
}

/** @throws SyntaxError when data is no JSON */
export async function* eventsOf(pieces: AsyncIterable<string>): AsyncGenerator<Event> {
  let rest = ''
  for await (const piece of pieces) {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = eventOf(block)
      if (event !== null) yield event
    }
  }
}
