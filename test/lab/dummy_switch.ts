/**
 * A real ovs-vswitchd whose ports exist in memory only: frames go in by command and come out in files. Needs no
 * namespace and no time, and gives exactly the bytes that the switch would send.
 */

import { mkdirSync, readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { atExit } from './exit.ts'
import { directoryOf, newRun } from './identity.ts'
import { OpenVSwitch } from './open_vswitch.ts'
import { removeRun, sweep } from './removal.ts'

const PCAP_HEADER = 24
const PCAP_PACKET_HEADER = 16

/** Frames of a pcap file of this machine's byte order, from a place in the file on. */
export const readFrames = (bytes: Buffer, from: number): Uint8Array[] => {
  const frames: Uint8Array[] = []
  for (let at = Math.max(from, PCAP_HEADER); at + PCAP_PACKET_HEADER <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8)
    frames.push(Uint8Array.from(bytes.subarray(at + PCAP_PACKET_HEADER, at + PCAP_PACKET_HEADER + length)))
    at += PCAP_PACKET_HEADER + length
  }
  return frames
}

/** One command to a daemon's control socket: the JSON-RPC that `ovs-appctl` speaks. */
const control = (socketPath: string, method: string, params: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(socketPath)
    let text = ''
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      text += chunk.toString()
      if (!text.trimEnd().endsWith('}')) return
      const { result, error } = JSON.parse(text) as { result: string | null; error: string | null }
      socket.destroy()
      if (error === null) resolve(result ?? '')
      else reject(new Error(`${method}: ${error}`))
    })
    socket.end(JSON.stringify({ id: 0, method, params }))
  })

export class DummySwitch {
  readonly ovs: OpenVSwitch
  readonly #ports: readonly number[]
  readonly #release: () => void
  readonly #run: string
  readonly #seen = new Map<number, number>()

  constructor(ports: readonly number[]) {
    sweep()
    const run = newRun()
    this.#run = run
    this.#ports = ports
    mkdirSync(directoryOf(run))
    this.#release = atExit(() => removeRun(run))
    this.ovs = new OpenVSwitch({ directory: join(directoryOf(run), 'ovs'), dummy: true })
  }

  async start(): Promise<void> {
    await this.ovs.start()
    const ports = this.#ports.flatMap((port) => [
      ...['--', 'add-port', 'br0', `p${port}`],
      ...['--', 'set', 'Interface', `p${port}`, 'type=dummy', `ofport_request=${port}`],
      `options:tx_pcap=${this.#file(port)}`,
    ])
    const bridge = ['datapath_type=dummy', 'fail_mode=secure', 'protocols=OpenFlow13']
    await this.ovs.vsctl('add-br', 'br0', '--', 'set', 'Bridge', 'br0', ...bridge, ...ports)
  }

  /** What comes out of each port when the frame goes in at one. */
  async inject(port: number, frame: Uint8Array): Promise<{ port: number; frame: Uint8Array }[]> {
    await control(this.ovs.controlSocket, 'netdev-dummy/receive', [
      `p${port}`,
      Buffer.from(frame).toString('hex'),
    ])
    // The switch works on it in its main loop, before it answers the next command but one.
    await control(this.ovs.controlSocket, 'version', [])
    await control(this.ovs.controlSocket, 'version', [])
    return this.#ports.flatMap((out) => this.#takeNew(out).map((sent) => ({ port: out, frame: sent })))
  }

  /** Translates a packet without sending it: the text of `ofproto/trace`. */
  trace(port: number, frame: Uint8Array): Promise<string> {
    return control(this.ovs.controlSocket, 'ofproto/trace', [
      'br0',
      `in_port=${port}`,
      Buffer.from(frame).toString('hex'),
    ])
  }

  async close(): Promise<void> {
    await this.ovs.stop()
    removeRun(this.#run)
    this.#release()
  }

  #file(port: number): string {
    return join(this.ovs.directory, `p${port}.pcap`)
  }

  #takeNew(port: number): Uint8Array[] {
    const bytes = readFileSync(this.#file(port))
    const from = this.#seen.get(port) ?? 0
    this.#seen.set(port, bytes.length)
    return readFrames(bytes, from)
  }
}
