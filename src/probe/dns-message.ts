import { parseIpv4 } from '../net/ipv4-address.js';
import { parseIpv6 } from '../net/ipv6-address.js';

/** What a resolver was asked and what it gave, of which a DNS response is rebuilt. */
export interface DnsResponse {
	readonly name: string;
	readonly type: 'A' | 'AAAA' | 'SRV' | 'NAPTR';
	/** Addresses, `priority weight port target`, or `order preference flags service replacement`. */
	readonly data: readonly string[];
	/** RFC 1035 §4.1.1: 0 no error, 2 server failure, 3 name error, 5 refused. */
	readonly rcode: number;
}

const TYPES = { A: 1, AAAA: 28, SRV: 33, NAPTR: 35 } as const;
const CLASS_IN = 1;
/** Response, recursion desired and available. */
const FLAGS = 0x8180;
/** A pointer to the name in the question, which begins behind the header (RFC 1035 §4.1.4). */
const NAME_POINTER = 0xc00c;

/**
 * A DNS response (RFC 1035 §4) for the saved file; undefined for a name that DNS cannot hold. The resolver's library
 * tells neither id nor TTL: both are 0. A record that cannot be written is left out.
 */
export function dnsResponse({ name, type, data, rcode }: DnsResponse): Uint8Array | undefined {
	const encodedName = encodeName(name);
	if (encodedName === undefined) return undefined;
	const answers = data.flatMap((text) => {
		const encoded = encodeData(type, text);
		return encoded === undefined ? [] : [encodeAnswer(TYPES[type], encoded)];
	});
	const header = words(0, FLAGS | rcode, 1, answers.length, 0, 0);
	return Buffer.concat([header, encodedName, words(TYPES[type], CLASS_IN), ...answers]);
}

function encodeData(type: DnsResponse['type'], text: string): Uint8Array | undefined {
	switch (type) {
		case 'A':
			return parseIpv4(text);
		case 'AAAA':
			return parseIpv6(text);
		case 'SRV': {
			const [priority, weight, port, host = ''] = text.split(' ');
			const target = encodeName(host);
			const numbers = [priority, weight, port].map(Number);
			// RFC 2782.
			return target === undefined ? undefined : Buffer.concat([words(...numbers), target]);
		}
		case 'NAPTR': {
			const [order, preference, flags = '', service = '', host = ''] = text.split(' ');
			const replacement = encodeName(host);
			if (replacement === undefined) return undefined;
			// RFC 3403 §4.1; the regular expression was empty, or the record was not used.
			const strings = [flags, service, ''].map(encodeString);
			return Buffer.concat([words(Number(order), Number(preference)), ...strings, replacement]);
		}
	}
}

/** A character-string (RFC 1035 §3.3); two quotes stand for an empty one. */
function encodeString(text: string): Uint8Array {
	const bytes = Buffer.from(text === '""' ? '' : text, 'latin1').subarray(0, 255);
	return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function encodeName(name: string): Uint8Array | undefined {
	if (name === '.') return Buffer.of(0);
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
	return Buffer.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));
}
