// Programs of the operating system. On Debian and Ubuntu, as root or with sudo that asks for no password, what is
// missing is installed; elsewhere it is said what to install. What is there already, or runs already, stays as it is.
import { accessSync, chmodSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { runQuietly, SetupError, say, succeeds } from './run.mjs'

/** Command → package, by family of distributions. */
const PACKAGES = {
  'ovs-vsctl': { debian: 'openvswitch-switch', fedora: 'openvswitch' },
  'ovs-vswitchd': { debian: 'openvswitch-switch', fedora: 'openvswitch' },
  ip: { debian: 'iproute2', fedora: 'iproute' },
  ping: { debian: 'iputils-ping', fedora: 'iputils' },
  ethtool: { debian: 'ethtool', fedora: 'ethtool' },
  ps: { debian: 'procps', fedora: 'procps-ng' },
  'redis-server': { debian: 'redis-server', fedora: 'redis' },
  dig: { debian: 'bind9-dnsutils', fedora: 'bind-utils' },
  rdisc6: { debian: 'ndisc6', fedora: 'ndisc6' },
  dnsmasq: { debian: 'dnsmasq-base', fedora: 'dnsmasq' },
  udhcpc: { debian: 'udhcpc', fedora: 'busybox' },
  dhclient: { debian: 'isc-dhcp-client', fedora: 'dhcp-client' },
  traceroute: { debian: 'traceroute', fedora: 'traceroute' },
  tcpdump: { debian: 'tcpdump', fedora: 'tcpdump' },
  zsh: { debian: 'zsh', fedora: 'zsh' },
  fish: { debian: 'fish', fedora: 'fish' },
  docker: { debian: 'docker.io', fedora: 'docker-cli' },
  dockerd: { debian: 'docker.io', fedora: 'moby-engine' },
  'docker-compose': { debian: 'docker-compose', fedora: 'docker-compose' },
  debootstrap: { debian: 'debootstrap', fedora: 'debootstrap' },
}

export const SWITCH = ['ovs-vsctl', 'ovs-vswitchd']
export const LAB = [...SWITCH, 'ip', 'ping', 'ethtool', 'ps', 'tcpdump']
export const TESTS = [...LAB, 'traceroute', 'dig', 'rdisc6', 'udhcpc', 'dhclient', 'dnsmasq', 'redis-server']
/** Their completion is tested in them; who cannot have them can do without. */
export const SHELLS = ['zsh', 'fish']

/** @returns whether all commands are there now; when not, what to do has been said. */
export function ensureCommands(commands) {
  const missing = commands.filter((command) => !isThere(command))
  if (missing.length === 0) return true
  const packages = packagesFor(missing, 'debian')
  const asRoot = rootPrefix()
  if (!existsSync('/usr/bin/apt-get') || asRoot === null) return explain(missing)
  say(`installing ${packages.join(' ')}`)
  try {
    install(asRoot, packages)
  } catch (error) {
    // A daemon that does not start fails its package, though the programs are there: that is all that is needed.
    if (!(error instanceof SetupError) || !commands.every(isThere)) say(error.message)
  }
  const still = commands.filter((command) => !isThere(command))
  return still.length === 0 || explain(still)
}

const packagesFor = (commands, family) => [...new Set(commands.map((command) => PACKAGES[command][family]))]

function isThere(command) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin']
  return directories.some((directory) => isExecutable(join(directory, command)))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Words that make a command run as root; `null` where that takes a password. */
function rootPrefix() {
  if (process.getuid?.() === 0) return []
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : null
}

function install(asRoot, packages) {
  const root = (...command) =>
    runQuietly(asRoot[0] ?? command[0], [
      ...asRoot.slice(1),
      ...(asRoot.length > 0 ? command : command.slice(1)),
    ])
  const apt = [
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'NEEDRESTART_MODE=l',
    'apt-get',
    '-q',
    '-y',
    '-o',
    'DPkg::Lock::Timeout=120',
  ]
  withoutNewDaemons(root, () => {
    // A third-party list that cannot be fetched is no reason to stop: the install says what is missing.
    try {
      root(...apt, 'update')
    } catch (error) {
      say(error.message)
    }
    root(...apt, 'install', '--no-install-recommends', ...packages)
  })
}

const POLICY = '/usr/sbin/policy-rc.d'

/**
 * Packages start their daemons when they are installed. Open vSwitch may, where systemd runs; Redis is for the tests,
 * which start their own, and in a container a start that fails would fail the installation.
 */
function withoutNewDaemons(root, action) {
  if (existsSync(POLICY)) return action()
  const permitted = existsSync('/run/systemd/system') ? 'openvswitch*|ovs*' : 'nothing'
  const draft = join(tmpdir(), `policy-rc.d.${process.pid}`)
  writeFileSync(draft, `#!/bin/sh\ncase "$1" in ${permitted}) exit 0 ;; *) exit 101 ;; esac\n`)
  chmodSync(draft, 0o755)
  try {
    root('cp', '-p', draft, POLICY)
    return action()
  } finally {
    root('rm', '-f', POLICY)
    rmSync(draft, { force: true })
  }
}

function explain(missing) {
  say(`missing on this machine: ${missing.join(', ')}`)
  if (process.platform !== 'linux')
    say('  Open vSwitch runs on Linux: use a Linux machine or container for the switch')
  else if (existsSync('/usr/bin/apt-get'))
    say(`  as root: apt-get install ${packagesFor(missing, 'debian').join(' ')}`)
  else
    say(
      `  install the packages that hold them, on Fedora: dnf install ${packagesFor(missing, 'fedora').join(' ')}`,
    )
  return false
}
