/** `node test/lab/sweep.ts`: removes the namespaces, processes and files of labs whose process is dead. */
import { sweep } from './removal.ts'

for (const run of sweep()) process.stdout.write(`removed ${run}\n`)
