/** What every link layer gives: what it carries, and what it knows of the hop. */
export interface LinkPayload {
	/** EtherType of `payload` (0x0800 IPv4, 0x86dd IPv6, 0x0806 ARP); 0 where the link layer has none for it. */
	readonly etherType: number;
	readonly payload: Uint8Array;
	/** Views of the hardware addresses; undefined where the link layer has none. */
	readonly sourceMac: Uint8Array | undefined;
	readonly destinationMac: Uint8Array | undefined;
	/** VLAN ids, outermost first. */
	readonly vlans: readonly number[];
	readonly direction: 'inbound' | 'outbound' | undefined;
	/** The capturing host's number of the interface (Linux cooked v2). */
	readonly interfaceIndex: number | undefined;
	/** The other packets of a frame that carries several (IEEE 802.11 A-MSDU), in their order. */
	readonly further?: readonly LinkPayload[];
	/** Of IEEE 802.11: nothing of what it carries can be read. */
	readonly isEncrypted?: true;
}

export const ETHER_TYPE = {
	ipv4: 0x0800,
	arp: 0x0806,
	ipv6: 0x86dd,
	/** Labels of RFC 3032, and of RFC 5332 (the number was that of multicast before). */
	mpls: 0x8847,
	mplsUpstream: 0x8848,
} as const;

const READ: ReadonlySet<number> = new Set(Object.values(ETHER_TYPE));

/** Whether what an EtherType stands for is read. */
export function isRead(etherType: number): boolean {
	return READ.has(etherType);
}

/** A payload of a link layer that knows nothing else. */
export function barePayload(etherType: number, payload: Uint8Array): LinkPayload {
	return {
		etherType,
		payload,
		sourceMac: undefined,
		destinationMac: undefined,
		vlans: NO_VLANS,
		direction: undefined,
		interfaceIndex: undefined,
	};
}

/** The same, seen elsewhere: hardware addresses and VLANs stay its own. */
export function seenAt(
	link: LinkPayload,
	{ direction, interfaceIndex }: Pick<LinkPayload, 'direction' | 'interfaceIndex'>,
): LinkPayload {
	// Those of Ethernet are made when somebody asks, and no spread copies what is.
	const { sourceMac, destinationMac } = link;
	return { ...link, sourceMac, destinationMac, direction, interfaceIndex };
}

export const NO_VLANS: readonly number[] = [];
