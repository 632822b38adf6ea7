/**
 * IPv6 beside IPv4, next hops and kinds of routes, options of DHCP, records of DNS of any type. SQLite takes NOT NULL from
 * a column only by another column or another table; networks keep their table, which many others refer to.
 */
export const addressFamilies = `
ALTER TABLE networks RENAME COLUMN ipv4_network TO old_network;
ALTER TABLE networks ADD COLUMN ipv4_network TEXT;
UPDATE networks SET ipv4_network = old_network;
ALTER TABLE networks DROP COLUMN old_network;
ALTER TABLE networks ADD COLUMN ipv6_network TEXT;
ALTER TABLE networks ADD COLUMN ipv6_prefix INTEGER NOT NULL DEFAULT 64;
ALTER TABLE networks ADD COLUMN ipv6_address_mode TEXT NOT NULL DEFAULT 'slaac';
ALTER TABLE networks ADD COLUMN dhcp_lease_time INTEGER NOT NULL DEFAULT 86400;

ALTER TABLE interfaces ADD COLUMN hostname TEXT;
CREATE INDEX interfaces_hostname ON interfaces (hostname);

CREATE TABLE new_routes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE,
  network_id INTEGER REFERENCES networks (id) ON DELETE CASCADE,
  route_link_id INTEGER NOT NULL REFERENCES route_links (id) ON DELETE CASCADE,
  router_id INTEGER REFERENCES routers (id) ON DELETE CASCADE,
  destination TEXT NOT NULL,
  prefix INTEGER NOT NULL,
  type TEXT NOT NULL,
  via TEXT,
  weight INTEGER NOT NULL,
  ingress INTEGER NOT NULL,
  egress INTEGER NOT NULL,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
INSERT INTO new_routes
  SELECT id, uuid, interface_id, network_id, route_link_id,
    (SELECT id FROM routers WHERE routers.route_link_id = routes.route_link_id ORDER BY id LIMIT 1),
    destination, prefix, 'unicast', NULL, 1, ingress, egress, labels, created_at, updated_at
  FROM routes;
CREATE TEMP TABLE routes_of_legs AS SELECT id, route_id FROM router_networks WHERE route_id IS NOT NULL;
DELETE FROM sqlite_sequence WHERE name = 'new_routes';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_routes', seq FROM sqlite_sequence WHERE name = 'routes';
DROP TABLE routes;
ALTER TABLE new_routes RENAME TO routes;
UPDATE router_networks SET route_id = (SELECT route_id FROM routes_of_legs WHERE routes_of_legs.id = router_networks.id);
DROP TABLE routes_of_legs;
CREATE INDEX routes_interface_id ON routes (interface_id);
CREATE INDEX routes_network_id ON routes (network_id);
CREATE INDEX routes_route_link_id ON routes (route_link_id);
CREATE INDEX routes_router_id ON routes (router_id);

ALTER TABLE router_networks ADD COLUMN ipv6_route_id INTEGER REFERENCES routes (id) ON DELETE SET NULL;
CREATE INDEX router_networks_ipv6_route_id ON router_networks (ipv6_route_id);

ALTER TABLE dns_records RENAME COLUMN address TO value;
ALTER TABLE dns_records ADD COLUMN type TEXT NOT NULL DEFAULT 'A';

CREATE TABLE dhcp_options (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  network_id INTEGER REFERENCES networks (id) ON DELETE CASCADE,
  interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE,
  family INTEGER NOT NULL,
  code TEXT NOT NULL,
  value TEXT NOT NULL,
  labels TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX dhcp_options_network_id ON dhcp_options (network_id);
CREATE INDEX dhcp_options_interface_id ON dhcp_options (interface_id);
`
