/** The DHCP clients of BusyBox and ISC in guests: what they are told, by what they call it, and what they print. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Guest } from '../lab/guest.ts'

/** What their scripts are told. */
const TELL = `#!/bin/sh
echo "event \${reason:-$1}"
env | sort | grep -E '^(ip|subnet|router|dns|domain|hostname|mtu|lease|search|serverid|staticroutes|broadcast|ntpsrv|new_|message)'
`
/** The guest has the address then. */
const CONFIGURE = `
if [ -n "$ip" ] && [ "$1" = bound ]; then ip address flush dev eth0; ip address add $ip/$mask dev eth0; fi
case "$reason" in BOUND|REBOOT|RENEW) ip address flush dev eth0; ip address add $new_ip_address/24 dev eth0;; esac
`

/** What the client was told last. */
const toldIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    (text.split(/^event /m).at(-1) ?? '').split('\n').flatMap((line, index) => {
      const [, name = 'event', value = line] = /^(\w+)=(.*)$/.exec(line) ?? []
      return index === 0 || line.includes('=') ? [[name, value]] : []
    }),
  )

const OPTIONS = ['121', 'mtu', 'ntpsrv', 'search'].flatMap((option) => ['-O', option])

export interface ClientResult {
  readonly told: Readonly<Record<string, string>>
  readonly text: string
}

const readOr = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

export class DhcpClients {
  readonly #directory = mkdtempSync(join(tmpdir(), 'vnet-dhcp-'))
  readonly #script = join(this.#directory, 'script')

  /** @param configures whether guests take the addresses that they are told, instead of those that they have */
  constructor({ configures }: { readonly configures: boolean }) {
    writeFileSync(this.#script, `${TELL}${configures ? CONFIGURE : ''}exit 0\n`, { mode: 0o755 })
  }

  async udhcpc(guest: Guest, ...words: readonly string[]): Promise<ClientResult> {
    const { stdout, stderr } = await guest.namespace.attempt(
      [
        'udhcpc',
        '-i',
        'eth0',
        '-f',
        '-n',
        '-q',
        '-t',
        '3',
        '-T',
        '2',
        '-s',
        this.#script,
        ...OPTIONS,
        ...words,
      ],
      { timeout: 30_000 } as object,
    )
    return { told: toldIn(stdout), text: stdout + stderr }
  }

  /** Remembers its lease in a file of the guest, and asks for it again after a reboot. */
  async dhclient(guest: Guest, ...words: readonly string[]): Promise<ClientResult> {
    const file = (name: string): string => join(this.#directory, `${guest.port}.${name}`)
    const kind = words.includes('-6') ? '6' : ''
    const files = ['-lf', file(`leases${kind}`), '-pf', file('pid'), '-cf', '/dev/null', '-sf', this.#script]
    const { stdout, stderr } = await guest.namespace.attempt(
      ['dhclient', '-1', '-v', ...files, ...words, 'eth0'],
      { timeout: 60_000 } as object,
    )
    // It stays to renew: the test asks again itself.
    const pid = Number(readOr(file('pid')))
    if (pid > 0) {
      try {
        process.kill(pid)
      } catch {
        // It has ended.
      }
    }
    return { told: toldIn(stdout), text: stdout + stderr }
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
