import { parseIpv4 } from '../net/ipv4-address.js';
import { parseIpv6 } from '../net/ipv6-address.js';

/** What a resolver was asked and what it gave, of which a DNS response is rebuilt. */
export interface DnsResponse {
	readonly name: string;
	readonly type: 'A' | 'AAAA';
	readonly addresses: readonly string[];
	/** RFC 1035 §4.1.1: 0 no error, 2 server failure, 3 name error. */
	readonly rcode: number;
}

const TYPES = { A: 1, AAAA: 28 } as const;
const CLASS_IN = 1;
/** Response, recursion desired and available. */
const FLAGS = 0x8180;
/** A pointer to the name in the question, which begins behind the header (RFC 1035 §4.1.4). */
const NAME_POINTER = 0xc00c;

/**
 * A DNS response (RFC 1035 §4) for the saved file; undefined for a name that DNS cannot hold. The resolver's library
 * tells neither id nor TTL: both are 0.
 */
export function dnsResponse({ name, type, addresses, rcode }: DnsResponse): Uint8Array | undefined {
	const encodedName = encodeName(name);
	if (encodedName === undefined) return undefined;
	const answers = addresses.flatMap((address) => {
		const data = type === 'A' ? parseIpv4(address) : parseIpv6(address);
		return data === undefined ? [] : [encodeAnswer(TYPES[type], data)];
	});
	const header = words(0, FLAGS | rcode, 1, answers.length, 0, 0);
	return Buffer.concat([header, encodedName, words(TYPES[type], CLASS_IN), ...answers]);
}

function encodeName(name: string): Uint8Array | undefined {
	const labels = name.replace(/\.$/, '').split('.');
	if (labels.some((label) => label.length === 0 || label.length > 63)) return undefined;
	const parts = labels.map((label) =>
		Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'),
	);
	const encoded = Buffer.concat([...parts, Buffer.of(0)]);
	return encoded.length > 255 ? undefined : encoded;
}

function encodeAnswer(type: number, data: Uint8Array): Uint8Array {
	const ttl = [0, 0];
	return Buffer.concat([words(NAME_POINTER, type, CLASS_IN, ...ttl, data.length), data]);
}

/** 16-bit numbers in network byte order. */
function words(...values: readonly number[]): Uint8Array {
	return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}
