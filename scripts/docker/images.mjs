// The images. Where Docker Hub answers, ours are built on the official ones; where it does not, those are made here, from the packages of the
// distribution and from the Node and npm that run this script. What was made or pulled before is used again.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { NODE_VERSION, nodeBinary, npmCli } from '../setup/node.mjs'
import { say } from '../setup/run.mjs'
import { ensureCommands } from '../setup/system.mjs'
import { attempt, run, Unavailable } from './command.mjs'

const OFFICIAL = {
  BASE_IMAGE: 'debian:bookworm-slim',
  NODE_IMAGE: 'node:24-bookworm-slim',
  REDIS_IMAGE: 'redis:7-bookworm',
}
const MADE = {
  BASE_IMAGE: 'openvnet-base',
  NODE_IMAGE: `openvnet-node:${NODE_VERSION}`,
  REDIS_IMAGE: 'openvnet-redis',
}
/** What lets a build reach the network, where the machine needs it. */
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
const PULL_SECONDS = 120
/** Of a base image that is made here. */
const UNNEEDED = ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale']

const isThere = async (image, signal) => (await attempt(['docker', 'image', 'inspect', image], { signal })).ok

/**
 * Builds what docker-compose.yml runs.
 * @returns {Promise<Record<string, string>>} the images, as its variables
 * @throws {Unavailable} when there is nothing to build on
 */
export async function ensureImages(signal) {
  const foundations = (await areOfficial(signal)) ? OFFICIAL : await make(signal)
  const images = { VNETD_IMAGE: 'openvnet-vnetd:test', HOST_IMAGE: 'openvnet-host:test' }
  const { BASE_IMAGE, NODE_IMAGE } = foundations
  say('building the images of vnetd and of a host')
  await build(images.VNETD_IMAGE, ['-f', 'docker/vnetd/Dockerfile', '.'], { BASE_IMAGE, NODE_IMAGE }, signal)
  await build(images.HOST_IMAGE, ['docker/host'], { BASE_IMAGE }, signal)
  return { ...foundations, ...images }
}

async function areOfficial(signal) {
  if (await isThere(MADE.BASE_IMAGE, signal)) return false
  for (const image of Object.values(OFFICIAL)) {
    if (await isThere(image, signal)) continue
    say(`pulling ${image}`)
    const { ok, output } = await attempt(['docker', 'pull', '-q', image], { seconds: PULL_SECONDS, signal })
    if (ok) continue
    say(`  not reachable: ${output.split('\n').at(-1)}`)
    return false
  }
  return true
}

/** @throws {Unavailable} */
async function make(signal) {
  try {
    const { BASE_IMAGE, NODE_IMAGE, REDIS_IMAGE } = MADE
    if (!(await isThere(BASE_IMAGE, signal))) await makeBase(BASE_IMAGE, signal)
    if (!(await isThere(NODE_IMAGE, signal))) await makeNode(NODE_IMAGE, BASE_IMAGE, signal)
    if (!(await isThere(REDIS_IMAGE, signal))) await makeRedis(REDIS_IMAGE, BASE_IMAGE, signal)
    return MADE
  } catch (error) {
    throw new Unavailable(error.message)
  }
}

async function makeBase(image, signal) {
  if (process.getuid() !== 0)
    throw new Unavailable('no registry is reachable, and only root can make a base image (debootstrap)')
  if (!ensureCommands(['debootstrap']))
    throw new Unavailable('no registry is reachable, and debootstrap is not there')
  const { site, codename, components } = await mirror(signal)
  say(`making a base image of ${codename} with debootstrap`)
  await inDirectory(async (directory) => {
    const root = join(directory, 'root')
    const settings = ['--variant=minbase', `--components=${components}`, '--foreign', codename, root, site]
    await run(['debootstrap', ...settings], { seconds: 600, signal })
    // As the official image has it: what is being made needs no file to be safe on the disk before the next.
    mkdirSync(join(root, 'etc/dpkg/dpkg.cfg.d'), { recursive: true })
    writeFileSync(join(root, 'etc/dpkg/dpkg.cfg.d/unsafe-io'), 'force-unsafe-io\n')
    await run(['chroot', root, '/debootstrap/debootstrap', '--second-stage'], { seconds: 600, signal })
    for (const rest of UNNEEDED) rmSync(join(root, rest), { recursive: true, force: true })
    const tar = spawn('tar', ['-C', root, '--exclude=./dev/*', '-c', '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await run(['docker', 'import', '-', image], { seconds: 300, signal, input: tar.stdout })
  })
}

/** The mirror that apt is configured with. */
async function mirror(signal) {
  const format = '$(ORIGIN) $(COMPONENT) $(CODENAME) $(SITE)'
  const rows = (
    await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'], { signal })
  )
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([origin, , codename = '']) => ['Debian', 'Ubuntu'].includes(origin) && !codename.includes('-'))
  const [, , codename, site] = rows.find(([, component]) => component === 'main') ?? []
  if (!site) throw new Unavailable('no registry is reachable, and apt names no mirror of Debian or Ubuntu')
  // Open vSwitch is in main of both, what it needs of Python and Redis in universe of Ubuntu.
  const components = rows.some(([, component]) => component === 'universe') ? 'main,universe' : 'main'
  return { site, codename, components }
}

/** Builds only; of it nothing but the binary gets into an image of ours. It trusts whom this machine trusts, and asks the registry that npm asks here. */
async function makeNode(image, base, signal) {
  say('making an image with Node and npm')
  const authorities = process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt'
  const registry = (await run(['npm', 'config', 'get', 'registry'], { signal })).split('\n').at(-1)
  await inDirectory(async (directory) => {
    cpSync(nodeBinary(), join(directory, 'node'))
    cpSync(dirname(dirname(npmCli())), join(directory, 'npm'), { recursive: true, dereference: true })
    mkdirSync(join(directory, 'certs'))
    cpSync(authorities, join(directory, 'certs/authorities.pem'))
    const lines = [
      `FROM ${base}`,
      'COPY node /usr/local/bin/',
      'COPY npm /usr/local/lib/node_modules/npm',
      'COPY certs /etc/authorities',
      `ENV NODE_EXTRA_CA_CERTS=/etc/authorities/authorities.pem NPM_CONFIG_CAFILE=/etc/authorities/authorities.pem`,
      `ENV NPM_CONFIG_REGISTRY=${registry}`,
      'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm ping',
    ]
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`)
    await build(image, [directory], {}, signal)
  })
}

async function makeRedis(image, base, signal) {
  say('making an image with Redis')
  const lines = [
    `FROM ${base}`,
    'RUN apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends redis-server \\',
    ' && rm -rf /var/lib/apt/lists/*',
    'USER redis',
  ]
  await inDirectory(async (directory) => {
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`)
    await build(image, [directory], {}, signal)
  })
}

function build(image, where, buildArguments, signal) {
  const values = Object.entries(buildArguments).map(([name, value]) => `${name}=${value}`)
  const proxies = PROXIES.filter((name) => process.env[name])
  const settings = [...values, ...proxies].flatMap((each) => ['--build-arg', each])
  return run(['docker', 'build', '--network=host', '-t', image, ...settings, ...where], {
    seconds: 900,
    signal,
  })
}

async function inDirectory(action) {
  const directory = mkdtempSync(join(tmpdir(), 'openvnet-image-'))
  try {
    return await action(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
