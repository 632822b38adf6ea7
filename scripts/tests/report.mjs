// Counts the test points of a TAP stream: what a test asserts, at any depth. A subtest is no point of its own, unless it
// failed although nothing in it did (it ended early, or its process died).

import { Parser } from 'tap-parser'
import { stringify } from 'tap-yaml'

/** @param {(text: string) => void} print prints a line */
export function createReport(print) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  const parser = new Parser()
  watch(parser, { path: [], print, counts: total, onSubtest: (counts) => add(total, counts) })
  return { parser, finish: (status) => finish(total, status, print) }
}

function watch(parser, { path, print, counts }) {
  const subtests = []
  parser.on('child', (child) => {
    const own = { name: child.name, counts: { passed: 0, failed: 0, skipped: 0 } }
    subtests.push(own)
    watch(child, { path: [...path, child.name], print, counts: own.counts })
  })
  parser.on('assert', (result) => {
    const subtest = result.closingTestPoint ? subtests.pop() : undefined
    if (subtest) add(counts, subtest.counts)
    if (!subtest || (!result.ok && subtest.counts.failed === 0)) countPoint(result, { path, print, counts })
    if (path.length === 0) printFile(result, subtest?.counts, print)
  })
}

function countPoint(result, { path, print, counts }) {
  if (result.skip || result.todo) counts.skipped += 1
  else if (result.ok) counts.passed += 1
  else {
    counts.failed += 1
    print(`\nFAILED ${[...path, result.name].join(' > ')}`)
    if (result.diag) print(stringify(result.diag).trimEnd().replace(/^/gm, '    '))
    print('')
  }
}

function printFile(result, counts, print) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 }
  const parts = [
    `${passed} passed`,
    ...(failed ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ]
  const seconds = result.time ? `  ${(result.time / 1000).toFixed(1)} s` : ''
  print(`${result.ok ? 'ok    ' : 'not ok'} ${result.name}  ${parts.join(', ')}${seconds}`)
}

function add(total, { passed, failed, skipped }) {
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}

function finish({ passed, failed, skipped }, status, print) {
  if (passed + failed === 0) print('nothing ran')
  else if (status !== 0 && failed === 0)
    print(`the runner ended with status ${status} although no test failed`)
  print(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return status === 0 && failed === 0 && passed > 0 ? 0 : 1
}
