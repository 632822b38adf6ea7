/** dnsmasq under DHCP clients: in a network namespace of its own, asked over a veth pair by a relay. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attempt, run } from '../../lab/command.ts'
import { Daemon } from '../../lab/daemon.ts'
import { atExit } from '../../lab/exit.ts'

const RELAY = fileURLToPath(new URL('../dhcp_relay_process.ts', import.meta.url))
const [SERVER_ADDRESS, RELAY_ADDRESS] = ['10.9.0.1', '10.9.0.2']

const commandOf = (program: string, directory: string): string[] => [
  ...[program, '--keep-in-foreground', '--port=0', '--conf-file=/dev/null', '--no-ping', '--interface=eth0'],
  ...['--dhcp-range=10.9.1.0,10.9.9.255,255.255.0.0,1h', '--dhcp-authoritative', '--user=root'],
  ...['--quiet-dhcp', '--log-facility=/dev/null', '--dhcp-option=3,10.9.0.254', '--dhcp-option=6,10.9.0.53'],
  ...[
    `--dhcp-leasefile=${join(directory, 'dnsmasq.leases')}`,
    `--pid-file=${join(directory, 'dnsmasq.pid')}`,
  ],
]

/** Transactions in a second, in parts of the time. @throws without the rights to make a namespace */
export const measureDnsmasq = async (
  program: string,
  directory: string,
  seconds: number,
): Promise<readonly number[]> => {
  const name = `bench-dhcp-${process.pid}`
  const ip = (line: string) => run(['ip', ...line.split(' ')])
  await ip(`netns add ${name}`)
  const release = atExit(() => void attempt(['ip', 'netns', 'delete', name]))
  let daemon: Daemon | undefined
  try {
    await ip(`link add bench-dhcp type veth peer name eth0 netns ${name}`)
    await ip(`address add ${RELAY_ADDRESS}/16 dev bench-dhcp`)
    await ip('link set bench-dhcp up')
    await ip(`-n ${name} address add ${SERVER_ADDRESS}/16 dev eth0`)
    await ip(`-n ${name} link set eth0 up`)
    daemon = new Daemon({ command: ['ip', 'netns', 'exec', name, ...commandOf(program, directory)] })
    const relay = [RELAY, SERVER_ADDRESS, RELAY_ADDRESS, String(seconds)]
    const text = await run([process.execPath, '--conditions=vnet-source', ...relay], { timeout: 60_000 })
    return (JSON.parse(text) as { rate: number[] }).rate
  } finally {
    await daemon?.stop('SIGKILL')
    await attempt(['ip', 'netns', 'delete', name])
    release()
  }
}
