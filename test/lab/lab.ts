/**
 * Hosts and guests made of network namespaces and real Open vSwitch. Nothing of it touches the namespace that the
 * tests run in, and nothing stays behind, however the process ends: see `exit.ts` and `removal.ts`.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { atExit } from './exit.ts'
import { Host } from './host.ts'
import { directoryOf, newRun } from './identity.ts'
import { removeRun, sweep } from './removal.ts'

export interface LabOptions {
  /** Name of the run for a lab that may be kept; one that is swept after its process when absent. */
  readonly run?: string
}

export class Lab {
  readonly run: string
  readonly directory: string
  readonly #release: () => void

  constructor({ run = newRun() }: LabOptions) {
    this.run = run
    this.directory = directoryOf(this.run)
    this.#release = atExit(() => removeRun(this.run))
  }

  /** A host with its own Open vSwitch. */
  async host(name = 'host'): Promise<Host> {
    return await Host.start(this.run, name, join(this.directory, name))
  }

  /** It outlives this process from now on; for labs with a name of their own, which are never swept. */
  keep(): void {
    this.#release()
  }

  close(): void {
    removeRun(this.run)
    this.#release()
  }
}

export const createLab = async (options: LabOptions = {}): Promise<Lab> => {
  sweep()
  const lab = new Lab(options)
  await mkdir(lab.directory, { recursive: true })
  return lab
}
