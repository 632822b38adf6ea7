#!/usr/bin/env -S node --max-semi-space-size=4 --no-allocation-site-pretenuring
// The command, as npm links it before anything is built. The option: decision record 10.
import '../dist/main.js'
