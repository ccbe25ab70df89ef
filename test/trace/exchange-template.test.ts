/* Which exchange says what the one before it said. */
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/capture/frame.js';
import type { RawFrame } from '../../src/capture/frame-reader.js';
import type { DigestVerifier, Md5Digest, ToldFrame } from '../../src/trace/exchange-template.js';
import { NotedTimes } from '../../src/trace/noted-times.js';
import { Recogniser, Said } from '../../src/trace/recogniser.js';
import type { Repeatable } from '../../src/trace/repeatable.js';
import { Repeats } from '../../src/trace/repeats.js';
import { TemplateTable } from '../../src/trace/template-table.js';
import { bytesOf, ethernet, ipv4, PHONE, SERVER, udp } from '../support/packet-bytes.js';

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

interface Message {
	readonly frame: RawFrame;
	readonly isRequest: boolean;
}

function frames(steps: readonly Step[], start: number): readonly Message[] {
	return steps.map(({ at, text }, index) => {
		const isRequest = text.startsWith('REGISTER');
		const way = isRequest ? {} : { source: SERVER, destination: PHONE };
		const packet = ethernet(ipv4(udp(text, way), way));
		const bytes = Uint8Array.from(bytesOf(packet, 'trailer'));
		return {
			frame: {
				number: start + index,
				at: start * SECOND + at,
				linkType: 1,
				interfaceId: 0,
				bytes,
				start: 0,
				end: bytes.length,
			},
			isRequest,
		};
	});
}

interface Verified {
	readonly verifies?: DigestVerifier | undefined;
	readonly md5?: Md5Digest;
}

/** Those that follow the first exchange, as far as they are what it lets expect. */
class Following {
	/** Messages that were held. */
	held = 0;
	readonly #recogniser: Recogniser;
	readonly #repeats: Repeats | undefined;
	readonly #told: Frame[] = [];

	constructor(first: readonly Step[], { verifies, md5 }: Verified) {
		const recogniser = new Recogniser(
			(_, message, exchange) => this.#repeats?.isVerified(message, exchange) === true,
		);
		this.#recogniser = recogniser;
		const messages = frames(first, 1);
		const told = messages.map(({ frame, isRequest }): ToldFrame => {
			recogniser.take(frame);
			return { copy: recogniser.code.copy(), isRequest };
		});
		const made = new TemplateTable(recogniser).of(told, verifies);
		const [request] = messages;
		if (made === undefined || request === undefined) return;
		expect(recogniser.take(request.frame)).toBe(Said.request);
		const basis: Repeatable = {
			...{ verifies, told: 1, md5Of: () => md5 },
			...{ follows: () => true, again: () => undefined, tell: () => undefined },
			...{ answered: [], isTimedOnly: () => false },
		};
		const listener = {
			tell: (frame: Frame) => this.#told.push(frame),
			...{ observe: () => undefined, count: () => undefined },
		};
		const noted = new NotedTimes(recogniser, () => undefined);
		const keeper = { recogniser, noted, listener };
		this.#repeats = new Repeats(recogniser.code.begin(), basis, made, keeper);
	}

	get isKnown(): boolean {
		return this.#repeats !== undefined;
	}

	/** Whether each of them is what the one before lets expect. */
	add(steps: readonly Step[], start: number): boolean {
		return frames(steps, start).every(({ frame }) => {
			const isHeld = this.#isHeld(frame);
			if (isHeld) this.held += 1;
			return isHeld;
		});
	}

	#isHeld(frame: RawFrame): boolean {
		const said = this.#recogniser.take(frame);
		if (said === Said.complete) this.#repeats?.complete();
		if (said !== Said.request || this.#repeats?.isGoingOn === true)
			return said === Said.held || said === Said.complete;
		return this.#repeats?.begin(this.#recogniser.code.pauseOf()) === true;
	}

	/** What is held, as it is told in the end. */
	told(): readonly Frame[] {
		this.#repeats?.tell();
		return this.#told;
	}
}

/** How many messages of the second exchange are what the first one lets expect. */
function alike(
	first: readonly Step[],
	second: readonly Step[],
	verified: Verified = {},
): number | undefined {
	const following = new Following(first, verified);
	if (!following.isKnown) return undefined;
	following.add(second, 100);
	return following.held;
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

	it('is one that follows many others', () => {
		const following = new Following(FIRST, {});
		for (let round = 1; round <= 300; round += 1) {
			const next = challenged(round * 2 + 1, `m${round}`);
			expect(following.add(next, round * 60), `${round}`).toBe(true);
		}
	});

	it('gives back its frames as they were', () => {
		const following = new Following(FIRST, {});
		following.add(NEXT, 100);
		expect(
			following.told().map(({ number, at, bytes }) => [number, at, Buffer.from(bytes).toString()]),
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
		const verifies: DigestVerifier = (asked, values, fresh) => {
			const { nonce, nc, cnonce, response: digest } = fresh;
			const texts = [nonce, nc, cnonce, digest].map((value) =>
				Buffer.from(values.bytes.subarray(values.startOf(value), values.endOf(value))).toString(
					'latin1',
				),
			);
			return [asked, ...texts].join() === '1,n1,00000001,k1,r1';
		};
		expect(alike(FIRST, NEXT, { verifies })).toBe(2);
	});

	it('is told where its MD5 is not as right, or as wrong, as it was', () => {
		const letters = fc.string({ unit: fc.constantFrom(...'09afzAFZ+/='), minLength: 1 });
		fc.assert(
			fc.property(
				fc.record({ nonce: letters, cnonce: letters, ha1: letters, ha2: letters }),
				fc.boolean(),
				fc.boolean(),
				fc.boolean(),
				({ nonce, cnonce, ha1, ha2 }, hasQop, isRight, isUpper) => {
					const qop = hasQop ? 'auth' : undefined;
					const middle = hasQop ? `${nonce}:00000001:${cnonce}:auth` : nonce;
					const md5 = hash('md5', `${ha1}:${middle}:${ha2}`);
					const response = isUpper ? md5.toUpperCase() : md5;
					const next = changed(
						changed(challenged(3, nonce), 2, 'response="r3"', `response="${response}"`),
						...([2, 'cnonce="k3"', `cnonce="${cnonce}"`] as const),
					);
					// That of the first is not held against anything here.
					const verifies = (): boolean => true;
					const held = (right: boolean): number | undefined =>
						alike(FIRST, next, { verifies, md5: { ha1, ha2, qop, isRight: right } });
					fc.pre(nonce !== 'n1' && cnonce !== 'k1');
					expect(held(isRight)).toBe(isRight ? 4 : 2);
				},
			),
		);
	});

	it.each([
		['a digit is another', (md5: string) => `${md5.slice(0, 31)}${md5.endsWith('0') ? '1' : '0'}`],
		['a digit is missing', (md5: string) => md5.slice(0, 31)],
		['a digit is none', (md5: string) => `g${md5.slice(1)}`],
		['a digit too many is there', (md5: string) => `${md5}0`],
	])('is told where the MD5 was right and %s', (_, change) => {
		const md5 = hash('md5', 'a1:n3:00000001:k3:auth:a2');
		const known = { ha1: 'a1', ha2: 'a2', qop: 'auth' };
		const answered = (response: string, isRight: boolean): number | undefined =>
			alike(FIRST, changed(NEXT, 2, 'response="r3"', `response="${response}"`), {
				...{ verifies: () => true, md5: { ...known, isRight } },
			});
		expect(answered(md5, true)).toBe(4);
		expect(answered(change(md5), true)).toBe(2);
		expect(answered(change(md5), false)).toBe(4);
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
