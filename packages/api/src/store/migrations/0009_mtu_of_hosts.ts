/** What the answer about a network looks for among datapaths: the least MTU, and whether tunnels are IPv6. */
export const mtuOfHosts = `
CREATE INDEX datapaths_mtu ON datapaths (mtu);
CREATE INDEX datapaths_ipv6_address ON datapaths (ipv6_address);
`
