/** Runs vnctl: in this process with captured streams, or as the real program. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { run } from '../src/index.ts'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly width?: number
}

async function* once(text: string) {
  yield text
}

/** In this process. */
export const runHere = async (
  argv: readonly string[],
  { env = {}, stdin = '', width }: Surroundings = {},
): Promise<Outcome> => {
  const written = { stdout: '', stderr: '' }
  const code = await run(argv, {
    stdout: (text) => {
      written.stdout += text
    },
    stderr: (text) => {
      written.stderr += text
    },
    stdin: once(stdin),
    env,
    width: width ?? null,
  })
  return { code, ...written }
}

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** As a child process; the environment is exactly `env` and PATH. */
export const runProgram = (
  argv: readonly string[],
  { env = {}, stdin = '' }: Surroundings = {},
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=vnet-source', MAIN, ...argv], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
  })
