/* Nobody's address can be flooded by way of a reflector: what goes out over UDP is no more than what came in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerChallenge } from '../../src/digest/answer.js';
import type { Endpoint } from '../../src/net/endpoint.js';
import { FAULTS } from '../../src/reflector/faults/catalogue.js';
import { Reflector, type ReflectorOptions } from '../../src/reflector/reflector.js';
import { readChallenges } from '../../src/sip/headers/authenticate.js';
import type { SipMessage } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import { serializeRequest } from '../../src/sip/serialize-message.js';
import { ACCOUNT, DEFAULTS, request } from './reflector-harness.js';

const STRANGER: Endpoint = { address: '192.0.2.1', port: 5060 };
const NOW = 1_795_000_000_000_000;

/** One that is given datagrams by hand; answers that wait come at once. */
function reflector(options: Partial<ReflectorOptions> = {}) {
	const one = new Reflector(
		{ ...DEFAULTS, ...options },
		{
			now: () => NOW,
			after: (ms, action) => {
				if (ms <= 900_000) queueMicrotask(action);
				return () => undefined;
			},
			key: Buffer.alloc(32, 1),
			onRequest: () => undefined,
		},
	);
	return async (bytes: Uint8Array, source = STRANGER): Promise<readonly Uint8Array[]> => {
		const sent: Uint8Array[] = [];
		one.receive({
			...{ received: bytes, message: parseDatagram(bytes), source, transport: 'udp' },
			send: (answer, to) => {
				expect(to.address).toBe(source.address);
				sent.push(answer);
			},
		});
		await Promise.resolve();
		return sent;
	};
}

function total(answers: readonly Uint8Array[]): number {
	return answers.reduce((sum, { length }) => sum + length, 0);
}

function message(bytes: Uint8Array | undefined): SipMessage {
	const parsed = bytes === undefined ? undefined : parseDatagram(bytes);
	if (parsed?.ok !== true) throw new Error('no SIP');
	return parsed.value;
}

const LONG = [
	['Contact', '<sip:1001@192.168.31.30:5060>;+sip.instance="<urn:uuid:1>"'],
	['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, MESSAGE, INFO, UPDATE'],
] as const;

const WISHES = [
	[],
	LONG,
	[['Contact', '<sip:a@b>']],
	[['X-Sipdoctor-Echo', 'v1']],
	[
		['X-Sipdoctor-Echo', 'v1'],
		['X-Sipdoctor-Delay', '5'],
	],
	[['X-Sipdoctor-Delay', '9999']],
] as const;

describe('a reflector on the internet', () => {
	it('sends no more than it was sent, whatever is asked and whatever fault it plays', async () => {
		let answered = 0;
		for (const fault of [undefined, ...FAULTS]) {
			for (const accounts of [[], [ACCOUNT]]) {
				const ask = reflector({ fault, accounts, algorithms: ['SHA-256', 'MD5'] });
				for (const method of ['OPTIONS', 'REGISTER', 'INVITE', 'X']) {
					for (const more of WISHES) {
						const bytes = serializeRequest(request(method, more));
						const answers = await ask(bytes);
						answered += answers.length;
						expect(total(answers)).toBeLessThanOrEqual(bytes.length);
					}
				}
			}
		}
		expect(answered).toBeGreaterThan(500);
	});

	it('does so for any bytes, and never throws', async () => {
		const good = Buffer.from(serializeRequest(request('REGISTER', LONG))).toString('latin1');
		const ask = reflector({ accounts: [ACCOUNT] });
		const cut = fc
			.tuple(fc.nat(good.length - 1), fc.nat(60), fc.string({ maxLength: 60, unit: 'binary' }))
			.map(([at, length, put]) => Buffer.from(good.slice(0, at) + put + good.slice(at + length)));
		await fc.assert(
			fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), cut), async (bytes) => {
				expect(total(await ask(bytes))).toBeLessThanOrEqual(bytes.length);
			}),
			{ numRuns: 1500 },
		);
	});

	it('sends more only to who gave back the nonce that was sent to that very address', async () => {
		const ask = reflector({ accounts: [ACCOUNT], minExpires: 1 });
		const [challenged] = await ask(serializeRequest(request('REGISTER', LONG)));
		const asked = message(challenged);
		const challenge = readChallenges(asked)[0]?.digest;
		if (challenge === undefined) throw new Error('no challenge');
		const answer = answerChallenge({
			...{ challenge, username: '1001', secret: ACCOUNT.secret, method: 'REGISTER' },
			...{ uri: 'sip:example.com', body: new Uint8Array(), cnonce: 'c', nc: 1 },
		});
		if (answer.kind !== 'answered') throw new Error(answer.because);
		const bind = async (host: number, source: Endpoint) => {
			const contact = ['Contact', `<sip:1001@192.168.31.${host};x=${'y'.repeat(200)}>`] as const;
			const bytes = serializeRequest(
				request('REGISTER', [contact, ['Authorization', answer.value]]),
			);
			return total(await ask(bytes, source)) - bytes.length;
		};
		const growth: number[] = [];
		for (let host = 1; host <= 4; host += 1) growth.push(await bind(host, STRANGER));
		expect(Math.max(...growth)).toBeGreaterThan(0);
		expect(await bind(5, { address: '198.51.100.9', port: 5060 })).toBeLessThanOrEqual(0);
	});
});
