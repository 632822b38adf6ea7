/**
 * The vectors: bytes of real programs, or written by hand from the specification, with what they mean. Each entry is
 *
 *     == title
 *     -- where the bytes are from: `captured: …` or `by hand…`, never our own encoder
 *     04 0e 00 38   ; annotation         (`00 * 256` for a run of one byte)
 *     => the message as a literal
 *     | its text, as formatMessage and ovs-ofctl ofp-print give it
 *     ovs| the text of ovs-ofctl, where it is another
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Message } from '@openvnet/openflow'

export interface Vector {
  readonly file: string
  readonly title: string
  readonly origin: string
  readonly bytes: Uint8Array
  readonly message: Message
  readonly text: string
  readonly theirText: string
}

const directory = join(import.meta.dirname, 'vectors')

/** Names of the files, one for each family of messages. */
export const vectorFiles: readonly string[] = readdirSync(directory)

export function readVectors(file: string): Vector[] {
  const entries = readFileSync(join(directory, file), 'utf8').split('\n== ').slice(1)
  return entries.map((entry) => readVector(file, entry.split('\n')))
}

function readVector(file: string, lines: readonly string[]): Vector {
  const object = lines.findIndex((line) => line.startsWith('=> '))
  const text = lines.findIndex((line) => line.startsWith('| '))
  const ours = stripped(lines, '| ')
  const theirs = stripped(lines, 'ovs| ')
  return {
    file,
    title: lines[0] as string,
    origin: (lines[1] as string).slice('-- '.length),
    bytes: Uint8Array.from(lines.slice(2, object).flatMap(readBytes)),
    message: evaluate(lines.slice(object, text).join('\n').slice(3)),
    text: ours,
    theirText: theirs === '' ? ours : theirs,
  }
}

const stripped = (lines: readonly string[], prefix: string): string =>
  lines
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length))
    .join('\n')

function readBytes(line: string): number[] {
  const bytes = (line.split(';')[0] as string).trim()
  const run = /^([0-9a-f]{2}) \* ([0-9]+)$/.exec(bytes)
  if (run !== null) return new Array<number>(Number(run[2])).fill(Number.parseInt(run[1] as string, 16))
  return bytes.split(' ').map((byte) => Number.parseInt(byte, 16))
}

function evaluate(literal: string): Message {
  const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
  return new Function('hex', `return (${literal})`)(hex)
}
