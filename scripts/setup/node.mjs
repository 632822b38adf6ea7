// The Node that the project runs on. Where the one that started the script is too old, Node 24 is installed through
// npm into .toolchain/ and the script starts again on it.
//
// The npm package `node` is a shell: an install script of it fetches `node-<platform>-<arch>`, which holds the binary.
// npm 12 does not run install scripts of dependencies, so that package is asked for directly. Its bin/ has node alone;
// npm stays the one that is there, and runs on the new Node because it comes first in PATH.
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { ROOT, runInPlace, runQuietly, SetupError, say } from './run.mjs'

const MINIMUM = [22, 19]
export const NODE_VERSION = '24.21.0'
const TOOLCHAIN = join(ROOT, '.toolchain')

/**
 * Sees to it that the rest of the script, and whatever it starts, runs on a Node that is new enough.
 * @returns the exit status of the script when it was run again on another Node; `null` when this one will do.
 */
export async function ensureNode() {
  if (isNewEnough(process.versions.node)) {
    putFirstInPath(dirname(process.execPath))
    return null
  }
  const node = installNode()
  putFirstInPath(dirname(node))
  return runInPlace(node, [...process.execArgv, ...process.argv.slice(1)], { cwd: process.cwd() })
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])
}

function putFirstInPath(directory) {
  process.env.PATH = [directory, process.env.PATH].join(delimiter)
}

/** The Node of the npm package, for other places than this machine: it needs no library that Debian lacks. */
export const nodeBinary = () => installNode()

function installNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const node = join(
    TOOLCHAIN,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (isVersion(node)) return node
  say(
    isNewEnough(process.versions.node)
      ? `installing Node ${NODE_VERSION} into .toolchain/`
      : `Node ${process.versions.node} is older than ${MINIMUM.join('.')}: installing Node ${NODE_VERSION} into .toolchain/`,
  )
  mkdirSync(TOOLCHAIN, { recursive: true })
  try {
    npm(
      ['install', '--prefix', TOOLCHAIN, '--no-save', '--no-package-lock', `${name}@${NODE_VERSION}`],
      TOOLCHAIN,
    )
  } catch (error) {
    throw new SetupError(
      `${error.message}\nInstall Node ${MINIMUM.join('.')} or newer by hand: https://nodejs.org`,
    )
  }
  if (isVersion(node)) return node
  throw new SetupError(
    `${node} does not run here. Install Node ${MINIMUM.join('.')} or newer by hand: https://nodejs.org`,
  )
}

function isVersion(node) {
  if (!existsSync(node)) return false
  try {
    runQuietly(node, ['-e', `process.exit(process.versions.node === '${NODE_VERSION}' ? 0 : 1)`])
    return true
  } catch {
    return false
  }
}

/** The file that is npm: of the one that started us, else of the one in PATH. */
export function npmCli() {
  const cli = process.env.npm_execpath
  if (cli?.endsWith('npm-cli.js')) return realpathSync(cli)
  const directories = (process.env.PATH ?? '').split(delimiter)
  const npm = directories.map((directory) => join(directory, 'npm')).find((file) => existsSync(file))
  if (npm === undefined) throw new SetupError('npm is not in PATH')
  return realpathSync(npm)
}

/** Runs the npm that started us, else the one in PATH. */
export function npm(args, cwd = ROOT) {
  const cli = process.env.npm_execpath
  if (cli?.endsWith('npm-cli.js')) runQuietly(process.execPath, [cli, ...args], { cwd })
  else runQuietly(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd })
}
