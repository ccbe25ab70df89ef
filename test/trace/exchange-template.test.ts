/* Which exchange says what the one before it said. */
import { describe, expect, it } from 'vitest';
import type { DigestVerifier, ToldFrame } from '../../src/trace/exchange-template.js';
import {
	HeldExchange,
	MAX_FRAME_BYTES,
	MAX_MESSAGES,
	MAX_VALUES,
} from '../../src/trace/held-exchange.js';
import { TemplateTable } from '../../src/trace/template-table.js';
import { bytesOf } from '../support/packet-bytes.js';

const SECOND = 1_000_000;

interface Step {
	/** Microseconds after the exchange began. */
	readonly at: number;
	readonly text: string;
}

function request(fields: {
	cseq: number;
	callId?: string;
	branch?: string;
	credentials?: string;
}): string {
	const { cseq, callId = 'c1', branch = `b${cseq}`, credentials } = fields;
	const lines = [
		'REGISTER sip:example.com SIP/2.0',
		`Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK${branch};rport`,
		'From: <sip:1001@example.com>;tag=f1',
		'To: <sip:1001@example.com>',
		`Call-ID: ${callId}`,
		`CSeq: ${cseq} REGISTER`,
		'Contact: <sip:1001@192.0.2.10>',
		...(credentials === undefined ? [] : [`Authorization: Digest username="1001", ${credentials}`]),
	];
	return `${lines.join('\r\n')}\r\n\r\n`;
}

function response(fields: {
	cseq: number;
	status: string;
	callId?: string;
	branch?: string;
	more?: string;
}): string {
	const { cseq, status, callId = 'c1', branch = `b${cseq}`, more = '' } = fields;
	const lines = [
		`SIP/2.0 ${status}`,
		`Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK${branch};rport=5060`,
		'From: <sip:1001@example.com>;tag=f1',
		`To: <sip:1001@example.com>;tag=s${cseq}`,
		`Call-ID: ${callId}`,
		`CSeq: ${cseq} REGISTER`,
	];
	return `${lines.join('\r\n')}\r\n${more}\r\n`;
}

/** REGISTER, 401, REGISTER, 200, from a CSeq number on. */
function challenged(cseq: number, nonce: string, answer = nonce): readonly Step[] {
	const challenge = `WWW-Authenticate: Digest realm="example.com", nonce="${nonce}"\r\n`;
	const credentials = `nonce="${answer}", cnonce="k${cseq}", nc=00000001, response="r${cseq}"`;
	return [
		{ at: 0, text: request({ cseq }) },
		{ at: 10_000, text: response({ cseq, status: '401 Unauthorized', more: challenge }) },
		{ at: 20_000, text: request({ cseq: cseq + 1, credentials }) },
		{
			at: 30_000,
			text: response({
				cseq: cseq + 1,
				status: '200 OK',
				more: 'Contact: <sip:1001@192.0.2.10>;expires=60\r\n',
			}),
		},
	];
}

/** REGISTER with the nonce of the last challenge, and 200. */
function counted(cseq: number, nonce: string, count: number): readonly Step[] {
	const credentials = `nonce="${nonce}", cnonce="k${cseq}", nc=0000000${count}, response="r${cseq}"`;
	return [
		{ at: 0, text: request({ cseq, credentials }) },
		{ at: 10_000, text: response({ cseq, status: '200 OK' }) },
	];
}

function frames(steps: readonly Step[], start: number): readonly ToldFrame[] {
	return steps.map(({ at, text }, index) => {
		const bytes = Uint8Array.from(bytesOf('header', text, 'trailer'));
		return {
			frame: {
				number: start + index,
				at: start * SECOND + at,
				linkType: 1,
				interfaceId: 0,
				bytes,
				view: new DataView(bytes.buffer),
				start: 0,
				end: bytes.length,
			},
			place: { payload: 6, end: bytes.length - 7 },
			isRequest: text.startsWith('REGISTER'),
		};
	});
}

function roomForAny(): HeldExchange {
	return new HeldExchange(MAX_MESSAGES * MAX_FRAME_BYTES, MAX_MESSAGES, MAX_VALUES);
}

/** How many messages of the second exchange are what the first one lets expect. */
function alike(
	first: readonly Step[],
	second: readonly Step[],
	verifies?: DigestVerifier,
): number | undefined {
	const made = new TemplateTable().of(frames(first, 1), verifies);
	if (made === undefined) return undefined;
	const next = roomForAny();
	for (const { frame, place } of frames(second, 100)) {
		if (!made.template.take(frame, place, next, made.exchange, verifies)) break;
	}
	return next.count;
}

/** The second exchange with one text in place of another in one message. */
function changed(
	steps: readonly Step[],
	message: number,
	from: string | RegExp,
	to: string,
): readonly Step[] {
	return steps.map((step, index) => {
		if (index !== message) return step;
		const text = step.text.replace(from, to);
		expect(text).not.toBe(step.text);
		return { ...step, text };
	});
}

function later(steps: readonly Step[], from: number, by: number): readonly Step[] {
	return steps.map((step, index) => (index < from ? step : { ...step, at: step.at + by }));
}

const FIRST = challenged(1, 'n1');
const NEXT = challenged(3, 'n3');

describe('an exchange like the one before', () => {
	it('is one that differs in values that are made anew', () => {
		expect(alike(FIRST, NEXT)).toBe(4);
		expect(alike(FIRST, challenged(10_000, 'a-longer-nonce'))).toBe(4);
	});

	it('is one that counts on with the nonce it has', () => {
		expect(alike(counted(5, 'n1', 2), counted(6, 'n1', 3))).toBe(2);
	});

	it('gives back its frames as they were', () => {
		const made = new TemplateTable().of(frames(FIRST, 1), undefined);
		const next = roomForAny();
		for (const { frame, place } of frames(NEXT, 100)) {
			made?.template.take(frame, place, next, made.exchange, undefined);
		}
		expect(
			next.frames().map(({ number, at, bytes }) => [number, at, Buffer.from(bytes).toString()]),
		).toEqual(
			frames(NEXT, 100).map(({ frame }) => [
				frame.number,
				frame.at,
				Buffer.from(frame.bytes).toString(),
			]),
		);
	});
});

describe('an exchange that is not like the one before', () => {
	it.each([
		[
			'the Contact is another',
			changed(NEXT, 0, 'Contact: <sip:1001@192.0.2.10>', 'Contact: <sip:1001@192.0.2.11>'),
			0,
		],
		['the Call-ID is another', changed(NEXT, 0, 'Call-ID: c1', 'Call-ID: c2'), 0],
		['the CSeq does not go on', challenged(1, 'n3'), 0],
		['the CSeq goes back', changed(NEXT, 2, 'CSeq: 4', 'CSeq: 2'), 2],
		['the branch is the one of the request before', changed(NEXT, 2, 'z9hG4bKb4', 'z9hG4bKb3'), 2],
		['the answer has the branch of another', changed(NEXT, 1, 'z9hG4bKb3', 'z9hG4bKb9'), 1],
		['the answer has the CSeq of another', changed(NEXT, 3, 'CSeq: 4', 'CSeq: 3'), 3],
		['the challenge is the same as before', challenged(3, 'n1'), 1],
		[
			'the challenge is for another realm',
			changed(NEXT, 1, 'realm="example.com"', 'realm="other"'),
			1,
		],
		['the nonce is not that of the challenge', challenged(3, 'n3', 'n9'), 2],
		['the nonce count is another', changed(NEXT, 2, 'nc=00000001', 'nc=00000002'), 2],
		['the status is another', changed(NEXT, 3, '200 OK', '403 Forbidden'), 3],
		['a header field is added', changed(NEXT, 3, '\r\n\r\n', '\r\nWarning: 399 a "b"\r\n\r\n'), 3],
		['a quote is missing', changed(NEXT, 1, /nonce="n3"/, 'nonce="n3'), 1],
		['rport is another', changed(NEXT, 1, 'rport=5060', 'rport=1024'), 1],
		['the answer takes longer than T1', later(NEXT, 1, 500_000), 1],
		['the phone takes longer than T1 to answer the challenge', later(NEXT, 2, 500_000), 2],
		['the clock goes back', later(NEXT, 1, -20_000), 1],
		[
			'a value is longer than there is room for',
			changed(NEXT, 0, 'z9hG4bKb3', 'z'.repeat(4_000)),
			0,
		],
	])('is told from the message on at which %s', (_, steps, messages) => {
		expect(alike(FIRST, steps)).toBe(messages);
	});

	it.each([
		['does not go on', counted(6, 'n1', 2)],
		['is of another nonce', counted(6, 'n2', 3)],
	])('is told where the nonce count %s', (_, steps) => {
		expect(alike(counted(5, 'n1', 2), steps)).toBe(0);
	});

	it('is told where the digest is not what it was', () => {
		const verifies: DigestVerifier = (asked, { bytes, values }, fresh) => {
			const { nonce, nc, cnonce, response: digest } = fresh;
			const texts = [nonce, nc, cnonce, digest].map((value) =>
				Buffer.from(bytes.subarray(values[value * 2], values[value * 2 + 1])).toString('latin1'),
			);
			return [asked, ...texts].join() === '1,n1,00000001,k1,r1';
		};
		expect(alike(FIRST, NEXT, verifies)).toBe(2);
	});
});

describe('an exchange of which no other is said to be like it', () => {
	it.each([
		[
			'has a request with two credentials',
			changed(FIRST, 2, 'Authorization:', 'Authorization: Digest nonce="x"\r\nAuthorization:'),
		],
		['has an answer that took longer than T1', later(FIRST, 1, 600_000)],
		['has a second request without credentials', changed(FIRST, 2, /Authorization: .*\r\n/, '')],
		['has no CSeq', changed(FIRST, 0, /CSeq: .*\r\n/, '')],
		['has two Call-IDs', changed(FIRST, 3, 'Call-ID: c1', 'Call-ID: c1\r\ni: c1')],
	])('%s', (_, steps) => {
		expect(alike(steps, NEXT)).toBeUndefined();
	});
});
