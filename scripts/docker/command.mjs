// Programs of the Docker tests: each with a time limit, as an engine or a network that hangs must not stop all else. Nothing is said unless it fails.
import { spawn } from 'node:child_process'
import { ROOT } from '../setup/run.mjs'

/** Why the tests in containers cannot run here: what is missing, and no fault of ours. */
export class Unavailable extends Error {}

const OUTPUT_KEPT = 4000

/**
 * @param {readonly string[]} command
 * @param {{ seconds?: number, signal?: AbortSignal, env?: NodeJS.ProcessEnv, input?: import('node:stream').Readable }} [options] 30 s when absent
 * @returns {Promise<{ ok: boolean, output: string }>} both streams, the end of them
 */
export function attempt(command, { seconds = 30, signal, env = process.env, input } = {}) {
  return new Promise((resolve) => {
    let output = ''
    const limit = AbortSignal.timeout(seconds * 1000)
    const child = spawn(command[0], command.slice(1), {
      cwd: ROOT,
      env,
      stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      signal: signal ? AbortSignal.any([limit, signal]) : limit,
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-OUTPUT_KEPT)
      })
    input?.pipe(child.stdin)
    // What ends early does not read the rest.
    child.stdin?.on('error', () => {})
    child.on('error', (error) => {
      output += limit.aborted ? `not within ${seconds} s` : error.message
    })
    child.on('close', (status) => resolve({ ok: status === 0, output: output.trim() }))
  })
}

/** @returns {Promise<string>} what it said @throws {Error} when it fails */
export async function run(command, options) {
  const { ok, output } = await attempt(command, options)
  if (ok) return output
  throw new Error(`${command.join(' ')}: ${output}`)
}
