/**
 * Packets of a TCP port that are lost without a word, as on a broken path: nobody acknowledges them and nothing is
 * reset. Within a namespace they are routed to a device at whose other end nobody takes them.
 */
import type { Namespace } from './namespace.ts'

const DEVICE = 'drop0'
const TABLE = 66

/** @returns a function that lets them through again */
export const dropPackets = async (namespace: Namespace, port: number): Promise<() => Promise<void>> => {
  const rules = ['sport', 'dport'].map((end) => `pref 10 ipproto tcp ${end} ${port} lookup ${TABLE}`)
  await namespace.ip(`link add ${DEVICE} type veth peer name drop1`, 'link set drop1 up')
  await namespace.run(['sh', '-c', `echo 1 > /proc/sys/net/ipv4/conf/${DEVICE}/route_localnet`])
  await namespace.ip(
    `link set ${DEVICE} arp off up`,
    `route add default dev ${DEVICE} table ${TABLE}`,
    // Addresses of this host come first unless they are asked for later.
    'rule add pref 20 lookup local',
    'rule del pref 0',
    ...rules.map((rule) => `rule add ${rule}`),
  )
  return async () => {
    await namespace.ip(
      ...rules.map((rule) => `rule del ${rule}`),
      'rule add pref 0 lookup local',
      'rule del pref 20',
      `link del ${DEVICE}`,
    )
  }
}
