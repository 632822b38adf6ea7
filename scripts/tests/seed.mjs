/**
 * What tests draw by lot is the same in each run, so that a run fails for what has changed since the last one.
 * `FUZZ_SEED` takes another number, or `random`; each test prints what it needs to be repeated.
 */
import fc from 'fast-check'

const SEED = 20_260_101
const given = process.env['FUZZ_SEED'] ?? `${SEED}`
const seed = given === 'random' ? Math.floor(Math.random() * 2 ** 32) : Number(given)

if (!Number.isInteger(seed))
  throw new Error(`FUZZ_SEED is "${given}": it takes a whole number of 32 bits, or "random"`)

// For what draws without fast-check.
process.env['FUZZ_SEED'] = `${seed >>> 0}`
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seed | 0 })
