/** `HOST:PORT` as people type it; an IPv6 host stands in brackets. */

export interface Address {
  readonly host: string
  /** 0 to 65,535; 0 lets the system choose. */
  readonly port: number
}

/** @returns `null` when the text is not HOST:PORT. */
export function parseAddress(text: string): Address | null {
  const match = /^(?:\[(?<ipv6>[\da-fA-F:.]+)\]|(?<host>[\w.-]+)):(?<port>\d{1,5})$/.exec(text)
  const { ipv6, host = ipv6, port } = match?.groups ?? {}
  if (host === undefined || port === undefined || Number(port) > 65_535) return null
  return { host, port: Number(port) }
}

export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
