/** Cleans up however this process ends, `kill -9` excepted: that is what sweeping is for. */

/** The last is how tap ends a test file that takes too long. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGALRM'] as const

const pending = new Set<() => void>()
let listening = false

const cleanAll = (): void => {
  for (const clean of pending) clean()
  pending.clear()
}

const onSignal = (signal: NodeJS.Signals): void => {
  cleanAll()
  process.removeListener(signal, onSignal)
  process.kill(process.pid, signal)
}

/** Uncaught exceptions and rejections end in `exit` too. */
const listen = (): void => {
  if (listening) return
  listening = true
  process.on('exit', cleanAll)
  for (const signal of SIGNALS) process.on(signal, onSignal)
}

/** @returns a function that takes it back */
export const atExit = (clean: () => void): (() => void) => {
  listen()
  pending.add(clean)
  return () => void pending.delete(clean)
}
