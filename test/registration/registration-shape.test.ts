/*
 * Of registrations of one shape only the first is looked at: whatever is true of a registration and not of its like must
 * show in the shape.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnosisFacts, registrationsIn, vantageOf } from '../../src/analysis/analyse.js';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { registrationShape } from '../../src/registration/registration-shape.js';
import { DigestChecker } from '../../src/registration/repeated-digest.js';
import { requestsToContact } from '../../src/registration/requests-to-contact.js';
import { skeletonOf } from '../../src/sip/skeleton.js';
import { readTranscript } from '../support/transcript.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

interface Shaped {
	readonly shape: string | undefined;
	readonly cause: string | undefined;
}

function shapesIn(text: string): readonly Shaped[] {
	const input = readTranscript(text);
	const { source, accounts } = input;
	const all = registrationsIn(source);
	const facts = diagnosisFacts(input, all, vantageOf(input, source.transactions));
	const digests = new DigestChecker(accounts);
	return all.map((registration) => ({
		shape: registrationShape(registration, {
			index: facts.index,
			observedUntil: facts.observedUntil,
			isCalled: (one) => requestsToContact(one, facts.requestsByTarget).length > 0,
			checked: (transaction) =>
				digests.kindOf(transaction, skeletonOf(transaction.phone.request.message.wire)),
		}),
		cause: diagnose({ ...facts, registration }).cause?.id,
	}));
}

interface Phone {
	readonly user: string;
	readonly address: string;
	/** Makes its values differ from those of other phones. */
	readonly seed: string;
	readonly cseq: number;
}

const A: Phone = { user: '1001', address: '192.168.1.10', seed: 'a', cseq: 1 };
const B: Phone = { user: '2345', address: '192.168.1.77', seed: 'b7', cseq: 4711 };

/** A phone that registers and refreshes once. */
function transcript({ user, address, seed, cseq }: Phone): string {
	const message = (at: number, back: boolean, lines: readonly string[]) =>
		`+${at.toFixed(3)} UDP ${back ? `203.0.113.5:5060 > ${address}:5060` : `${address}:5060 > 203.0.113.5:5060`}\n${lines.join('\n')}\n\n`;
	const both = (number: number) => [
		`Via: SIP/2.0/UDP ${address}:5060;rport;branch=z9hG4bK${seed}${number}`,
		`From: <sip:${user}@example.com>;tag=f${seed}`,
		`To: <sip:${user}@example.com>`,
		`Call-ID: ${seed}@${address}`,
		`CSeq: ${number} REGISTER`,
	];
	const contact = `<sip:${user}@${address}:5060>`;
	const round = (at: number, first: number) => {
		const credentials = `Authorization: Digest username="${user}", realm="example.com", nonce="n${seed}${first}", uri="sip:example.com", response="${'0'.repeat(31)}${first % 10}", cnonce="c${seed}${first}", qop=auth, nc=00000001`;
		const asked = ['Max-Forwards: 70', `Contact: ${contact}`, 'Expires: 600', 'User-Agent: Desk/1'];
		const challenge = `WWW-Authenticate: Digest realm="example.com", nonce="n${seed}${first}", qop="auth"`;
		return [
			message(at, false, ['REGISTER sip:example.com SIP/2.0', ...both(first), ...asked]),
			message(at + 0.02, true, ['SIP/2.0 401 Unauthorized', ...both(first), challenge]),
			message(at + 0.04, false, [
				'REGISTER sip:example.com SIP/2.0',
				...both(first + 1),
				...asked,
				credentials,
			]),
			message(at + 0.06, true, [
				'SIP/2.0 200 OK',
				...both(first + 1),
				`Contact: ${contact};expires=600`,
			]),
		].join('');
	};
	return `# vantage client\n# until 700\n${round(0, cseq)}${round(500, cseq + 2)}`;
}

function shapeOf(text: string): string | undefined {
	const [only] = shapesIn(text);
	return only?.shape;
}

describe('the shape of a registration', () => {
	it('is the same for two phones that differ in names, addresses and values made anew', () => {
		expect(shapeOf(transcript(A))).toBeDefined();
		expect(shapeOf(transcript(B))).toBe(shapeOf(transcript(A)));
	});

	it('is none for a phone that sent a REGISTER again', () => {
		const again = transcript(A).replace(
			'+0.060',
			'+0.200 AGAIN UDP 192.168.1.10:5060 > 203.0.113.5:5060\n\n+0.210',
		);
		expect(shapeOf(again)).toBeUndefined();
	});

	const changes: readonly (readonly [string, (text: string) => string])[] = [
		['a slow answer', (text) => text.replace('+0.060', '+0.900')],
		[
			'another port of the server',
			(text) => text.replaceAll('203.0.113.5:5060', '203.0.113.5:5080'),
		],
		['another source port than Via', (text) => text.replaceAll('77:5060 >', '77:5070 >')],
		[
			'a Contact of another host',
			(text) => text.replaceAll('@192.168.1.77:5060>', '@10.9.9.9:5060>'),
		],
		['a public address', (text) => text.replaceAll('192.168.1.77', '198.51.100.77')],
		[
			'an answer with another Via',
			(text) => text.replace(/(401 Unauthorized\nVia: \S+ )\S+:5060/, '$1198.51.100.9:5060'),
		],
		[
			'another nonce than was given',
			(text) => text.replace('nonce="nb74713", uri', 'nonce="other", uri'),
		],
		[
			'another realm',
			(text) =>
				text.replace(
					'realm="example.com", nonce="nb74713", uri',
					'realm="x", nonce="nb74713", uri',
				),
		],
		[
			'another user in the credentials',
			(text) => text.replaceAll('username="2345"', 'username="2346"'),
		],
		['a user that is no number', (text) => text.replaceAll('2345', 'alice')],
		['another user agent', (text) => text.replaceAll('Desk/1', 'Desk/2')],
		['a shorter binding', (text) => text.replaceAll('expires=600', 'expires=550')],
		['a refresh that comes too late', (text) => text.replaceAll('+500', '+650')],
		[
			'a sequence number that falls',
			(text) => text.replaceAll('4713', '11').replaceAll('4714', '12'),
		],
		[
			'an account that the response does not verify with',
			(text) => `# account 2345 secret\n${text}`,
		],
		[
			'a call to the phone',
			(text) =>
				`${text}+650.000 UDP 203.0.113.5:5060 > 192.168.1.77:5060\nOPTIONS sip:2345@192.168.1.77:5060 SIP/2.0\nVia: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKo\nFrom: <sip:pbx@example.com>;tag=o\nTo: <sip:2345@192.168.1.77>\nCall-ID: o\nCSeq: 1 OPTIONS\n\n`,
		],
	];
	for (const [what, change] of changes) {
		it(`shows ${what}`, () => {
			const text = transcript(B);
			const changed = change(text);
			expect(changed).not.toBe(text);
			expect(shapeOf(changed)).not.toBe(shapeOf(text));
		});
	}

	it('is never that of a healthy registration where there is a cause', () => {
		const files = ['healthy', ...readdirSync(join(FIXTURES, 'rules')).map((id) => `rules/${id}`)]
			.flatMap((folder) => readdirSync(join(FIXTURES, folder)).map((name) => `${folder}/${name}`))
			.map((name) => ({ name, text: readFileSync(join(FIXTURES, name), 'utf8') }))
			// Several captures are looked at one by one.
			.filter(({ text }) => !text.includes('[in='));
		const healthy = new Map<string, string>();
		const failing: (Shaped & { readonly name: string })[] = [];
		for (const { name, text } of files) {
			for (const { shape, cause } of shapesIn(text)) {
				if (shape === undefined) continue;
				if (cause === undefined) healthy.set(shape, name);
				else failing.push({ shape, cause, name });
			}
		}
		expect(healthy.size).toBeGreaterThan(50);
		const alike = failing.filter(({ shape }) => healthy.has(shape ?? ''));
		expect(alike.map(({ name, cause }) => `${name}: ${cause}`)).toEqual([]);
	});
});
