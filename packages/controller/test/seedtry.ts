import { Coverage } from './history_coverage.ts'
import { runHistory } from './history_run.ts'
import { Random } from './random.ts'
for (let seed = Number(process.argv[2]); seed < Number(process.argv[2]) + 8; seed += 1) {
  const coverage = new Coverage()
  const random = new Random(seed)
  let events = 0
  while (events < 1500) await runHistory({ features: coverage.features, seed: random.next(), length: 150 }, () => { events += 1 })
  console.log(seed, coverage.unreached)
  if (coverage.unreached.length === 0) break
}
