/**
 * Where an OVSDB server is, as Open vSwitch spells it (ovsdb(7), "Connection Methods"): `unix:FILE`, `tcp:HOST[:PORT]`,
 * `ssl:HOST[:PORT]`, IPv6 in brackets, port 6640 unless said.
 */
import { RemoteSyntaxError } from './errors.ts'

export type Remote =
  | { readonly type: 'unix'; readonly path: string }
  | { readonly type: 'tcp' | 'ssl'; readonly host: string; readonly port: number }

/** Port of OVSDB, by IANA. */
const PORT = 6640
const EXPECTED = 'expected unix:FILE, tcp:HOST[:PORT] or ssl:HOST[:PORT], with an IPv6 host in brackets'
const HOST_AND_PORT = /^(tcp|ssl):(?:\[([\da-fA-F:.]+(?:%[\w.-]+)?)\]|([\w.-]+))(?::(\d{1,5}))?$/

/** @throws RemoteSyntaxError */
export const parseRemote = (text: string): Remote => {
  if (text.startsWith('unix:') && text.length > 'unix:'.length)
    return { type: 'unix', path: text.slice('unix:'.length) }
  const [, type, ipv6, name, port = String(PORT)] = HOST_AND_PORT.exec(text) ?? []
  const host = ipv6 ?? name
  if (host === undefined || Number(port) > 65_535 || Number(port) === 0)
    throw new RemoteSyntaxError(`'${text}' is no OVSDB remote: ${EXPECTED}`)
  return { type: type as 'tcp' | 'ssl', host, port: Number(port) }
}

/** The full spelling: `parseRemote` of it gives the same again. */
export const formatRemote = (remote: Remote): string => {
  if (remote.type === 'unix') return `unix:${remote.path}`
  const { type, host, port } = remote
  return `${type}:${host.includes(':') ? `[${host}]` : host}:${port}`
}
