import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { echoDifferences } from '../../../src/probe/experiments/echo.js';
import type { SipMessage } from '../../../src/sip/message.js';
import { parseDatagram } from '../../../src/sip/parse-message.js';

const LOCAL = '192.168.31.30';

const SENT: Readonly<Record<string, string>> = {
	Via: 'SIP/2.0/UDP 192.168.31.30;branch=z9hG4bKabc;rport',
	From: '<sip:probe@192.168.31.30>;tag=1',
	To: '<sip:pbx.example.com>',
	'Call-ID': 'abc@192.168.31.30',
	CSeq: '7 OPTIONS',
};

const ANSWERED: Readonly<Record<string, string>> = {
	...SENT,
	Via: 'SIP/2.0/UDP 192.168.31.30;branch=z9hG4bKabc;rport=40061;received=198.51.100.32',
	To: '<sip:pbx.example.com>;tag=server',
};

function message(startLine: string, fields: Readonly<Record<string, string>>): SipMessage {
	const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
	const text = [startLine, ...lines, 'Content-Length: 0', '', ''].join('\r\n');
	const parsed = parseDatagram(Buffer.from(text, 'latin1'));
	if (!parsed.ok) throw new Error('not SIP');
	return parsed.value;
}

/** What differs where the answer has these fields instead of the faithful ones. */
function differences(changed: Readonly<Record<string, string>>) {
	const request = message('OPTIONS sip:pbx.example.com SIP/2.0', SENT);
	const response = message('SIP/2.0 200 OK', { ...ANSWERED, ...changed });
	if (request.kind !== 'request' || response.kind !== 'response') throw new Error('the wrong kind');
	return echoDifferences(request, response, LOCAL);
}

const VALUE = fc
	.string({ unit: 'binary', maxLength: 40 })
	.map((text) => text.replace(/[\r\n\0]/g, ' '));

describe('the echo of a request in its answer', () => {
	it('is unchanged where the server only adds received, rport and a To tag', () => {
		expect(differences({})).toEqual([]);
	});

	it('shows a port that was added to the own address in From, as nf_nat_sip does', () => {
		const [difference, ...more] = differences({ From: '<sip:probe@192.168.31.30:5060>;tag=1' });
		expect(difference).toEqual({
			field: 'From',
			sent: 'sip:probe@192.168.31.30',
			came: 'sip:probe@192.168.31.30:5060',
			onlyAlg: true,
		});
		expect(more).toEqual([]);
	});

	it('shows the address outside in From as an ALG’s doing', () => {
		const [difference] = differences({ From: '<sip:probe@198.51.100.32:40061>;tag=1' });
		expect(difference?.onlyAlg).toBe(true);
	});

	it('does not blame an ALG for a host that only the server knows', () => {
		const [difference] = differences({ From: '<sip:probe@sbc.example.com>;tag=1' });
		expect(difference).toMatchObject({ field: 'From', onlyAlg: false });
	});

	it('does not blame an ALG for another user', () => {
		const [difference] = differences({ From: '<sip:anonymous@192.168.31.30>;tag=1' });
		expect(difference?.onlyAlg).toBe(false);
	});

	it('does not blame an ALG for a default port added to a name', () => {
		const [difference] = differences({ To: '<sip:pbx.example.com:5060>;tag=x' });
		expect(difference).toMatchObject({ field: 'To', onlyAlg: false });
	});

	it.each([
		['Via sent-by', { Via: 'SIP/2.0/UDP 198.51.100.32:40061;branch=z9hG4bKabc;rport=40061' }],
		['Via branch', { Via: 'SIP/2.0/UDP 192.168.31.30;branch=z9hG4bKabd;rport=40061' }],
		['Via transport', { Via: 'SIP/2.0/TCP 192.168.31.30;branch=z9hG4bKabc;rport=40061' }],
		['From tag', { From: '<sip:probe@192.168.31.30>;tag=2' }],
		['Call-ID', { 'Call-ID': 'abc@198.51.100.32' }],
		['CSeq', { CSeq: '8 OPTIONS' }],
	])('shows a changed %s, which nobody but an ALG may change', (field, changed) => {
		expect(differences(changed)).toMatchObject([{ field, onlyAlg: true }]);
	});

	it('shows a Via that is gone', () => {
		expect(differences({ Via: 'rubbish' })).toMatchObject([{ field: 'Via', came: 'nothing' }]);
	});

	it('never throws, whatever comes back', () => {
		fc.assert(
			fc.property(
				fc.record(Object.fromEntries(Object.keys(SENT).map((id) => [id, VALUE]))),
				(odd) => {
					expect(Array.isArray(differences(odd))).toBe(true);
				},
			),
		);
	});

	it('takes another way to write the same for the same', () => {
		expect(
			differences({
				From: '"Probe" <sip:probe@192.168.31.30;x=1>;tag=1',
				Via: 'SIP / 2.0 / udp 192.168.31.30 ;received=198.51.100.32; branch=z9hG4bKabc;rport=1',
			}),
		).toEqual([]);
	});
});
