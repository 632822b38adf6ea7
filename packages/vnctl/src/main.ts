#!/usr/bin/env node
/** The program: `run` on the real streams. A reader that goes away (EPIPE) ends the output, not the command. */
import { run } from './run.ts'

const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
}

process.stdout.on('error', ignoreClosedPipe)
process.stderr.on('error', ignoreClosedPipe)

process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  stdin: process.stdin,
  env: process.env,
  width: process.stdout.isTTY ? process.stdout.columns : null,
})
