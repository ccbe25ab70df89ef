/** An IP packet of either version, as ipv4.ts and ipv6.ts read it. Byte arrays are views of the frame. */
export interface IpPacket {
	readonly version: 4 | 6;
	readonly source: Uint8Array;
	readonly destination: Uint8Array;
	/** TTL or hop limit. */
	readonly ttl: number;
	/** Identification; of IPv6 only in fragments. */
	readonly id: number | undefined;
	/** What `payload` is, by IANA protocol number: 17 UDP, 6 TCP, 1 ICMP, 58 ICMPv6. */
	readonly protocol: number;
	/** Without link-layer padding. */
	readonly payload: Uint8Array;
	/** Bytes that the packet's own length promises and the frame does not have. */
	readonly missing: number;
	/** Undefined for a whole packet. */
	readonly fragment: { readonly offset: number; readonly more: boolean } | undefined;
}

export const IP_PROTOCOL = {
	icmp: 1,
	ipv4: 4,
	tcp: 6,
	udp: 17,
	ipv6: 41,
	gre: 47,
	esp: 50,
	icmpv6: 58,
} as const;
