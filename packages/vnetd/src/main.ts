#!/usr/bin/env node
/**
 * vnetd. Exit status: 0 stopped, 1 it could not start or go on, 2 wrong options. Ctrl-C or SIGTERM stops it within two
 * seconds; a second one ends it at once. SIGHUP reads tokens and certificates again, unless a terminal sent it that is gone.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { UnusableFile } from '@openvnet/api'
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { banner } from './banner.ts'
import { StartError } from './listen-error.ts'
import { createLog } from './log.ts'
import { type Invocation, readInvocation, type VnetdOptions } from './options/options.ts'
import { UsageError } from './options/usage-error.ts'
import { type Running, start } from './start.ts'
import { runTokenCommand } from './token/command.ts'

const GRACE_MS = 2_000
/** A terminal's Ctrl-C may arrive twice, from it and from a parent that passes it on. */
const SAME_KEYSTROKE_MS = 300

/** Asked at the start: when its window is closed it is none any more. */
const IS_ON_TERMINAL = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** What `pidof`, `ss` and `top` show; node calls itself MainThread. Its title would hide the command line. */
function nameProcess(): void {
  try {
    writeFileSync('/proc/self/comm', 'vnetd')
  } catch {
    // Not Linux: it keeps its name.
  }
}

async function main(): Promise<void> {
  const [word, ...rest] = process.argv.slice(2)
  if (word === 'token') return token(rest)
  nameProcess()
  const invocation = invoked()
  if (invocation.kind === 'print') return say(invocation.text)
  const { options } = invocation
  const log = createLog({ level: options.logLevel, file: options.logFile })
  const starting = start(options, log)
  stopWhenAsked(starting, log)
  await announce(starting, options, log)
}

function token(argv: readonly string[]): void {
  const note = (text: string): void => void process.stderr.write(`${text}\n`)
  try {
    runTokenCommand(argv, { stdout: say, stderr: note })
  } catch (error) {
    if (error instanceof UsageError) fail(`${error.message} (vnetd token --help shows what there is)`, 2)
    if (error instanceof UnusableFile) fail(error.message, 1)
    throw error
  }
}

function invoked(): Invocation {
  try {
    return readInvocation({ argv: process.argv.slice(2), env: process.env, version })
  } catch (error) {
    if (error instanceof UsageError) fail(`${error.message} (vnetd --help shows all options)`, 2)
    throw error
  }
}

async function announce(starting: Promise<Running>, options: VnetdOptions, log: Logger): Promise<void> {
  try {
    say(banner(options, await starting, version))
  } catch (error) {
    if (!(error instanceof StartError)) log.fatal({ err: error }, 'vnetd cannot start')
    fail(error instanceof Error ? error.message : String(error), 1)
  }
}

function fail(message: string, status: number): never {
  process.stderr.write(`vnetd: ${message}\n`)
  process.exit(status)
}

function stopWhenAsked(starting: Promise<Running>, log: Logger): void {
  const grace = closeWithGrace(
    {
      delay: GRACE_MS,
      logger: { error: (error) => log.error({ err: error }, 'vnetd failed while stopping') },
      // Signals are handled below; the rest of the list would turn a crash into a stop.
      skip: [
        'SIGHUP',
        'SIGINT',
        'SIGQUIT',
        'SIGILL',
        'SIGTRAP',
        'SIGABRT',
        'SIGBUS',
        'SIGFPE',
        'SIGSEGV',
        'SIGUSR2',
        'SIGTERM',
        'beforeExit',
      ],
    },
    async ({ err }) => {
      if (err) log.fatal({ err }, 'vnetd cannot go on')
      await (await starting).close()
      log.info('stopped')
    },
  )
  let stopping = 0
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping === 0) {
      log.info({ signal }, 'stopping')
      stopping = Date.now()
      grace.close()
    } else if (Date.now() - stopping > SAME_KEYSTROKE_MS) process.exit(1)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  process.on('SIGHUP', () => (IS_ON_TERMINAL ? stop('SIGHUP') : void reload(starting, log)))
}

async function reload(starting: Promise<Running>, log: Logger): Promise<void> {
  log.info('SIGHUP: reading tokens and certificates again')
  await starting.then(
    (running) => running.reload(),
    () => undefined,
  )
}

await main()
