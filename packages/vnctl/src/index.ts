export { renderReference } from './reference.ts'
export { type Io, run } from './run.ts'
