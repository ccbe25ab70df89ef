import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeOf } from '../../src/registration/message-change.js';
import type { SipRequest } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import type { Observed } from '../../src/trace/observed.js';

const SENT = [
	'REGISTER sip:example.com SIP/2.0',
	'Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1;rport',
	'Max-Forwards: 70',
	'From: <sip:1001@example.com>;tag=1',
	'To: <sip:1001@example.com>',
	'Call-ID: call-1',
	'CSeq: 1 REGISTER',
	'Contact: <sip:1001@192.168.1.10:5060>',
	'Authorization: Digest username="1001", realm="r", nonce="n", uri="sip:example.com", response="5ec4e7"',
	'Content-Length: 0',
];

function observed(lines: readonly string[], address: string): Observed<SipRequest> {
	const parsed = parseDatagram(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
	if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
	return {
		message: parsed.value,
		...{ at: 0, frame: 1, frames: [1], source: 'x.pcap', transport: 'udp', cut: false },
		src: { address, port: 5060 },
		dst: { address: '203.0.113.5', port: 5060 },
		packet: { fragments: 1, payloadLength: 500 },
	};
}

const before = observed(SENT, '192.168.1.10');

/** What the message became, with these replacements in its text. */
function became(...replacements: readonly (readonly [string, string])[]) {
	const text = replacements.reduce(
		(lines, [from, to]) => lines.replaceAll(from, to),
		SENT.join('\n'),
	);
	return changeOf(before, observed(text.split('\n'), '198.51.100.7'));
}

describe('what stands between two captures', () => {
	it('is nobody where message and addresses are the same', () => {
		expect(changeOf(before, before).by).toBe('nobody');
	});

	it('is a NAT where only the packet is from another address', () => {
		expect(became()).toEqual({ by: 'nat', changes: [], credentials: [] });
	});

	it('is a NAT where the next server has stamped received and rport', () => {
		expect(became([';rport', ';rport=40061;received=198.51.100.7']).by).toBe('nat');
	});

	it('is an ALG where the Contact was rewritten', () => {
		const { by, changes } = became(['1001@192.168.1.10:5060', '1001@198.51.100.7:40061']);
		expect(by).toBe('alg');
		expect(changes).toEqual([
			{
				field: 'Contact',
				before: '<sip:1001@192.168.1.10:5060>',
				after: '<sip:1001@198.51.100.7:40061>',
			},
		]);
	});

	it('is an ALG where the Call-ID was hidden', () => {
		expect(became(['call-1', 'hidden-1']).changes.map(({ field }) => field)).toEqual(['Call-ID']);
	});

	it.each([
		['puts its Via on top', ['Via: ', 'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2\nVia: ']],
		['counts Max-Forwards down', ['Max-Forwards: 70', 'Max-Forwards: 69']],
		[
			'adds Record-Route',
			['Max-Forwards: 70', 'Record-Route: <sip:10.0.0.1;lr>\nMax-Forwards: 70'],
		],
		['adds Path', ['Max-Forwards: 70', 'Path: <sip:10.0.0.1;lr>\nMax-Forwards: 70']],
		['has a branch of its own', ['z9hG4bK1', 'z9hG4bK9']],
	] as const)('is a proxy or SBC where it %s, whatever else it changed', (_how, replacement) => {
		const change = became(replacement, ['1001@192.168.1.10:5060', '1001@10.0.0.1:5060']);
		expect(change).toEqual({ by: 'proxy', changes: [], credentials: [] });
	});

	it('has altered the credentials where a parameter differs', () => {
		const { credentials } = became(['username="1001"', 'username="1002"']);
		expect(credentials).toEqual([
			{ field: 'Authorization username', before: '1001', after: '1002' },
		]);
	});

	it('is never told with a digest response', () => {
		const text = JSON.stringify(became(['5ec4e7', '0dd0dd']));
		expect(text).toContain('Authorization response');
		expect(text).not.toMatch(/5ec4e7|0dd0dd/);
	});

	it('is not accused of what the snaplen cut off', () => {
		const after = { ...observed(SENT.slice(0, 6), '198.51.100.7'), cut: true };
		expect(changeOf(before, after).by).toBe('nat');
	});

	it('is compared without a throw, whatever the bytes are', () => {
		fc.assert(
			fc.property(fc.nat(SENT.length - 1), fc.string(), (line, text) => {
				const lines = SENT.map((each, index) => (index === line && index > 0 ? text : each));
				const parsed = parseDatagram(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
				if (!parsed.ok || parsed.value.kind !== 'request') return;
				const after = { ...before, message: parsed.value };
				expect(['nobody', 'nat', 'proxy', 'alg']).toContain(changeOf(before, after).by);
			}),
		);
	});
});
