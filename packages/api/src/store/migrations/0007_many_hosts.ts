/** Networks over many hosts: endpoints, transports, MTU, databases, VLANs of guests. */
export const manyHosts = `
ALTER TABLE datapaths ADD COLUMN ipv6_address TEXT;
ALTER TABLE datapaths ADD COLUMN transport TEXT;
ALTER TABLE datapaths ADD COLUMN mtu INTEGER;
ALTER TABLE datapaths ADD COLUMN ovsdb TEXT;
ALTER TABLE topologies ADD COLUMN transport TEXT;
ALTER TABLE networks ADD COLUMN mtu INTEGER;
ALTER TABLE networks ADD COLUMN vlan_transparent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN vlan_id INTEGER;
ALTER TABLE interfaces ADD COLUMN trunk_interface_id INTEGER REFERENCES interfaces (id) ON DELETE CASCADE;
ALTER TABLE interfaces ADD COLUMN vlan_id INTEGER;
CREATE UNIQUE INDEX interfaces_trunk ON interfaces (trunk_interface_id, vlan_id);
`
