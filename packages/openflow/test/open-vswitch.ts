/** A private ovsdb-server and ovs-vswitchd with the dummy datapath, in a directory of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema'

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '')
    .split(':')
    .concat('/usr/sbin', '/sbin')
    .some((directory) => existsSync(join(directory, program)))

/** Why tests with Open vSwitch cannot run here, or `false` if they can. */
export const withoutOpenVswitch: string | false =
  ['ovs-ofctl', 'ovs-vsctl', 'ovsdb-tool', 'ovsdb-server', 'ovs-vswitchd'].every(isInstalled) &&
  existsSync(SCHEMA)
    ? false
    : 'Open vSwitch is not installed (apt-get install openvswitch-switch)'

export interface OpenVswitch {
  /** Path of the OpenFlow socket of the bridge `br0`, which speaks OpenFlow 1.3 and has ports 1 to 3. */
  readonly management: string
  ofctl(...args: string[]): string
  stop(): Promise<void>
}

export async function startOpenVswitch(): Promise<OpenVswitch> {
  const directory = mkdtempSync(join(tmpdir(), 'openflow-ovs-'))
  const environment = {
    ...process.env,
    PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
    OVS_RUNDIR: directory,
    OVS_LOGDIR: directory,
    OVS_DBDIR: directory,
  }
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const children: ChildProcess[] = []
  const start = (program: string, ...args: string[]): void => {
    children.push(spawn(program, args, { env: environment, stdio: 'ignore' }))
  }
  const killAll = (): void => {
    for (const child of children) child.kill('SIGKILL')
  }
  process.once('exit', killAll)

  const socket = join(directory, 'db.sock')
  const database = join(directory, 'conf.db')
  run('ovsdb-tool', 'create', database, SCHEMA)
  start('ovsdb-server', database, `--remote=punix:${socket}`, '--pidfile', `--unixctl=${directory}/db.ctl`)
  await appears(socket)
  const vsctl = (...args: string[]): string =>
    run('ovs-vsctl', `--db=unix:${socket}`, '--timeout=20', ...args)
  vsctl('--no-wait', 'init')
  start(
    'ovs-vswitchd',
    `unix:${socket}`,
    '--enable-dummy=override',
    '--disable-system',
    '--pidfile',
    `--unixctl=${directory}/vswitchd.ctl`,
  )
  vsctl(
    'add-br',
    'br0',
    '--',
    'set',
    'bridge',
    'br0',
    'datapath_type=dummy',
    'fail_mode=secure',
    'protocols=OpenFlow13',
  )
  for (const port of [1, 2, 3]) {
    vsctl(
      'add-port',
      'br0',
      `p${port}`,
      '--',
      'set',
      'interface',
      `p${port}`,
      'type=dummy',
      `ofport_request=${port}`,
    )
  }
  const management = join(directory, 'br0.mgmt')
  await appears(management)
  return {
    management,
    ofctl: (...args) => run('ovs-ofctl', '-O', 'OpenFlow13', ...args),
    stop: async () => {
      const alive = children.filter((child) => child.exitCode === null && child.signalCode === null)
      const ended = alive.map((child) => new Promise((resolve) => child.once('exit', resolve)))
      killAll()
      await Promise.all(ended)
      process.removeListener('exit', killAll)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function appears(path: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (existsSync(path)) return
    await sleep(50)
  }
  throw new Error(`${path} does not appear`)
}
