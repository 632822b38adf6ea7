/** What options must not be together, or not without each other; and how a URL with a password is shown. */
import { type Address, formatAddress } from './address.ts'
import type { VnetdOptions } from './options.ts'
import { UsageError } from './usage-error.ts'

/** `redis://:secret@host` is `redis://***@host`, also where it is no URL. */
export const withoutPassword = (text: string): string => text.replace(/(^|\/\/|:)[^/]*@/, '$1***@')

/** Whether only this machine reaches it. A name counts only where every system means itself by it. */
export const isLoopback = ({ host }: Address): boolean =>
  /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+|(?:.+\.)?localhost)$/i.test(host)

const checkWhoMayAsk = ({ http, tokenFile, insecure }: VnetdOptions): void => {
  if (tokenFile !== null && insecure)
    throw new UsageError('--token-file and --insecure contradict each other: leave one of them away')
  if (isLoopback(http) || tokenFile !== null || insecure) return
  throw new UsageError(
    `--http ${formatAddress(http)}: whoever reaches this address could do everything. Say who may with --token-file FILE (\`vnetd token add NAME --token-file FILE\` makes it), or --insecure if something in front of it asks`,
  )
}

const checkTls = ({ tlsCert, tlsKey, tlsClientCa }: VnetdOptions): void => {
  if (tlsCert !== null && tlsKey === null)
    throw new UsageError('--tls-cert needs --tls-key FILE, its private key')
  if (tlsKey !== null && tlsCert === null)
    throw new UsageError('--tls-key needs --tls-cert FILE, its certificate')
  if (tlsClientCa !== null && tlsCert === null)
    throw new UsageError(
      '--tls-client-ca needs --tls-cert and --tls-key: clients show certificates over TLS only',
    )
}

/** @throws {UsageError} */
export const checkTogether = (options: VnetdOptions): void => {
  const { only, redis, apiTokenFile, apiToken } = options
  if (only !== null && redis === null)
    throw new UsageError(
      `--only ${only} needs --redis URL: the other part is another process, and hears of changes through it`,
    )
  if (apiTokenFile !== null && apiToken !== null)
    throw new UsageError('--api-token-file and VNETD_API_TOKEN are both given: leave one of them away')
  if (only === 'controller') return
  checkWhoMayAsk(options)
  checkTls(options)
}
