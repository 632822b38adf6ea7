/** Runs programs and waits for them. A program that fails is an exception that shows what it said. */
import { execFile } from 'node:child_process'

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

export interface CommandOptions {
  readonly input?: string | Uint8Array
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Milliseconds after which it is killed; 30 s when absent. */
  readonly timeout?: number
}

export class CommandFailed extends Error {
  readonly result: CommandResult

  constructor(command: readonly string[], result: CommandResult) {
    super(`${command.join(' ')} ended with ${result.code}: ${result.stderr.trim() || result.stdout.trim()}`)
    this.name = 'CommandFailed'
    this.result = result
  }
}

const codeOf = (error: Error | null): number => {
  if (error === null) return 0
  const { code } = error as { code?: unknown }
  return typeof code === 'number' ? code : 255
}

/** Whatever the outcome; a program that cannot be started ends with 255. */
export const attempt = (command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> => {
  const { input, env = process.env, cwd, timeout = 30_000 } = options
  const [program, ...args] = command as [string, ...string[]]
  const settings = { env, timeout, maxBuffer: 2 ** 28, ...(cwd === undefined ? {} : { cwd }) }
  return new Promise((resolve) => {
    const child = execFile(program, args, settings, (error, stdout, stderr) => {
      const code = codeOf(error)
      resolve({ stdout, stderr: code === 255 ? `${stderr}${error?.message}` : stderr, code })
    })
    // A program that ends without reading its input closes the pipe.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input ?? '')
  })
}

/**
 * Standard output of a program that must succeed.
 * @throws {CommandFailed}
 */
export const run = async (command: readonly string[], options: CommandOptions = {}): Promise<string> => {
  const result = await attempt(command, options)
  if (result.code !== 0) throw new CommandFailed(command, result)
  return result.stdout
}
