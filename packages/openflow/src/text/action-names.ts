/** Names of action types as Open vSwitch lists what a table or group can do; in its order, without unknown ones. */
const NAMES: readonly (readonly [id: number, name: string])[] = [
  [0, 'output'],
  [22, 'group'],
  [25, 'set_field'],
  [18, 'strip_vlan'],
  [17, 'push_vlan'],
  [23, 'mod_nw_ttl'],
  [24, 'dec_ttl'],
  [15, 'set_mpls_ttl'],
  [16, 'dec_mpls_ttl'],
  [19, 'push_mpls'],
  [20, 'pop_mpls'],
  [21, 'set_queue'],
]

export function actionNames(ids: readonly number[]): string {
  const names = NAMES.filter(([id]) => ids.includes(id)).map(([, name]) => name)
  return names.length === 0 ? '<none>' : names.join(' ')
}
