/** Physical networks in VLANs. */
export const vlans = `
ALTER TABLE networks ADD COLUMN vlan_id INTEGER;
`
