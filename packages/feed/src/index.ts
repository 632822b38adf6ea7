export * from './bus.ts'
export * from './change.ts'
export * from './status.ts'
