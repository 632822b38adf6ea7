/** Rows of a size: networks of ten guests, each network with a leg, ten networks on a router. Uuids and ports are `if-pN`. */
import type { Store } from '@openvnet/api'

const macText = (n: number): string => `52:54:${n.toString(16).padStart(8, '0').match(/../g)?.join(':')}`
const subnet = (n: number): string => `10.${n >> 8}.${n & 255}`
const GUESTS = 10

const FLAGS = {
  port_name: null,
  owner_datapath_id: null,
  network_id: null,
  enable_routing: false,
  enable_route_translation: false,
  enable_filtering: false,
}

/** One transaction. @param guests number of guests, a multiple of 10 up to 600,000 */
export const fillStore = (store: Store, guests: number): void => {
  store.write((writer) => {
    let macs = 0
    const addInterface = (
      uuid: string,
      mode: 'vif' | 'simulated',
      network_id: number,
      address: string,
    ): number => {
      const row = writer.insert('interface', { uuid, display_name: uuid, mode, ...FLAGS })
      macs += 1
      const mac = writer.insert('mac_lease', {
        uuid: `ml-${macs}`,
        interface_id: row.id,
        mac_address: macText(macs),
      })
      writer.insert('ip_lease', {
        uuid: `il-${macs}`,
        network_id,
        mac_lease_id: mac.id,
        interface_id: row.id,
        address,
        enable_routing: false,
      })
      return row.id
    }
    let router = 0
    for (let n = 0; n < guests / GUESTS; n++) {
      const network = writer.insert('network', {
        uuid: `nw-${n}`,
        display_name: '',
        domain_name: '',
        mode: 'virtual',
        ipv4_network: `${subnet(n)}.0`,
        ipv4_prefix: 24,
      }).id
      for (let guest = 1; guest <= GUESTS; guest++)
        addInterface(`if-p${n * GUESTS + guest}`, 'vif', network, `${subnet(n)}.${guest}`)
      if (n % GUESTS === 0)
        router = writer.insert('route_link', { uuid: `rl-${n}`, mac_address: macText(0xff_0000 + n) }).id
      const leg = addInterface(`if-leg${n}`, 'simulated', network, `${subnet(n)}.254`)
      writer.insert('route', {
        uuid: `r-${n}`,
        interface_id: leg,
        network_id: network,
        route_link_id: router,
        destination: `${subnet(n)}.0`,
        prefix: 24,
        ingress: true,
        egress: true,
      })
    }
  })
}
