/* What tells one message from another is the same, whether it is taken from the text or from the header fields. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedValue } from '../../src/bytes/parsed-value.js';
import { readCSeq } from '../../src/sip/headers/cseq.js';
import { topVia } from '../../src/sip/headers/via.js';
import type { SipMessage } from '../../src/sip/message.js';
import { identityOf, type MessageIdentity } from '../../src/sip/message-identity.js';
import { parseDatagram } from '../../src/sip/parse-message.js';

function read(text: string): SipMessage {
	const parsed = parseDatagram(Buffer.from(text, 'latin1'));
	if (!parsed.ok) throw new Error('no SIP');
	return parsed.value;
}

function fromFields(message: SipMessage): MessageIdentity {
	// Read whole before anything is asked of it, so that nothing is taken from the text.
	const { headers } = message;
	const value = (id: string) => headers.find((field) => field.id === id)?.value ?? '';
	return {
		branch: topVia(message)?.branch,
		callId: value('call-id'),
		cseq: parsedValue(readCSeq(message)),
		to: value('to'),
		credentials: value('authorization') + value('proxy-authorization'),
	};
}

const LINES = [
	'Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bKa001;rport',
	'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb002',
	'v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKc003, SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKd',
	'VIA : SIP/2.0/TCP [2001:db8::1]:5060 ; branch = z9hG4bKe',
	'Via: SIP/2.0/UDP 192.0.2.1',
	'Call-ID: a84b4c76e66710@192.168.1.10',
	'i:f81d4fae',
	'call-id :   upper@EXAMPLE   ',
	'CSeq: 1 REGISTER',
	'CSeq:	2	REGISTER',
	'cseq: 4294967296 REGISTER',
	'CSeq: 3 REGISTER\r\n folded',
	'To: "A, b" <sip:1001@example.com>',
	't: sip:1002@example.com;tag=x',
	'Timestamp: 54',
	'Contact: <sip:1001@192.168.1.10>',
	'Call-Info: <http://example.com>',
	'Authorization: Digest username="1001", nonce="n"',
	'Proxy-Authorization: Digest username="1001"',
	'Path: <sip:192.0.2.1;lr>',
	'Content-Length: 0',
];

describe('the identity of a message', () => {
	it('is what its header fields say, in any order and any way of writing', () => {
		const lines = fc.array(fc.constantFrom(...LINES), { maxLength: 14 });
		const ending = fc.constantFrom('\r\n', '\n');
		const startLine = fc.constantFrom('REGISTER sip:example.com SIP/2.0', 'SIP/2.0 200 OK');
		const body = fc.constantFrom('', 'CSeq: 9 INVITE\r\n', 'v=0\r\n');
		fc.assert(
			fc.property(startLine, lines, ending, body, (start, fields, end, tail) => {
				const message = read([start, ...fields, '', tail].join(end));
				expect(identityOf(message)).toEqual(fromFields(message));
			}),
			{ numRuns: 2000 },
		);
	});

	it('is there of a message that breaks off', () => {
		const text = `REGISTER sip:example.com SIP/2.0\r\n${LINES[0]}\r\nCall-ID: a\r\nCSeq: 1 REG`;
		expect(identityOf(read(text))).toMatchObject({ branch: 'z9hG4bKa001', callId: 'a' });
	});
});
