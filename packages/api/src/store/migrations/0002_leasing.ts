/**
 * Segments, ranges of addresses, lease policies and what they keep, DNS. An IP lease may be without interface: SQLite
 * takes NOT NULL off a column by making the table anew.
 * `ip_retentions_due` serves the search for what is due, `datapath_segments_mac_address` the rule about MAC addresses.
 */
export const leasing = `
CREATE TABLE segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  mode TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

ALTER TABLE networks ADD COLUMN segment_id INTEGER REFERENCES segments (id) ON DELETE CASCADE;
CREATE INDEX networks_segment_id ON networks (segment_id);
ALTER TABLE interfaces ADD COLUMN segment_id INTEGER REFERENCES segments (id) ON DELETE SET NULL;
CREATE INDEX interfaces_segment_id ON interfaces (segment_id);
ALTER TABLE mac_leases ADD COLUMN segment_id INTEGER REFERENCES segments (id) ON DELETE CASCADE;
CREATE INDEX mac_leases_segment_id ON mac_leases (segment_id);

CREATE TABLE new_ip_leases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  mac_lease_id INTEGER REFERENCES mac_leases (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  enable_routing INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (network_id, address)
) STRICT;
INSERT INTO new_ip_leases SELECT * FROM ip_leases;
DELETE FROM sqlite_sequence WHERE name = 'new_ip_leases';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_ip_leases', seq FROM sqlite_sequence WHERE name = 'ip_leases';
DROP TABLE ip_leases;
ALTER TABLE new_ip_leases RENAME TO ip_leases;
CREATE INDEX ip_leases_network_id ON ip_leases (network_id);
CREATE INDEX ip_leases_mac_lease_id ON ip_leases (mac_lease_id);
CREATE INDEX ip_leases_interface_id ON ip_leases (interface_id);

CREATE TABLE datapath_segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  datapath_id INTEGER NOT NULL REFERENCES datapaths (id) ON DELETE CASCADE,
  segment_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE SET NULL,
  mac_address TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (datapath_id, segment_id)
) STRICT;
CREATE INDEX datapath_segments_datapath_id ON datapath_segments (datapath_id);
CREATE INDEX datapath_segments_segment_id ON datapath_segments (segment_id);
CREATE INDEX datapath_segments_interface_id ON datapath_segments (interface_id);

CREATE TABLE mac_range_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  allocation_type TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE mac_ranges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  mac_range_group_id INTEGER NOT NULL REFERENCES mac_range_groups (id) ON DELETE CASCADE,
  begin_mac_address TEXT NOT NULL,
  end_mac_address TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX mac_ranges_mac_range_group_id ON mac_ranges (mac_range_group_id);

CREATE TABLE ip_range_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  allocation_type TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE ip_ranges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  ip_range_group_id INTEGER NOT NULL REFERENCES ip_range_groups (id) ON DELETE CASCADE,
  begin_address TEXT NOT NULL,
  end_address TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX ip_ranges_ip_range_group_id ON ip_ranges (ip_range_group_id);

CREATE TABLE ip_lease_containers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE ip_lease_container_ip_leases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ip_lease_container_id INTEGER NOT NULL REFERENCES ip_lease_containers (id) ON DELETE CASCADE,
  ip_lease_id INTEGER NOT NULL REFERENCES ip_leases (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (ip_lease_container_id, ip_lease_id)
) STRICT;
CREATE INDEX ip_lease_container_ip_leases_ip_lease_container_id ON ip_lease_container_ip_leases (ip_lease_container_id);
CREATE INDEX ip_lease_container_ip_leases_ip_lease_id ON ip_lease_container_ip_leases (ip_lease_id);

CREATE TABLE ip_retention_containers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  lease_time INTEGER,
  grace_time INTEGER,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE ip_retentions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ip_retention_container_id INTEGER NOT NULL REFERENCES ip_retention_containers (id) ON DELETE CASCADE,
  ip_lease_id INTEGER NOT NULL REFERENCES ip_leases (id) ON DELETE CASCADE,
  leased_at TEXT,
  released_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (ip_retention_container_id, ip_lease_id)
) STRICT;
CREATE INDEX ip_retentions_ip_retention_container_id ON ip_retentions (ip_retention_container_id);
CREATE INDEX ip_retentions_ip_lease_id ON ip_retentions (ip_lease_id);

CREATE TABLE lease_policies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  mode TEXT NOT NULL,
  timing TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE lease_policy_networks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lease_policy_id INTEGER NOT NULL REFERENCES lease_policies (id) ON DELETE CASCADE,
  network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  ip_range_group_id INTEGER NOT NULL REFERENCES ip_range_groups (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (lease_policy_id, network_id)
) STRICT;
CREATE INDEX lease_policy_networks_lease_policy_id ON lease_policy_networks (lease_policy_id);
CREATE INDEX lease_policy_networks_network_id ON lease_policy_networks (network_id);
CREATE INDEX lease_policy_networks_ip_range_group_id ON lease_policy_networks (ip_range_group_id);

CREATE TABLE lease_policy_interfaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lease_policy_id INTEGER NOT NULL REFERENCES lease_policies (id) ON DELETE CASCADE,
  interface_id INTEGER NOT NULL REFERENCES interfaces (id) ON DELETE CASCADE,
  label TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (lease_policy_id, interface_id)
) STRICT;
CREATE INDEX lease_policy_interfaces_lease_policy_id ON lease_policy_interfaces (lease_policy_id);
CREATE INDEX lease_policy_interfaces_interface_id ON lease_policy_interfaces (interface_id);

CREATE TABLE lease_policy_ip_lease_containers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lease_policy_id INTEGER NOT NULL REFERENCES lease_policies (id) ON DELETE CASCADE,
  ip_lease_container_id INTEGER NOT NULL REFERENCES ip_lease_containers (id) ON DELETE CASCADE,
  label TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (lease_policy_id, ip_lease_container_id)
) STRICT;
CREATE INDEX lease_policy_ip_lease_containers_lease_policy_id ON lease_policy_ip_lease_containers (lease_policy_id);
CREATE INDEX lease_policy_ip_lease_containers_ip_lease_container_id ON lease_policy_ip_lease_containers (ip_lease_container_id);

CREATE TABLE lease_policy_ip_retention_containers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lease_policy_id INTEGER NOT NULL REFERENCES lease_policies (id) ON DELETE CASCADE,
  ip_retention_container_id INTEGER NOT NULL REFERENCES ip_retention_containers (id) ON DELETE CASCADE,
  label TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (lease_policy_id, ip_retention_container_id)
) STRICT;
CREATE INDEX lease_policy_ip_retention_containers_lease_policy_id ON lease_policy_ip_retention_containers (lease_policy_id);
CREATE INDEX lease_policy_ip_retention_containers_ip_retention_container_id ON lease_policy_ip_retention_containers (ip_retention_container_id);

CREATE TABLE dns_services (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  network_service_id INTEGER NOT NULL REFERENCES network_services (id) ON DELETE CASCADE,
  public_dns TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX dns_services_network_service_id ON dns_services (network_service_id);

CREATE TABLE dns_records (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  dns_service_id INTEGER NOT NULL REFERENCES dns_services (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  ttl INTEGER,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX dns_records_dns_service_id ON dns_records (dns_service_id);

CREATE INDEX datapath_segments_mac_address ON datapath_segments (mac_address);
CREATE INDEX ip_retentions_due ON ip_retentions (ip_retention_container_id, released_at, leased_at);
`
