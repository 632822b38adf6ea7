/**
 * Rows that clients of older versions of the original have: further ports, DHCP ranges, security groups, VLANs. What is
 * on a datapath by an interface goes with that: SQLite changes a foreign key by making the table anew.
 */
export const olderApi = `
CREATE TABLE interface_ports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  datapath_id INTEGER REFERENCES datapaths (id) ON DELETE CASCADE,
  port_name TEXT,
  port_number INTEGER,
  iface_id TEXT,
  singular INTEGER,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (interface_id, datapath_id),
  UNIQUE (port_name, datapath_id),
  UNIQUE (port_number, datapath_id),
  UNIQUE (iface_id)
) STRICT;
CREATE INDEX interface_ports_interface_id ON interface_ports (interface_id);
CREATE INDEX interface_ports_datapath_id ON interface_ports (datapath_id);

CREATE TABLE dhcp_ranges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  begin_address TEXT NOT NULL,
  end_address TEXT NOT NULL,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX dhcp_ranges_network_id ON dhcp_ranges (network_id);

CREATE TABLE security_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  description TEXT,
  rules TEXT,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE security_group_interfaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  security_group_id INTEGER NOT NULL REFERENCES security_groups (id) ON DELETE CASCADE,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (security_group_id, interface_id)
) STRICT;
CREATE INDEX security_group_interfaces_security_group_id ON security_group_interfaces (security_group_id);
CREATE INDEX security_group_interfaces_interface_id ON security_group_interfaces (interface_id);

CREATE TABLE vlan_translations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  translation_id INTEGER NOT NULL REFERENCES translations (id) ON DELETE CASCADE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  mac_address TEXT,
  vlan_id INTEGER,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX vlan_translations_translation_id ON vlan_translations (translation_id);
CREATE INDEX vlan_translations_network_id ON vlan_translations (network_id);

CREATE TABLE new_datapath_networks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  datapath_id INTEGER NOT NULL REFERENCES datapaths (id) ON DELETE CASCADE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE,
  ip_lease_id INTEGER REFERENCES ip_leases (id) ON DELETE SET NULL,
  topology_id INTEGER REFERENCES topologies (id) ON DELETE CASCADE,
  topology_layer_id INTEGER REFERENCES topology_layers (id) ON DELETE CASCADE,
  topology_mac_range_group_id INTEGER REFERENCES topology_mac_range_groups (id) ON DELETE SET NULL,
  mac_address TEXT NOT NULL,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (datapath_id, network_id)
) STRICT;
INSERT INTO new_datapath_networks
  SELECT id, datapath_id, network_id, interface_id, ip_lease_id, topology_id, topology_layer_id,
    topology_mac_range_group_id, mac_address, labels, created_at, updated_at
  FROM datapath_networks;
DELETE FROM sqlite_sequence WHERE name = 'new_datapath_networks';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_datapath_networks', seq FROM sqlite_sequence WHERE name = 'datapath_networks';
DROP TABLE datapath_networks;
ALTER TABLE new_datapath_networks RENAME TO datapath_networks;
CREATE INDEX datapath_networks_datapath_id ON datapath_networks (datapath_id);
CREATE INDEX datapath_networks_network_id ON datapath_networks (network_id);
CREATE INDEX datapath_networks_interface_id ON datapath_networks (interface_id);
CREATE INDEX datapath_networks_ip_lease_id ON datapath_networks (ip_lease_id);
CREATE INDEX datapath_networks_topology_id ON datapath_networks (topology_id);
CREATE INDEX datapath_networks_topology_layer_id ON datapath_networks (topology_layer_id);
CREATE INDEX datapath_networks_topology_mac_range_group_id ON datapath_networks (topology_mac_range_group_id);
CREATE INDEX datapath_networks_mac_address ON datapath_networks (mac_address);

CREATE TABLE new_datapath_route_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  datapath_id INTEGER NOT NULL REFERENCES datapaths (id) ON DELETE CASCADE,
  route_link_id INTEGER NOT NULL REFERENCES route_links (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE,
  ip_lease_id INTEGER REFERENCES ip_leases (id) ON DELETE SET NULL,
  topology_id INTEGER REFERENCES topologies (id) ON DELETE CASCADE,
  topology_layer_id INTEGER REFERENCES topology_layers (id) ON DELETE CASCADE,
  topology_mac_range_group_id INTEGER REFERENCES topology_mac_range_groups (id) ON DELETE SET NULL,
  mac_address TEXT NOT NULL,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (datapath_id, route_link_id)
) STRICT;
INSERT INTO new_datapath_route_links
  SELECT id, datapath_id, route_link_id, interface_id, ip_lease_id, topology_id, topology_layer_id,
    topology_mac_range_group_id, mac_address, labels, created_at, updated_at
  FROM datapath_route_links;
DELETE FROM sqlite_sequence WHERE name = 'new_datapath_route_links';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_datapath_route_links', seq FROM sqlite_sequence WHERE name = 'datapath_route_links';
DROP TABLE datapath_route_links;
ALTER TABLE new_datapath_route_links RENAME TO datapath_route_links;
CREATE INDEX datapath_route_links_datapath_id ON datapath_route_links (datapath_id);
CREATE INDEX datapath_route_links_route_link_id ON datapath_route_links (route_link_id);
CREATE INDEX datapath_route_links_interface_id ON datapath_route_links (interface_id);
CREATE INDEX datapath_route_links_ip_lease_id ON datapath_route_links (ip_lease_id);
CREATE INDEX datapath_route_links_topology_id ON datapath_route_links (topology_id);
CREATE INDEX datapath_route_links_topology_layer_id ON datapath_route_links (topology_layer_id);
CREATE INDEX datapath_route_links_topology_mac_range_group_id ON datapath_route_links (topology_mac_range_group_id);
CREATE INDEX datapath_route_links_mac_address ON datapath_route_links (mac_address);

CREATE TABLE new_datapath_segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  datapath_id INTEGER NOT NULL REFERENCES datapaths (id) ON DELETE CASCADE,
  segment_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE,
  ip_lease_id INTEGER REFERENCES ip_leases (id) ON DELETE SET NULL,
  topology_id INTEGER REFERENCES topologies (id) ON DELETE CASCADE,
  topology_layer_id INTEGER REFERENCES topology_layers (id) ON DELETE CASCADE,
  topology_mac_range_group_id INTEGER REFERENCES topology_mac_range_groups (id) ON DELETE SET NULL,
  mac_address TEXT NOT NULL,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (datapath_id, segment_id)
) STRICT;
INSERT INTO new_datapath_segments
  SELECT id, datapath_id, segment_id, interface_id, ip_lease_id, topology_id, topology_layer_id,
    topology_mac_range_group_id, mac_address, labels, created_at, updated_at
  FROM datapath_segments;
DELETE FROM sqlite_sequence WHERE name = 'new_datapath_segments';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_datapath_segments', seq FROM sqlite_sequence WHERE name = 'datapath_segments';
DROP TABLE datapath_segments;
ALTER TABLE new_datapath_segments RENAME TO datapath_segments;
CREATE INDEX datapath_segments_datapath_id ON datapath_segments (datapath_id);
CREATE INDEX datapath_segments_segment_id ON datapath_segments (segment_id);
CREATE INDEX datapath_segments_interface_id ON datapath_segments (interface_id);
CREATE INDEX datapath_segments_ip_lease_id ON datapath_segments (ip_lease_id);
CREATE INDEX datapath_segments_topology_id ON datapath_segments (topology_id);
CREATE INDEX datapath_segments_topology_layer_id ON datapath_segments (topology_layer_id);
CREATE INDEX datapath_segments_topology_mac_range_group_id ON datapath_segments (topology_mac_range_group_id);
CREATE INDEX datapath_segments_mac_address ON datapath_segments (mac_address);
`
