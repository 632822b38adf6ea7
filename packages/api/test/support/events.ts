/** Reads server-sent events from a real socket. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Event {
  readonly event: string
  readonly id: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every shape
  readonly data: any
}

const parseEvent = (block: string): Event | undefined => {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => /^\w+: /.test(line))
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const),
  )
  const data = fields.get('data')
  if (data === undefined) return undefined
  return { event: fields.get('event') ?? 'message', id: fields.get('id'), data: JSON.parse(data) }
}

export interface EventStream {
  readonly events: Event[]
  /** Everything as it came. */
  text(): string
  /** Waits for the n-th event (from 1). */
  reach(count: number): Promise<Event>
  /** Settles when the server ended the stream. */
  readonly ended: Promise<void>
  leave(): void
}

export const openEvents = async (url: string, headers: Record<string, string> = {}): Promise<EventStream> => {
  const left = new AbortController()
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: left.signal,
  })
  if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`)
  const events: Event[] = []
  let text = ''
  let parsed = 0
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      for (let end = text.indexOf('\n\n', parsed); end !== -1; end = text.indexOf('\n\n', parsed)) {
        const event = parseEvent(text.slice(parsed, end))
        if (event !== undefined) events.push(event)
        parsed = end + 2
      }
    }
  }
  const ended = read(response.body).catch((error: unknown) => {
    if (!left.signal.aborted) throw error
  })
  return {
    events,
    text: () => text,
    ended,
    leave: () => left.abort(),
    reach: async (count) => {
      for (let attempt = 0; events.length < count && attempt < 500; attempt += 1) await sleep(10)
      const event = events[count - 1]
      if (event === undefined) throw new Error(`only ${events.length} of ${count} events: ${text}`)
      return event
    },
  }
}
