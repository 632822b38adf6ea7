/** A history as commands that can be typed: `vnctl` for rows, `ovs-vsctl` for ports and switches. */
import type { Call, Edit } from './edits.ts'
import { DPIDS, TUNNEL_PORTS } from './hosts.ts'

/** As the shell needs it. */
const quoted = (value: string): string =>
  /^[\w.:/@=-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`

const bridgeOf = (dpid: string): string => `br${Number(dpid)}`

const optionsOf = (body: Call['body']): string[] =>
  Object.entries(body).map(([name, value]) => quoted(`--${name.replaceAll('_', '-')}=${value}`))

const VERBS = { POST: 'add', PUT: 'modify', DELETE: 'del' } as const

const vnctl = ({ method, path, body }: Call): string => {
  const [collection = '', uuid = '', related, other = ''] = path.split('/')
  const names = related === undefined ? [collection] : [collection, related.replaceAll('_', '-')]
  const objects = [uuid, other].filter((name) => name !== '')
  const namespace = names.map((name) => name.replaceAll('_', '-'))
  return ['vnctl', ...namespace, VERBS[method], ...objects, ...optionsOf(body)].join(' ')
}

/** One line of a shell script. */
export const commandOf = (edit: Edit): string => {
  if (edit.kind === 'call') return vnctl(edit)
  const bridge = bridgeOf(edit.dpid)
  if (edit.kind === 'iface_id') {
    const { name, iface_id } = edit
    return iface_id === null
      ? `ovs-vsctl --if-exists remove Interface ${name} external_ids iface-id`
      : `ovs-vsctl --if-exists set Interface ${name} external_ids:iface-id=${iface_id}`
  }
  if (edit.kind === 'forget') return `ovs-vsctl del-controller ${bridge} # and vnetd starts anew`
  if (edit.kind === 'link') return linkCommand(edit, bridge)
  const { name, port_no } = edit
  const type = TUNNEL_PORTS.includes(name as (typeof TUNNEL_PORTS)[number])
    ? `type=${name.replace('vnet-', '')} options:remote_ip=flow options:key=flow`
    : 'type=internal'
  const add = `--may-exist add-port ${bridge} ${name} -- set Interface ${name} ${type}`
  return port_no === null
    ? `ovs-vsctl --if-exists del-port ${bridge} ${name}`
    : `ovs-vsctl ${add} ofport_request=${port_no}`
}

const linkCommand = ({ up, address }: Edit & { kind: 'link' }, bridge: string): string => {
  if (!up) return `ovs-vsctl del-controller ${bridge}`
  const from = address === undefined ? '' : ` # from ${address}`
  return `ovs-vsctl set-controller ${bridge} tcp:127.0.0.1:6633${from}`
}

const bridges = DPIDS.map(
  (dpid) =>
    `ovs-vsctl --may-exist add-br ${bridgeOf(dpid)} -- set Bridge ${bridgeOf(dpid)} datapath_type=netdev ` +
    `fail_mode=secure other_config:datapath-id=${dpid.slice(2)} -- set-controller ${bridgeOf(dpid)} tcp:127.0.0.1:6633`,
)

export const scriptOf = (edits: readonly Edit[]): string =>
  [
    '# needs an Open vSwitch and `npm start` with an empty database',
    ...bridges,
    ...edits.map(commandOf),
    '',
  ].join('\n')
