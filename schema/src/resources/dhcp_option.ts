import { defaulted, optionalReference, required } from '../field.ts'
import { dhcpOption } from '../kinds/dhcp_options.ts'
import { dhcpCode, dhcpText, parseDhcpValue } from '../kinds/dhcp_values.ts'
import { addressFamily } from '../kinds/ip_address.ts'
import { defineResource } from '../resource.ts'

export const dhcpOptionResource = defineResource({
  name: 'dhcp_option',
  collection: 'dhcp_options',
  model: 'DhcpOption',
  prefix: 'do',
  help: 'What DHCP tells the guests of a network, or one interface, beside their addresses.',
  canonical: ({ family, code, value }) => {
    const of = family === 6 ? 6 : 4
    const parsed = parseDhcpValue(of, dhcpOption(of, String(code))?.form ?? 'free', String(value))
    return parsed.ok ? { value: parsed.value } : {}
  },
  fields: {
    network: optionalReference('network', {
      help: 'The network whose guests are told; either that or an interface.',
      onDelete: 'cascade',
    }),
    interface: optionalReference('interface', {
      help: 'The interface that is told; goes before what its network says.',
      onDelete: 'cascade',
    }),
    family: defaulted(addressFamily, 4, { help: '4: DHCPv4; 6: DHCPv6.' }),
    code: required(dhcpCode, {
      help: 'The option: its number, or a name like router, dns-servers, domain-search, ntp-servers, static-routes, mtu, tftp-server or boot-file.',
    }),
    value: required(dhcpText, {
      help: 'The value in the form of the option: addresses, names or routes (10.9.0.0/16 via 10.0.0.1) with commas, a number or text; of an option without a form here octets like 0x0a0b, or text in double quotes.',
      mutable: true,
    }),
  },
})
