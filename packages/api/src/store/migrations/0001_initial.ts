/**
 * The first tables. Frozen: a later change of the schema is a migration of its own.
 * `interfaces_port_name` and `*_mac_address` serve the rules about ports and MAC addresses.
 */
export const initial = `
CREATE TABLE changes (
  revision INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  operations TEXT NOT NULL
) STRICT;

CREATE TABLE datapaths (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  dpid TEXT NOT NULL,
  node_id TEXT,
  ipv4_address TEXT,
  enable_ovs_learn_action INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (dpid)
) STRICT;

CREATE TABLE networks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  domain_name TEXT NOT NULL,
  mode TEXT NOT NULL,
  ipv4_network TEXT NOT NULL,
  ipv4_prefix INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE interfaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  mode TEXT NOT NULL,
  port_name TEXT,
  owner_datapath_id INTEGER REFERENCES datapaths (id) ON DELETE SET NULL,
  network_id INTEGER REFERENCES networks (id) ON DELETE SET NULL,
  enable_routing INTEGER NOT NULL,
  enable_route_translation INTEGER NOT NULL,
  enable_filtering INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (port_name, owner_datapath_id)
) STRICT;
CREATE INDEX interfaces_owner_datapath_id ON interfaces (owner_datapath_id);
CREATE INDEX interfaces_network_id ON interfaces (network_id);

CREATE TABLE mac_leases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  mac_address TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (interface_id, mac_address)
) STRICT;
CREATE INDEX mac_leases_interface_id ON mac_leases (interface_id);

CREATE TABLE ip_leases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  mac_lease_id INTEGER NOT NULL REFERENCES mac_leases (id) ON DELETE CASCADE,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  enable_routing INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (network_id, address)
) STRICT;
CREATE INDEX ip_leases_network_id ON ip_leases (network_id);
CREATE INDEX ip_leases_mac_lease_id ON ip_leases (mac_lease_id);
CREATE INDEX ip_leases_interface_id ON ip_leases (interface_id);

CREATE TABLE network_services (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  mode TEXT NOT NULL,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE,
  incoming_port INTEGER,
  outgoing_port INTEGER,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX network_services_interface_id ON network_services (interface_id);

CREATE TABLE route_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  mac_address TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE routes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  route_link_id INTEGER NOT NULL REFERENCES route_links (id) ON DELETE CASCADE,
  destination TEXT NOT NULL,
  prefix INTEGER NOT NULL,
  ingress INTEGER NOT NULL,
  egress INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX routes_interface_id ON routes (interface_id);
CREATE INDEX routes_network_id ON routes (network_id);
CREATE INDEX routes_route_link_id ON routes (route_link_id);

CREATE TABLE datapath_networks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  datapath_id INTEGER NOT NULL REFERENCES datapaths (id) ON DELETE CASCADE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE SET NULL,
  mac_address TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (datapath_id, network_id)
) STRICT;
CREATE INDEX datapath_networks_datapath_id ON datapath_networks (datapath_id);
CREATE INDEX datapath_networks_network_id ON datapath_networks (network_id);
CREATE INDEX datapath_networks_interface_id ON datapath_networks (interface_id);

CREATE TABLE datapath_route_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  datapath_id INTEGER NOT NULL REFERENCES datapaths (id) ON DELETE CASCADE,
  route_link_id INTEGER NOT NULL REFERENCES route_links (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE SET NULL,
  mac_address TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (datapath_id, route_link_id)
) STRICT;
CREATE INDEX datapath_route_links_datapath_id ON datapath_route_links (datapath_id);
CREATE INDEX datapath_route_links_route_link_id ON datapath_route_links (route_link_id);
CREATE INDEX datapath_route_links_interface_id ON datapath_route_links (interface_id);

CREATE INDEX mac_leases_mac_address ON mac_leases (mac_address);
CREATE INDEX route_links_mac_address ON route_links (mac_address);
CREATE INDEX datapath_networks_mac_address ON datapath_networks (mac_address);
CREATE INDEX datapath_route_links_mac_address ON datapath_route_links (mac_address);
`
