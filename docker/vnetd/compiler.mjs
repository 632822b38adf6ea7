// Writes a package.json of what compiles us and of nothing else, in the versions of package-lock.json: the tests' tools are ten times as much.
import { readFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const workspaces = Object.entries(packages).filter(([path]) => /^(?:schema|packages\/\w+)$/.test(path))
const types = workspaces.flatMap(([, { devDependencies = {} }]) =>
  Object.keys(devDependencies).filter((name) => name.startsWith('@types/')),
)
const names = new Set(['typescript', '@types/node', ...types])
const versionOf = (name) => packages[`node_modules/${name}`].version
process.stdout.write(
  JSON.stringify({
    private: true,
    dependencies: Object.fromEntries([...names].map((name) => [name, versionOf(name)])),
  }),
)
