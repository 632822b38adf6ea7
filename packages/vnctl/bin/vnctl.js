#!/usr/bin/env node
// The command, as npm links it before anything is built.
import '../dist/main.js'
