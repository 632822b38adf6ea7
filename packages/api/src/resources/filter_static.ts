/** A rule has an action, and ports only where the protocol has them. */
import type { Behaviour, Draft } from '../crud/behaviour.ts'
import { argumentError, missingArgument } from '../errors.ts'

const WITH_PORTS = ['tcp', 'udp']

/** The action as such, or as version 0.9 wrote it. @throws ApiError MissingArgument, ArgumentError */
const actionOf = ({ values, extra }: Draft<'filter_static'>): 'pass' | 'drop' | 'conn' => {
  const passthrough = extra.get('passthrough')
  const meant = typeof passthrough === 'boolean' ? (passthrough ? 'pass' : 'drop') : undefined
  const action = values.action ?? meant
  if (action === undefined) throw missingArgument('action')
  if (meant === undefined || meant === action) return action
  throw argumentError('passthrough', passthrough, `contradicts the action ${action}`)
}

/** `10.0.0.0/8` → address and prefix length. */
const splitBlock = (block: string): [address: string, prefix: number] => {
  const [address = '', prefix] = block.split('/')
  return [address, Number(prefix)]
}

export const filterStatic: Behaviour<'filter_static'> = {
  complete: (_work, draft) => {
    const { protocol = '', src_port, dst_port } = draft.values
    for (const [name, port] of Object.entries({ src_port, dst_port })) {
      if (!WITH_PORTS.includes(protocol) && port !== 0) {
        throw argumentError(name, port, `${protocol} has no ports; they are for ${WITH_PORTS.join(' and ')}`)
      }
    }
    return { action: actionOf(draft) }
  },
  shape: (_reader, row, plain) => {
    const [src_address, src_prefix] = splitBlock(row.source)
    const [dst_address, dst_prefix] = splitBlock(row.destination)
    const ports = WITH_PORTS.includes(row.protocol) ? {} : { src_port: null, dst_port: null }
    return { ...plain, src_address, src_prefix, dst_address, dst_prefix, ...ports }
  },
}
