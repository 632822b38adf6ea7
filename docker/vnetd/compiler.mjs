// Writes a package.json of what compiles us and of nothing else, in the versions of package-lock.json: the tests' tools are ten times as much.
import { readFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const names = ['typescript', '@types/node', '@types/better-sqlite3']
const dependencies = Object.fromEntries(names.map((name) => [name, packages[`node_modules/${name}`].version]))
process.stdout.write(JSON.stringify({ private: true, dependencies }))
