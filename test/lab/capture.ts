/** What arrives at or leaves an interface, recorded by tcpdump. Ready before it is handed out. */
import { type ChildProcess, spawn } from 'node:child_process'
import { run } from './command.ts'
import type { Namespace } from './namespace.ts'
import { sleep, until } from './wait.ts'

export interface CapturedPacket {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly frame: Uint8Array
}

const FILE_HEADER = 24
const PACKET_HEADER = 16
/** Octets of a packet, and KiB for those that tcpdump has not read yet. */
const LONGEST = '9216'
const BUFFER = '8192'
/** Time that a packet may need from the wire to the file. */
const SETTLE_MS = 60

const parse = (bytes: Buffer): CapturedPacket[] => {
  const packets: CapturedPacket[] = []
  for (let at = FILE_HEADER; at + PACKET_HEADER <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8)
    const end = at + PACKET_HEADER + length
    if (end > bytes.length) break
    const time = bytes.readUInt32LE(at) * 1000 + bytes.readUInt32LE(at + 4) / 1000
    packets.push({ time, frame: Uint8Array.from(bytes.subarray(at + PACKET_HEADER, end)) })
    at = end
  }
  return packets
}

export type Direction = 'in' | 'out' | 'inout'

export class Capture {
  readonly #child: ChildProcess
  readonly #chunks: Buffer[] = []
  #said = ''

  private constructor(namespace: Namespace, device: string, filter: string, direction: Direction) {
    const command = [
      'tcpdump',
      '-i',
      device,
      '-nn',
      '-U',
      '--immediate-mode',
      // Packets wait in slots as large as the longest one: by default there is room for a few only, and others are lost.
      ...['-s', LONGEST, '-B', BUFFER],
      '-Q',
      direction,
      '-w',
      '-',
      filter,
    ]
    const [program, ...args] = [...namespace.prefix, ...command] as [string, ...string[]]
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout!.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString()
    })
  }

  static async start(
    namespace: Namespace,
    device: string,
    filter = '',
    direction: Direction = 'inout',
  ): Promise<Capture> {
    const capture = new Capture(namespace, device, filter, direction)
    await until('tcpdump', () => capture.#said.includes('listening on'), {
      describe: () => capture.#said,
    })
    return capture
  }

  /** What has come so far. */
  get packets(): readonly CapturedPacket[] {
    return parse(Buffer.concat(this.#chunks))
  }

  get frames(): readonly Uint8Array[] {
    return this.packets.map(({ frame }) => frame)
  }

  /** Ends it, and gives all packets. */
  async stop(): Promise<readonly CapturedPacket[]> {
    await sleep(SETTLE_MS)
    const closed = new Promise((resolve) => this.#child.once('close', resolve))
    if (this.#child.exitCode === null) this.#child.kill('SIGINT')
    await closed
    return this.packets
  }

  /** One line for each packet, as tcpdump writes it. */
  async lines(...options: readonly string[]): Promise<string[]> {
    const file = Buffer.concat(this.#chunks)
    if (file.length < FILE_HEADER) return []
    const text = await run(['tcpdump', '-r', '-', '-nn', ...options], { input: file })
    return text.split('\n').filter((line) => line !== '')
  }
}
