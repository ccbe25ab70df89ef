/*
 * What kind of address a text is, and its one canonical spelling. Takes what SIP headers, packets and users write;
 * knows no DNS.
 */
import { remembered } from '../bytes/remembered.js';
import { formatIpv4, parseIpv4 } from './ipv4-address.js';
import { formatIpv6, isIpv4Mapped, parseIpv6 } from './ipv6-address.js';

export type AddressClass =
	| 'unspecified'
	| 'loopback'
	| 'link-local'
	| 'private'
	| 'carrier-grade-nat'
	| 'unique-local'
	| 'multicast'
	| 'documentation'
	| 'public'
	/** Not an IP address. */
	| 'name';

interface Block {
	readonly class: AddressClass;
	readonly prefix: Uint8Array;
	readonly bits: number;
}

/** First match wins; what matches none is public. */
const IPV4_BLOCKS = blocks(parseIpv4, [
	['unspecified', '0.0.0.0', 8],
	['loopback', '127.0.0.0', 8],
	['link-local', '169.254.0.0', 16],
	['private', '10.0.0.0', 8],
	['private', '172.16.0.0', 12],
	['private', '192.168.0.0', 16],
	// RFC 7335: the addresses that 464XLAT and DS-Lite hand to the inside.
	['private', '192.0.0.0', 29],
	['carrier-grade-nat', '100.64.0.0', 10],
	['documentation', '192.0.2.0', 24],
	['documentation', '198.51.100.0', 24],
	['documentation', '203.0.113.0', 24],
	['multicast', '224.0.0.0', 4],
	// The limited broadcast: like multicast, no one host answers to it.
	['multicast', '255.255.255.255', 32],
]);

const IPV6_BLOCKS = blocks(parseIpv6, [
	['unspecified', '::', 128],
	['loopback', '::1', 128],
	['link-local', 'fe80::', 10],
	['unique-local', 'fc00::', 7],
	['multicast', 'ff00::', 8],
	['documentation', '2001:db8::', 32],
	// RFC 9637.
	['documentation', '3fff::', 20],
]);

function blocks(
	parse: (text: string) => Uint8Array | undefined,
	rows: readonly (readonly [AddressClass, string, number])[],
): readonly Block[] {
	return rows.map(([name, text, bits]) => ({
		class: name,
		prefix: parse(text) ?? new Uint8Array(16),
		bits,
	}));
}

function inBlock(bytes: Uint8Array, { prefix, bits }: Block): boolean {
	for (let bit = 0; bit < bits; bit += 8) {
		const mask = bits - bit >= 8 ? 0xff : (0xff00 >> (bits - bit)) & 0xff;
		if ((((bytes[bit >> 3] ?? 0) ^ (prefix[bit >> 3] ?? 0)) & mask) !== 0) return false;
	}
	return true;
}

/** Brackets of a SIP URI host and an RFC 4007 zone are no part of the address itself. */
function split(text: string): { address: string; zone: string } {
	const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
	const percent = bare.indexOf('%');
	if (percent === -1 || !bare.includes(':')) return { address: bare, zone: '' };
	return { address: bare.slice(0, percent), zone: bare.slice(percent) };
}

/** The class of an address; of the embedded one for an IPv4-mapped IPv6 address. */
export function classifyAddress(address: string): AddressClass {
	return readAddress(address).class;
}

/** A site has few addresses, and every rule asks for them. */
const readAddress = remembered((written: string) => {
	const { address, zone } = split(written);
	const ipv4 = parseIpv4(address);
	const ipv6 = ipv4 === undefined ? parseIpv6(address) : undefined;
	return {
		class: classOfEither(ipv4, ipv6),
		canonical: canonicalOf(ipv6, zone) ?? `${address}${zone}`.toLowerCase(),
	};
});

function canonicalOf(ipv6: Uint8Array | undefined, zone: string): string | undefined {
	if (ipv6 === undefined) return undefined;
	return isIpv4Mapped(ipv6) ? formatIpv4(ipv6.subarray(12)) : `${formatIpv6(ipv6)}${zone}`;
}

function classOfEither(ipv4: Uint8Array | undefined, ipv6: Uint8Array | undefined): AddressClass {
	if (ipv4 !== undefined) return classOf(ipv4, IPV4_BLOCKS);
	if (ipv6 === undefined) return 'name';
	if (isIpv4Mapped(ipv6)) return classOf(ipv6.subarray(12), IPV4_BLOCKS);
	return classOf(ipv6, IPV6_BLOCKS);
}

function classOf(bytes: Uint8Array, table: readonly Block[]): AddressClass {
	return table.find((block) => inBlock(bytes, block))?.class ?? 'public';
}

/** True for an IPv4 or IPv6 address, in brackets or not. */
export function isIpAddress(text: string): boolean {
	return classifyAddress(text) !== 'name';
}

/**
 * True for an address that the internet cannot reach: private, carrier-grade NAT, unique-local, link-local, loopback,
 * unspecified. Documentation addresses count as public; names and multicast groups are not private.
 */
export function isPrivateAddress(address: string): boolean {
	switch (classifyAddress(address)) {
		case 'private':
		case 'carrier-grade-nat':
		case 'unique-local':
		case 'link-local':
		case 'loopback':
		case 'unspecified':
			return true;
		case 'multicast':
		case 'documentation':
		case 'public':
		case 'name':
			return false;
	}
}

/** The address without its zone (`fe80::1%eth0`, RFC 4007), which only this machine understands: it is never sent. */
export function withoutZone(address: string): string {
	return split(address).address;
}

/** True for an IPv6 address that names nobody until its interface is said: `fe80::1`, not `fe80::1%eth0`. */
export function lacksZone(address: string): boolean {
	return (
		address.includes(':') && !address.includes('%') && classifyAddress(address) === 'link-local'
	);
}

/**
 * IPv6 as RFC 5952 writes it and without brackets, IPv4 as it is, names in lower case. An IPv4-mapped address is the IPv4
 * one: it is never in a packet (RFC 4038 §4.2), but servers with one socket for both families write it into SIP.
 */
export function canonicalAddress(text: string): string {
	return readAddress(text).canonical;
}
