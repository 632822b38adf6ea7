// The npm packages. Whether they are there is seen by comparing package-lock.json with the list that npm keeps of what
// it has installed, so neither an install by hand nor a change of branch confuses it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './node.mjs'
import { ROOT, runQuietly, say } from './run.mjs'

export function ensurePackages() {
  if (isInstalled()) return
  say('installing npm packages')
  // What package-lock.json says, but not by `npm ci`: that fails where the lock file was made with a registry that lacks
  // a package for some other platform. No package of ours needs its install script, and npm 12 would not run it.
  npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'])
}

function isInstalled() {
  const wanted = readJson('package-lock.json').packages
  const installed = readJson('node_modules/.package-lock.json')?.packages ?? {}
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link) return true
    const found = installed[path] ?? readJson(`${path}/package.json`)
    // What is optional may be for other platforms.
    return found === null ? Boolean(entry.optional || entry.devOptional) : found.version === entry.version
  })
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
  } catch {
    return null
  }
}

/** tap has to be put together once for the plugins that .taprc names; npm removes the result with the packages. */
export function ensureTap() {
  const settings = readFileSync(join(ROOT, '.taprc'), 'utf8')
  const mark = join(ROOT, 'node_modules/@tapjs/test/test-built/.openvnet-taprc')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === settings) return
  say('preparing the test runner')
  runQuietly(process.execPath, ['node_modules/tap/dist/esm/run.mjs', 'build'])
  writeFileSync(mark, settings)
}
