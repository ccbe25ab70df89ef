import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDhcp } from '../../src/layers/dhcp.js';
import { growth, LINEAR } from '../support/growth.js';
import { bytesOf } from '../support/packet-bytes.js';

const ACK = [53, 1, 5];

/** An answer to 192.0.2.10 with these options. */
function dhcp(...options: readonly (readonly number[] | Uint8Array)[]): Buffer {
	const head = Buffer.alloc(236);
	head[0] = 2;
	head.set([192, 0, 2, 10], 16);
	head.set([0, 0, 0x5e, 0, 0x53, 1], 28);
	return bytesOf(head, [0x63, 0x82, 0x53, 0x63], ...options);
}

function option(code: number, data: Uint8Array | string): Buffer {
	return bytesOf(code, data.length, data);
}

const NAMES = bytesOf(0, 3, 'sip', 7, 'EXAMPLE', 3, 'com', 0, 1, 'b', 3, 'net', 0);

describe('an answer of a DHCP server', () => {
	it('tells whom it gives which address', () => {
		const answer = parseDhcp(dhcp(ACK, [255]));
		expect(answer).toMatchObject({ message: 'ack', sipServers: [], vendorOptions: [] });
		expect([...(answer?.clientAddress ?? [])]).toEqual([192, 0, 2, 10]);
		expect([...(answer?.clientMac ?? [])]).toEqual([0, 0, 0x5e, 0, 0x53, 1]);
	});

	it('tells the provisioning server, without the zero at its end', () => {
		const answer = parseDhcp(dhcp(ACK, option(66, 'https://prov.example.com\0')));
		expect(answer?.provisioningServer).toBe('https://prov.example.com');
	});

	it('tells SIP servers by name', () => {
		expect(parseDhcp(dhcp(ACK, option(120, NAMES)))?.sipServers).toEqual([
			'sip.example.com',
			'b.net',
		]);
	});

	it('tells SIP servers by address', () => {
		const value = bytesOf(1, [192, 0, 2, 5], [192, 0, 2, 6]);
		expect(parseDhcp(dhcp(ACK, option(120, value)))?.sipServers).toEqual([
			'192.0.2.5',
			'192.0.2.6',
		]);
	});

	it('tells what vendors put into it', () => {
		const value = bytesOf([0, 0, 0x0d, 0xe9], 3, 'abc', [0, 0, 0, 9], 1, 'x');
		const found = parseDhcp(dhcp(ACK, option(125, value)))?.vendorOptions ?? [];
		expect(found.map(({ enterprise, data }) => [enterprise, String(data)])).toEqual([
			[3561, 'abc'],
			[9, 'x'],
		]);
	});

	it('may have an option in pieces, behind padding', () => {
		const answer = parseDhcp(dhcp(option(66, 'prov.'), [0, 0], ACK, option(66, 'example')));
		expect(answer?.provisioningServer).toBe('prov.example');
	});

	it('ends at the end option', () => {
		expect(parseDhcp(dhcp(ACK, [255], option(66, 'later')))?.provisioningServer).toBeUndefined();
	});
});

describe('what is no answer of a DHCP server', () => {
	it.each([
		['a request of a client', Buffer.from(dhcp(ACK)).fill(1, 0, 1)],
		['a refusal', dhcp([53, 1, 6])],
		['another cookie', Buffer.from(dhcp(ACK)).fill(0, 236, 240)],
		['a few bytes', Buffer.alloc(100)],
	])('is passed over: %s', (_what, bytes) => {
		expect(parseDhcp(bytes)).toBeUndefined();
	});

	it('never throws, whatever the options are', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (options) => {
				expect(parseDhcp(dhcp(ACK, options))?.message).toBe('ack');
			}),
		);
	});

	it('takes no longer for a datagram of nothing but pieces', () => {
		const pieces = (size: number) => dhcp(ACK, Buffer.alloc(size, Buffer.of(66, 1, 0x61)));
		expect(parseDhcp(pieces(60_000))?.provisioningServer).toBe('a'.repeat(255));
		expect(growth((size) => parseDhcp(pieces(size)), 7500)).toBeLessThan(LINEAR);
	});
});
