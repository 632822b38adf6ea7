/** An address that cannot be listened on, explained: which option, what has it, what to do. */
import { execFile } from 'node:child_process'
import { type Address, formatAddress } from './options/address.ts'

/** An end of the start that the user can do something about; the message is all there is to say. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** @returns the error to report: `error` itself when it is not about listening. */
export async function explainListenError(
  error: unknown,
  option: string,
  addresses: readonly Address[],
): Promise<unknown> {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  const address = addresses.find((candidate) => candidate.port === port) ?? addresses[0]
  if (code === undefined || address === undefined) return error
  const where = `${option} ${formatAddress(address)}`
  if (code === 'EADDRINUSE') return new StartError(`${where}: ${await explainTaken(option, address)}`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new StartError(`${where}: this machine has no such address; 0.0.0.0 stands for all that it has`)
  if (code === 'EACCES') return new StartError(`${where}: not allowed; ports below 1024 need root`)
  return error
}

async function explainTaken(option: string, { host, port }: Address): Promise<string> {
  const other = formatAddress({ host, port: port + 1 > 65_535 ? port - 1 : port + 1 })
  return `already in use${await occupant(port)}; stop that, or choose another address: ${option} ${other}`
}

/** ` by node (pid 4711)` where that can be found out, else nothing. */
function occupant(port: number): Promise<string> {
  return new Promise((resolve) => {
    execFile('ss', ['-ltnpH', `sport = :${port}`], { timeout: 1_000 }, (error, output) => {
      const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(output) ?? []
      resolve(error === null && name !== undefined ? ` by ${name} (pid ${pid})` : '')
    })
  })
}
