// Runs tap and tells of it as it goes: a line per test file, what failed in full, and the
// count at the end. The whole TAP stream is left in .tap/results.tap.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../setup/run.mjs'
import { createReport } from './report.mjs'

/**
 * @param {readonly string[]} args files, and options of tap; none: all tests
 * @param {() => void} [beforeCount] says what belongs right before the last line
 * @returns {Promise<number>} exit status: 0 when something ran and nothing failed
 */
export async function runTests(args, beforeCount = () => {}) {
  mkdirSync(join(ROOT, '.tap'), { recursive: true })
  const tap = ['node_modules/tap/dist/esm/run.mjs', '--reporter=tap', ...args]
  const child = spawn(process.execPath, tap, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  passSignalsToGroup(child)
  const report = createReport((text) => void process.stdout.write(`${text}\n`))
  child.stdout.pipe(createWriteStream(join(ROOT, '.tap/results.tap')))
  child.stdout.pipe(report.parser)
  const status = await new Promise((resolve) => child.once('close', resolve))
  beforeCount()
  return report.finish(status)
}

/** Also to the processes of the tests, which clean up then: tap ends without passing anything on. */
function passSignalsToGroup(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      try {
        process.kill(-child.pid, signal)
      } catch {
        // They have ended.
      }
    })
}
