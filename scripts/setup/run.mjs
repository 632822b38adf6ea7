// Running programs for the set-up: quietly, their output shown only when they fail.
// Everything in scripts/ has to run on Node 16 with nothing installed: plain JavaScript, no dependency.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** An end of the set-up that the user has to know of; the message is all there is to say. */
export class SetupError extends Error {}

export const say = (text) => void process.stderr.write(`${text}\n`)

/** @returns whether the program ran and ended with 0. */
export function succeeds(command, args) {
  return spawnSync(command, args, { cwd: ROOT, stdio: 'ignore' }).status === 0
}

/** Runs a program to its end. @throws {SetupError} with its output when it fails. */
export function runQuietly(command, args, { cwd = ROOT, env = process.env } = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 2 ** 20,
  })
  if (status === 0) return
  const reason = error ? error.message : `ended with status ${status}`
  throw new SetupError(`${[command, ...args].join(' ')}: ${reason}\n${stdout ?? ''}${stderr ?? ''}`.trimEnd())
}

/**
 * Runs a program in place of this one: same terminal, same signals.
 * @returns its exit status, 128 + n where signal n ended it.
 */
export function runInPlace(command, args, options = {}) {
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options })
  passSignals(child)
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new SetupError(`${command}: ${error.message}`)))
    child.once('exit', (status, signal) => resolve(status ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0)))
  })
}

/** Passes signals on to a child that is to end as we would. */
function passSignals(child) {
  // A terminal's Ctrl-C reaches the child by itself; anything else has to be passed on.
  const pass = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass)
}

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

/** Ends the process with what `main` returns; a SetupError is told without a stack. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
