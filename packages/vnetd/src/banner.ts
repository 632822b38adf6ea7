/** What vnetd prints when it is up: where everything is, and the one line to type. */
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { type Address, formatAddress } from './options/address.ts'
import type { VnetdOptions } from './options/options.ts'
import { isLoopback, withoutPassword } from './options/together.ts'
import type { Running } from './start.ts'

export function banner(options: VnetdOptions, running: Running, version: string): string {
  const part = options.only === null ? '' : ` (${options.only} only)`
  const facts = Object.entries(factsOf(options, running)).map(
    ([name, value]) => `  ${name.padEnd(11)}${value}`,
  )
  return [`vnetd ${version}${part} is up. Ctrl-C stops it.`, '', ...facts, ...connectHint(running), ''].join(
    '\n',
  )
}

function factsOf(options: VnetdOptions, { http, openflow }: Running): Record<string, string> {
  const url = http && `${options.tlsCert === null ? 'http' : 'https'}://${formatAddress(reachable(http))}`
  return {
    'REST API': url === null ? `${options.api} (another process)` : `${url}   documents: ${url}/docs`,
    ...(http && { Access: accessOf(options) }),
    ...(openflow.length > 0 && {
      OpenFlow: openflow.map((address) => `tcp:${formatAddress(address)}`).join('  '),
    }),
    ...(http && { Database: resolve(options.db) }),
    Bus: options.redis === null ? 'in this process' : withoutPassword(options.redis),
  }
}

function accessOf({ tokenFile, http }: VnetdOptions): string {
  if (tokenFile !== null) return `tokens of ${resolve(tokenFile)}`
  return isLoopback(http) ? 'everybody on this machine' : 'EVERYBODY WHO REACHES IT (--insecure)'
}

function connectHint({ openflow: [first] }: Running): string[] {
  if (first === undefined) return []
  const controller = `tcp:${formatAddress(reachable(first))}`
  const command = `ovs-vsctl set-fail-mode br0 secure -- set-controller br0 ${controller}`
  return ['', 'To connect a bridge, here br0:', '', `  ${command}`]
}

/** An address that can be connected to, where one was listened on that stands for all. */
function reachable({ host, port }: Address): Address {
  if (host !== '0.0.0.0' && host !== '::') return { host, port }
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return {
    host: all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1',
    port,
  }
}
