/**
 * A private Open vSwitch for tests: own run directory, own database, dummy datapath; no privilege, no interface and
 * no other switch of the machine is touched. Its processes die with the test, however that ends.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema'

export interface PrivateOvs {
  /** Adds a bridge with ports `p1`, `p2` … of the dummy datapath that dials `controller` (host:port). */
  addBridge(bridge: string, dpid: string, ports: number, controller: string): Promise<void>
  vsctl(...words: string[]): Promise<string>
  /** `ovs-ofctl -O OpenFlow13` with the bridge's socket in the second place, lines without the heading. */
  ofctl(command: string, bridge: string, ...words: string[]): Promise<string[]>
  appctl(...words: string[]): Promise<string>
  /** Path of the bridge's management socket. */
  management(bridge: string): string
  readonly directory: string
  killSwitch(): Promise<void>
  startSwitch(): Promise<void>
  stop(): Promise<void>
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await delay(10)) if (condition()) return
  throw new Error(`${what} did not come up`)
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

export async function startPrivateOvs(): Promise<PrivateOvs> {
  const directory = await mkdtemp(join(tmpdir(), 'vnet-ovs-'))
  const at = (name: string) => join(directory, name)
  const env = { ...process.env, OVS_RUNDIR: directory }
  const database = `unix:${at('db.sock')}`
  const daemon = (program: string, ...words: string[]) =>
    spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...words, '-vconsole:off'], {
      env,
      stdio: 'ignore',
    })
  const call = async (program: string, words: readonly string[]) =>
    (await run(program, words, { env, maxBuffer: 1 << 28 })).stdout

  await call('ovsdb-tool', ['create', at('db'), SCHEMA])
  const server = daemon(
    'ovsdb-server',
    at('db'),
    `--remote=punix:${at('db.sock')}`,
    `--unixctl=${at('ovsdb.ctl')}`,
  )
  await until(() => existsSync(at('db.sock')), 'ovsdb-server')
  const vsctl = (...words: string[]) => call('ovs-vsctl', [`--db=${database}`, '--timeout=20', ...words])
  await vsctl('--no-wait', 'init')

  let vswitchd: ChildProcess
  const startSwitch = async () => {
    await rm(at('vswitchd.ctl'), { force: true })
    vswitchd = daemon(
      'ovs-vswitchd',
      database,
      '--enable-dummy=override',
      '--disable-system',
      `--unixctl=${at('vswitchd.ctl')}`,
      `--log-file=${at('vswitchd.log')}`,
    )
    await until(() => existsSync(at('vswitchd.ctl')), 'ovs-vswitchd')
  }
  const killSwitch = async () => {
    vswitchd.kill('SIGKILL')
    await ended(vswitchd)
  }
  await startSwitch()

  const management = (bridge: string) => at(`${bridge}.mgmt`)
  return {
    directory,
    management,
    vsctl,
    killSwitch,
    startSwitch,
    appctl: (...words) => call('ovs-appctl', ['-t', at('vswitchd.ctl'), ...words]),
    async ofctl(command, bridge, ...words) {
      const text = await call('ovs-ofctl', ['-O', 'OpenFlow13', command, management(bridge), ...words])
      return text.split('\n').filter((line) => line !== '' && !line.startsWith('OFPST_'))
    },
    async addBridge(bridge, dpid, ports, controller) {
      const names = Array.from({ length: ports }, (_, index) => `p${index + 1}`)
      await vsctl(
        ...['add-br', bridge, '--', 'set', 'bridge', bridge, 'datapath_type=dummy', 'fail_mode=secure'],
        ...['protocols=OpenFlow13', `other_config:datapath-id=${dpid.replace('0x', '')}`],
        ...names.flatMap((name, index) => [
          ...['--', 'add-port', bridge, name],
          ...['--', 'set', 'interface', name, 'type=dummy', `ofport_request=${index + 1}`],
        ]),
        ...['--', 'set-controller', bridge, `tcp:${controller}`],
        ...['--', 'set', 'controller', bridge, 'connection-mode=out-of-band'],
      )
    },
    async stop() {
      await killSwitch()
      server.kill('SIGKILL')
      await ended(server)
      await rm(directory, { recursive: true, force: true })
    },
  }
}
