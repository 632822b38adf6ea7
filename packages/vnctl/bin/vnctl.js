#!/usr/bin/env node
// The command, as npm links it before anything is built. What was compiled once is kept: it starts twice as fast.
import { enableCompileCache } from 'node:module'

enableCompileCache?.()
await import('../dist/main.js')
