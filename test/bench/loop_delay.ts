/**
 * Loaded into vnetd (`--import`): watches how long its event loop is held up, and tells its parent when asked.
 * The histogram is that of the main thread; other threads hold up nobody.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

/** Milliseconds, and MiB. */
export interface LoopReport {
  readonly max: number
  readonly p99: number
  readonly rss: number
}

const RESOLUTION = 1

if (isMainThread && process.send !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  process.on('message', () => {
    const report: LoopReport = {
      max: delay.max / 1e6,
      p99: delay.percentile(99) / 1e6,
      rss: process.memoryUsage.rss() / 2 ** 20,
    }
    delay.reset()
    process.send?.(report)
  })
  // Whoever asks is not a reason to live on.
  process.channel?.unref()
}
