/** Fetches the programs to compare with, where they are missing: scripts/bench.mjs runs it while there is a network. */
import { fetchMissing, OVN, TESTCONTROLLER } from './programs.ts'

for (const wanted of process.argv.includes('--ovn') ? [TESTCONTROLLER, OVN] : [TESTCONTROLLER]) {
  const reason = await fetchMissing(wanted)
  if (reason !== undefined) process.stderr.write(`without ${wanted.packages.join(', ')}: ${reason}\n`)
}
