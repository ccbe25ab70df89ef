import fc from 'fast-check';
import type { Parsed } from '../../src/bytes/malformed.js';
import type { SipMessage } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';

/** The bytes of Latin-1 text. */
export function bytes(text: string): Uint8Array {
	return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** A message of these lines, CRLF and an empty line added. */
export function message(startLine: string, ...headers: string[]): string {
	return `${[startLine, ...headers].join('\r\n')}\r\n\r\n`;
}

/** A whole REGISTER without a body; further header fields before Content-Length. */
export function register(...headers: string[]): string {
	return message(
		'REGISTER sip:example.com SIP/2.0',
		'Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport',
		'From: <sip:1001@example.com>;tag=a',
		'To: <sip:1001@example.com>',
		'Call-ID: 1@192.0.2.10',
		'CSeq: 1 REGISTER',
		'Max-Forwards: 70',
		...headers,
		'Content-Length: 0',
	);
}

/** The message in these bytes or this Latin-1 text; fails the test where there is none. */
export function read(text: string | Uint8Array): SipMessage {
	return value(parseDatagram(typeof text === 'string' ? bytes(text) : text));
}

/** What was read; fails the test where it was malformed. */
export function value<T>(parsed: Parsed<T> | undefined): T {
	if (parsed === undefined) throw new Error('nothing was read');
	if (!parsed.ok) throw new Error(`malformed: ${JSON.stringify(parsed.malformed)}`);
	return parsed.value;
}

/** The fields of a message's defects, in order. */
export function defectsOf(text: string | Uint8Array): readonly string[] {
	return read(text).defects.map(({ problem }) =>
		problem.kind === 'bad-field' ? problem.field : `too short: ${problem.limitedBy}`,
	);
}

/** Any bytes as wire text, one character a byte. */
export const anyWireText = fc
	.uint8Array({ maxLength: 80 })
	.map((data) => Buffer.from(data).toString('latin1'));
