/* RFC 3261 §8.1.1, §10.2: what a registrar may refuse with 400. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestFaults } from '../../src/registration/request-faults.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import type { Observed } from '../../src/trace/observed.js';

const LINES = [
	'REGISTER sip:example.com SIP/2.0',
	'Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1;rport',
	'Max-Forwards: 70',
	'From: <sip:1001@example.com>;tag=1',
	'To: <sip:1001@example.com>',
	'Call-ID: call-1',
	'CSeq: 1 REGISTER',
	'Contact: <sip:1001@192.168.1.10:5060>',
	'Expires: 3600',
	'Content-Length: 0',
];

function faultsOfBytes(bytes: Uint8Array, cut = false): readonly string[] {
	const parsed = parseDatagram(bytes);
	if (!parsed.ok || parsed.value.kind !== 'request') return [];
	const observed: Observed<typeof parsed.value> = {
		...{ message: parsed.value, at: 0, source: 's', frame: 1, frames: [1], cut },
		...{
			src: { address: '192.168.1.10', port: 5060 },
			dst: { address: '203.0.113.5', port: 5060 },
		},
		...{ transport: 'udp', packet: { fragments: 1, payloadLength: bytes.length } },
	};
	return requestFaults(observed);
}

/** The REGISTER with some of its lines replaced; an empty replacement leaves the line out. */
function faults(replaced: Readonly<Record<string, string>> = {}, around = ['', '']) {
	const lines = LINES.map((line) => replaced[line.split(':')[0] ?? ''] ?? line);
	const text = `${lines.filter((line) => line !== '').join('\r\n')}\r\n\r\n`;
	return faultsOfBytes(Buffer.from(`${around[0] ?? ''}${text}${around[1] ?? ''}`, 'latin1'));
}

describe('the faults of a REGISTER', () => {
	it('are none in one that is in order', () => {
		expect(faults()).toEqual([]);
	});

	it('name a header field that is missing', () => {
		expect(faults({ 'Call-ID': '' })).toEqual(['Call-ID is missing']);
	});

	it('name one that stands more than once', () => {
		expect(faults({ Expires: 'Expires: 3600\r\nExpires: 60' })).toEqual([
			'Expires stands more than once',
		]);
	});

	it('name a Content-Length that is longer than the body', () => {
		expect(faults({ 'Content-Length': 'Content-Length: 9' })).toEqual([
			'Content-Length is 9, the body has 0 bytes',
		]);
	});

	it('do not count a keep-alive in front of the message (RFC 3261 §7.5)', () => {
		expect(faults({}, ['\r\n\r\n', ''])).toEqual([]);
	});

	it('do not count octets behind the body (RFC 3261 §18.3)', () => {
		expect(faults({}, ['', '\0\0\0\0'])).toEqual([]);
	});

	it('name a CSeq of another method', () => {
		expect(faults({ CSeq: 'CSeq: 1 INVITE' })).toEqual(['CSeq names the method INVITE']);
	});

	it('name a branch without the magic cookie', () => {
		expect(faults({ Via: 'Via: SIP/2.0/UDP 192.168.1.10;branch=1' })).toEqual([
			'the Via branch "1" does not begin with z9hG4bK',
		]);
	});

	it('do not count a peer of RFC 2543, whose Via has no branch at all', () => {
		expect(faults({ Via: 'Via: SIP/2.0/UDP 192.168.1.10' })).toEqual([]);
	});

	it('name a Contact * that does not remove, or stands beside another', () => {
		expect(faults({ Contact: 'Contact: *' })).toEqual(['Contact * without Expires: 0']);
		expect(faults({ Contact: 'Contact: *, <sip:a@192.168.1.10>', Expires: 'Expires: 0' })).toEqual([
			'Contact * stands beside another Contact',
		]);
		expect(faults({ Contact: 'Contact: *', Expires: 'Expires: 0' })).toEqual([]);
	});

	it('do not repeat the credentials of a line that cannot be read', () => {
		const broken = 'Expires: 3600\r\nAuthorization Digest response="0123456789abcdef"';
		const found = faults({ Expires: broken });
		expect(found).toHaveLength(1);
		expect(found.join()).not.toContain('0123456789abcdef');
	});

	it('are not looked for where the snaplen cut the message', () => {
		expect(faultsOfBytes(Buffer.from(`${LINES.slice(0, 4).join('\r\n')}\r\n`), true)).toEqual([]);
	});

	it('are found in any bytes without an exception', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 9 }), (bytes, kept) => {
				const head = Buffer.from(`${LINES.slice(0, kept + 1).join('\r\n')}\r\n`);
				expect(Array.isArray(faultsOfBytes(Buffer.concat([head, bytes])))).toBe(true);
			}),
		);
	});
});
