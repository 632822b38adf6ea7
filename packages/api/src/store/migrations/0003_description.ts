/** Topologies, filters, translations, associations of interfaces, routers; ports by number and by iface-id. */
export const description = `
ALTER TABLE interfaces ADD COLUMN port_number INTEGER;
ALTER TABLE interfaces ADD COLUMN iface_id TEXT;
CREATE UNIQUE INDEX interfaces_port_number ON interfaces (port_number, owner_datapath_id);
CREATE UNIQUE INDEX interfaces_iface_id ON interfaces (iface_id);

CREATE TABLE topologies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  mode TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE topology_datapaths (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topology_id INTEGER NOT NULL REFERENCES topologies (id) ON DELETE CASCADE,
  datapath_id INTEGER NOT NULL REFERENCES datapaths (id) ON DELETE CASCADE,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  ip_lease_id INTEGER NOT NULL REFERENCES ip_leases (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (topology_id, datapath_id)
) STRICT;
CREATE INDEX topology_datapaths_topology_id ON topology_datapaths (topology_id);
CREATE INDEX topology_datapaths_datapath_id ON topology_datapaths (datapath_id);
CREATE INDEX topology_datapaths_interface_id ON topology_datapaths (interface_id);
CREATE INDEX topology_datapaths_ip_lease_id ON topology_datapaths (ip_lease_id);

CREATE TABLE topology_networks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topology_id INTEGER NOT NULL REFERENCES topologies (id) ON DELETE CASCADE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (topology_id, network_id)
) STRICT;
CREATE INDEX topology_networks_topology_id ON topology_networks (topology_id);
CREATE INDEX topology_networks_network_id ON topology_networks (network_id);

CREATE TABLE topology_route_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topology_id INTEGER NOT NULL REFERENCES topologies (id) ON DELETE CASCADE,
  route_link_id INTEGER NOT NULL REFERENCES route_links (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (topology_id, route_link_id)
) STRICT;
CREATE INDEX topology_route_links_topology_id ON topology_route_links (topology_id);
CREATE INDEX topology_route_links_route_link_id ON topology_route_links (route_link_id);

CREATE TABLE topology_segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topology_id INTEGER NOT NULL REFERENCES topologies (id) ON DELETE CASCADE,
  segment_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (topology_id, segment_id)
) STRICT;
CREATE INDEX topology_segments_topology_id ON topology_segments (topology_id);
CREATE INDEX topology_segments_segment_id ON topology_segments (segment_id);

CREATE TABLE topology_mac_range_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topology_id INTEGER NOT NULL REFERENCES topologies (id) ON DELETE CASCADE,
  mac_range_group_id INTEGER NOT NULL REFERENCES mac_range_groups (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (topology_id, mac_range_group_id)
) STRICT;
CREATE INDEX topology_mac_range_groups_topology_id ON topology_mac_range_groups (topology_id);
CREATE INDEX topology_mac_range_groups_mac_range_group_id ON topology_mac_range_groups (mac_range_group_id);

CREATE TABLE topology_layers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  overlay_id INTEGER NOT NULL REFERENCES topologies (id) ON DELETE CASCADE,
  underlay_id INTEGER NOT NULL REFERENCES topologies (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (overlay_id, underlay_id)
) STRICT;
CREATE INDEX topology_layers_overlay_id ON topology_layers (overlay_id);
CREATE INDEX topology_layers_underlay_id ON topology_layers (underlay_id);

CREATE TABLE interface_networks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (interface_id, network_id)
) STRICT;
CREATE INDEX interface_networks_interface_id ON interface_networks (interface_id);
CREATE INDEX interface_networks_network_id ON interface_networks (network_id);

CREATE TABLE interface_segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  segment_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (interface_id, segment_id)
) STRICT;
CREATE INDEX interface_segments_interface_id ON interface_segments (interface_id);
CREATE INDEX interface_segments_segment_id ON interface_segments (segment_id);

CREATE TABLE interface_route_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  route_link_id INTEGER NOT NULL REFERENCES route_links (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (interface_id, route_link_id)
) STRICT;
CREATE INDEX interface_route_links_interface_id ON interface_route_links (interface_id);
CREATE INDEX interface_route_links_route_link_id ON interface_route_links (route_link_id);

CREATE TABLE filters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  mode TEXT NOT NULL,
  ingress_passthrough INTEGER NOT NULL,
  egress_passthrough INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX filters_interface_id ON filters (interface_id);

CREATE TABLE filter_statics (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  filter_id INTEGER NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
  protocol TEXT NOT NULL,
  source TEXT NOT NULL,
  destination TEXT NOT NULL,
  src_port INTEGER NOT NULL,
  dst_port INTEGER NOT NULL,
  action TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (filter_id, protocol, source, destination, src_port, dst_port)
) STRICT;
CREATE INDEX filter_statics_filter_id ON filter_statics (filter_id);

CREATE TABLE translations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  mode TEXT NOT NULL,
  passthrough INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX translations_interface_id ON translations (interface_id);

CREATE TABLE translation_static_addresses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  translation_id INTEGER NOT NULL REFERENCES translations (id) ON DELETE CASCADE,
  route_link_id INTEGER REFERENCES route_links (id) ON DELETE CASCADE,
  ingress_address TEXT NOT NULL,
  egress_address TEXT NOT NULL,
  ingress_port_number INTEGER,
  egress_port_number INTEGER,
  ingress_network_id INTEGER REFERENCES networks (id) ON DELETE SET NULL,
  egress_network_id INTEGER REFERENCES networks (id) ON DELETE SET NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (translation_id, ingress_address, egress_address, ingress_port_number, egress_port_number)
) STRICT;
CREATE INDEX translation_static_addresses_translation_id ON translation_static_addresses (translation_id);
CREATE INDEX translation_static_addresses_route_link_id ON translation_static_addresses (route_link_id);
CREATE INDEX translation_static_addresses_ingress_network_id ON translation_static_addresses (ingress_network_id);
CREATE INDEX translation_static_addresses_egress_network_id ON translation_static_addresses (egress_network_id);

CREATE TABLE routers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  route_link_id INTEGER REFERENCES route_links (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX routers_route_link_id ON routers (route_link_id);

CREATE TABLE router_networks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  router_id INTEGER NOT NULL REFERENCES routers (id) ON DELETE CASCADE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE,
  route_id INTEGER REFERENCES routes (id) ON DELETE SET NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (router_id, network_id)
) STRICT;
CREATE INDEX router_networks_router_id ON router_networks (router_id);
CREATE INDEX router_networks_network_id ON router_networks (network_id);
CREATE INDEX router_networks_interface_id ON router_networks (interface_id);
CREATE INDEX router_networks_route_id ON router_networks (route_id);

ALTER TABLE datapath_networks ADD COLUMN ip_lease_id INTEGER REFERENCES ip_leases (id) ON DELETE SET NULL;
CREATE INDEX datapath_networks_ip_lease_id ON datapath_networks (ip_lease_id);
ALTER TABLE datapath_networks ADD COLUMN topology_id INTEGER REFERENCES topologies (id) ON DELETE CASCADE;
CREATE INDEX datapath_networks_topology_id ON datapath_networks (topology_id);
ALTER TABLE datapath_networks ADD COLUMN topology_layer_id INTEGER REFERENCES topology_layers (id) ON DELETE CASCADE;
CREATE INDEX datapath_networks_topology_layer_id ON datapath_networks (topology_layer_id);
ALTER TABLE datapath_networks ADD COLUMN topology_mac_range_group_id INTEGER REFERENCES topology_mac_range_groups (id) ON DELETE SET NULL;
CREATE INDEX datapath_networks_topology_mac_range_group_id ON datapath_networks (topology_mac_range_group_id);
ALTER TABLE datapath_route_links ADD COLUMN ip_lease_id INTEGER REFERENCES ip_leases (id) ON DELETE SET NULL;
CREATE INDEX datapath_route_links_ip_lease_id ON datapath_route_links (ip_lease_id);
ALTER TABLE datapath_route_links ADD COLUMN topology_id INTEGER REFERENCES topologies (id) ON DELETE CASCADE;
CREATE INDEX datapath_route_links_topology_id ON datapath_route_links (topology_id);
ALTER TABLE datapath_route_links ADD COLUMN topology_layer_id INTEGER REFERENCES topology_layers (id) ON DELETE CASCADE;
CREATE INDEX datapath_route_links_topology_layer_id ON datapath_route_links (topology_layer_id);
ALTER TABLE datapath_route_links ADD COLUMN topology_mac_range_group_id INTEGER REFERENCES topology_mac_range_groups (id) ON DELETE SET NULL;
CREATE INDEX datapath_route_links_topology_mac_range_group_id ON datapath_route_links (topology_mac_range_group_id);
ALTER TABLE datapath_segments ADD COLUMN ip_lease_id INTEGER REFERENCES ip_leases (id) ON DELETE SET NULL;
CREATE INDEX datapath_segments_ip_lease_id ON datapath_segments (ip_lease_id);
ALTER TABLE datapath_segments ADD COLUMN topology_id INTEGER REFERENCES topologies (id) ON DELETE CASCADE;
CREATE INDEX datapath_segments_topology_id ON datapath_segments (topology_id);
ALTER TABLE datapath_segments ADD COLUMN topology_layer_id INTEGER REFERENCES topology_layers (id) ON DELETE CASCADE;
CREATE INDEX datapath_segments_topology_layer_id ON datapath_segments (topology_layer_id);
ALTER TABLE datapath_segments ADD COLUMN topology_mac_range_group_id INTEGER REFERENCES topology_mac_range_groups (id) ON DELETE SET NULL;
CREATE INDEX datapath_segments_topology_mac_range_group_id ON datapath_segments (topology_mac_range_group_id);
`
