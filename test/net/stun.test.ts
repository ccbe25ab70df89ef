import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStun, stunBindingRequest } from '../../src/net/stun.js';
import { ipAddressText } from '../../src/trace/ip-endpoint.js';

const COOKIE = '2112a442';
/** Transaction id and the addresses are those of the test vectors of RFC 5769 §2.2 and §2.3. */
const TRANSACTION = 'b7e7a701bc34d686fa87dfae';

function stun(type: string, ...attributes: readonly string[]): Buffer {
	const body = attributes.join('');
	const length = (body.length / 2).toString(16).padStart(4, '0');
	return Buffer.from(`${type}${length}${COOKIE}${TRANSACTION}${body}`, 'hex');
}

function mappedIn(bytes: Uint8Array): string | undefined {
	const mapped = parseStun(bytes)?.mapped;
	return mapped && `${ipAddressText(mapped.address)} ${mapped.port}`;
}

const SOFTWARE = '8022000b7465737420766563746f7220';
const XOR_IPV4 = '002000080001a147e112a643';
const XOR_IPV6 = '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9';
const PLAIN_IPV4 = '0001000800018055c0000201';

describe('a STUN binding', () => {
	it.each([
		['0001', 'request'],
		['0101', 'success'],
		['0111', 'error'],
	])('of type %s is a %s', (type, message) => {
		expect(parseStun(stun(type))?.message).toBe(message);
	});

	it('tells the address outside, as RFC 5769 §2.2 has it', () => {
		expect(mappedIn(stun('0101', SOFTWARE, XOR_IPV4))).toBe('192.0.2.1 32853');
	});

	it('tells an IPv6 address, as RFC 5769 §2.3 has it', () => {
		expect(mappedIn(stun('0101', XOR_IPV6))).toBe('2001:db8:1234:5678:11:2233:4455:6677 32853');
	});

	it('of an older server tells it in the clear, and the masked one wins', () => {
		expect(mappedIn(stun('0101', PLAIN_IPV4))).toBe('192.0.2.1 32853');
		expect(mappedIn(stun('0101', PLAIN_IPV4.replace('8055', '0001'), XOR_IPV4))).toBe(
			'192.0.2.1 32853',
		);
	});

	it('may tell none', () => {
		expect(mappedIn(stun('0001'))).toBeUndefined();
		expect(mappedIn(stun('0101', '002000080003a147e112a643'))).toBeUndefined();
	});
});

describe('a STUN server with a second address', () => {
	const OTHER = '802c000800010d97c6336402';
	const CHANGED = '0005000800010d97c6336403';
	const otherIn = (bytes: Uint8Array): string | undefined => {
		const other = parseStun(bytes)?.other;
		return other && `${ipAddressText(other.address)} ${other.port}`;
	};

	it('names it in OTHER-ADDRESS (RFC 5780 §7.4)', () => {
		expect(otherIn(stun('0101', XOR_IPV4, CHANGED, OTHER))).toBe('198.51.100.2 3479');
	});

	it('names it in CHANGED-ADDRESS where it is an old one (RFC 3489)', () => {
		expect(otherIn(stun('0101', XOR_IPV4, CHANGED))).toBe('198.51.100.3 3479');
	});

	it('names none where it has none', () => {
		expect(otherIn(stun('0101', XOR_IPV4))).toBeUndefined();
	});
});

describe('a STUN request to send', () => {
	const id = Buffer.from(TRANSACTION, 'hex');

	it('is a binding request with its transaction id', () => {
		const bytes = stunBindingRequest(id, undefined);
		expect(Buffer.from(bytes).toString('hex')).toBe(`00010000${COOKIE}${TRANSACTION}`);
		expect(parseStun(bytes)).toMatchObject({ message: 'request', mapped: undefined });
	});

	it('can ask for an answer to another port (RFC 5780 §7.5)', () => {
		const bytes = stunBindingRequest(id, 40_061);
		expect(Buffer.from(bytes).toString('hex')).toBe(
			`00010008${COOKIE}${TRANSACTION}002700029c7d0000`,
		);
	});
});

describe('what is no STUN binding', () => {
	it.each([
		['an indication', stun('0011')],
		['another cookie', Buffer.from(`00010000${'00000000'}${TRANSACTION}`, 'hex')],
		['a length beyond the datagram', stun('0101', XOR_IPV4).subarray(0, 30)],
		['a few bytes', Buffer.from('0001', 'hex')],
	])('is passed over: %s', (_what, bytes) => {
		expect(parseStun(bytes)).toBeUndefined();
	});

	it('never throws, nor do odd attributes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
				const body = Buffer.from(bytes).toString('hex');
				parseStun(bytes);
				const padded = stun('0101', body.padEnd(Math.ceil(body.length / 8) * 8, '0'));
				expect(parseStun(padded)?.message).toBe('success');
			}),
		);
	});
});
