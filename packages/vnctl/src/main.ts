#!/usr/bin/env node
/** The program: `run` on the real streams. A reader that goes away (EPIPE) ends the output, not the command. */
import { wantsColor } from './output/paint.ts'
import { run } from './run.ts'

const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
}

process.stdout.on('error', ignoreClosedPipe)
process.stderr.on('error', ignoreClosedPipe)

const ask = async (question: string): Promise<string> => {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // The end of the input answers nothing.
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
  const answer = await Promise.race([lines.question(question), ended])
  lines.close()
  return answer
}

const { stdin, stdout, stderr, env } = process
const stop = new AbortController()
process.once('SIGINT', () => {
  stop.abort()
  // Whatever does not listen to the signal ends all the same.
  setTimeout(() => process.exit(130), 200).unref()
})

process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => void stdout.write(text),
  stderr: (text) => void stderr.write(text),
  stdin,
  env,
  // A terminal that does not know its width says 0.
  width: stdout.isTTY ? stdout.columns || null : null,
  color: wantsColor(env, stdout.isTTY),
  signal: stop.signal,
  ...(stdin.isTTY && stderr.isTTY ? { ask } : {}),
})
