/* A reflector on loopback, asked over real sockets. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { answerChallenge } from '../../src/digest/answer.js';
import { headerValues } from '../../src/sip/header-fields.js';
import { readChallenges } from '../../src/sip/headers/authenticate.js';
import { topVia } from '../../src/sip/headers/via.js';
import type { SipResponse } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import {
	changedInAnswer,
	changedInRequest,
	readEcho,
	withEcho,
} from '../../src/sip/reflector-echo.js';
import { serializeRequest } from '../../src/sip/serialize-message.js';
import { StreamFramer } from '../../src/sip/stream-framer.js';
import { VirtualTimers } from '../probe/virtual-timers.js';
import { until } from '../support/until.js';
import { ACCOUNT, Asker, request, type Started, started } from './reflector-harness.js';

const cleanups: (() => unknown)[] = [];
afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));

async function asking(
	options: Parameters<typeof started>[0] = {},
	time?: VirtualTimers,
): Promise<{ reflector: Started; asker: Asker }> {
	const reflector = await started(options, undefined, time);
	cleanups.push(() => reflector.stop());
	const asker = await Asker.to(reflector.udpPort);
	cleanups.push(() => asker.close());
	return { reflector, asker };
}

/** What comes back on one TCP connection. */
function overTcp(port: number, bytes: Uint8Array): Promise<readonly SipResponse[]> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
		const framer = new StreamFramer();
		const found: SipResponse[] = [];
		const end = (): void => {
			socket.destroy();
			resolve(found);
		};
		const limit = setTimeout(end, 20_000);
		socket.on('error', reject);
		socket.on('data', (chunk) => {
			for (const parsed of framer.push(chunk)) {
				if (parsed.ok && parsed.value.kind === 'response') found.push(parsed.value);
			}
			if (found.length === 0) return;
			clearTimeout(limit);
			end();
		});
	});
}

/** A REGISTER long enough for an answer with a challenge. */
function register(more: readonly (readonly [string, string])[] = []) {
	return request('REGISTER', [
		[
			'Contact',
			'<sip:1001@192.168.31.30:5060>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000000000001>"',
		],
		['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, MESSAGE, INFO, UPDATE'],
		...more,
	]);
}

function credentialsFor(answer: SipResponse | undefined, password = 'secret'): string {
	const challenge = answer === undefined ? undefined : readChallenges(answer)[0]?.digest;
	if (challenge === undefined) throw new Error('no challenge');
	const answered = answerChallenge({
		...{ challenge, username: '1001', secret: { kind: 'password', password } },
		...{ method: 'REGISTER', uri: 'sip:example.com', body: new Uint8Array() },
		...{ cnonce: 'abcdef', nc: 1 },
	});
	if (answered.kind !== 'answered') throw new Error(answered.because);
	return answered.value;
}

describe('a reflector', () => {
	it('answers OPTIONS with the address that it saw, and everything else as it arrived', async () => {
		const { asker } = await asking();
		const answer = await asker.ask(request('OPTIONS'));
		expect(answer?.statusCode).toBe(200);
		const via = answer === undefined ? undefined : topVia(answer);
		expect(via).toMatchObject({
			sentBy: { host: '192.168.31.30', port: 5060 },
			received: '127.0.0.1',
			rport: asker.socket.address().port,
		});
		expect(answer && headerValues(answer, 'to')[0]).toMatch(/;tag=/);
	});

	it('gives the same To tag to every copy of a request', async () => {
		const { asker } = await asking();
		const bytes = serializeRequest(request('OPTIONS'));
		const [first, second] = [await asker.ask(bytes), await asker.ask(bytes)];
		expect(first?.bytes).toEqual(second?.bytes);
	});

	it('echoes over UDP what arrived, in an answer that is no larger', async () => {
		const { asker } = await asking();
		const sent = serializeRequest(withEcho(request('OPTIONS')));
		const answer = await asker.ask(sent);
		const echo = answer && readEcho(answer);
		expect(echo?.bytes).toEqual(new Uint8Array(sent));
		expect(echo?.source.port).toBe(asker.socket.address().port);
		expect(asker.received[0]?.length).toBeLessThanOrEqual(sent.length);
		expect(echo && changedInRequest(sent, echo)).toEqual([]);
		expect(echo && changedInAnswer(asker.received[0] ?? sent, echo)).toEqual([]);
	});

	it('echoes over TCP without padding', async () => {
		const { reflector } = await asking();
		const sent = serializeRequest(request('OPTIONS', [['X-Sipdoctor-Echo', 'v1']]));
		const [answer] = await overTcp(reflector.tcpPort, sent);
		const echo = answer && readEcho(answer);
		expect(echo?.bytes).toEqual(new Uint8Array(sent));
		expect(echo?.transport).toBe('TCP');
	});

	it('answers late, once, and once only although the request comes again', async () => {
		const time = new VirtualTimers();
		const { asker, reflector } = await asking({}, time);
		const sent = serializeRequest(request('OPTIONS', [['X-Sipdoctor-Delay', '1']]));
		for (let copy = 0; copy < 3; copy += 1) asker.send(sent);
		await until('three requests', () => reflector.tally.requests === 3);
		await time.advance(999);
		expect(reflector.tally.answers).toBe(0);
		await time.advance(10_000);
		await until('the answer', () => asker.received.length > 0);
		// What is asked last is answered last.
		await asker.ask(request('OPTIONS'));
		expect(asker.received).toHaveLength(2);
		const [late] = asker.received.map((bytes) => parseDatagram(bytes));
		if (late?.ok !== true || late.value.kind !== 'response') throw new Error('no answer');
		expect(late.value.statusCode).toBe(200);
		expect(headerValues(late.value, 'x-sipdoctor-delay')).toEqual(['1']);
		expect(reflector.tally.answers).toBe(2);
	});

	it('refuses at once a delay that it does not take, and more than it can hold', async () => {
		const { asker, reflector } = await asking({ ratePerSecond: 100 });
		const tooLong = await asker.ask(request('OPTIONS', [['X-Sipdoctor-Delay', '901']]));
		expect(tooLong?.statusCode).toBe(503);
		for (let count = 0; count < 70; count += 1) {
			asker.send(serializeRequest(request('OPTIONS', [['X-Sipdoctor-Delay', '900']])));
		}
		await until('seventy more', () => reflector.tally.requests === 1 + 70);
		expect(reflector.tally.refused.delays).toBe(1 + 70 - 64);
	});

	it('stops serving a source that asks too much', async () => {
		const { asker, reflector } = await asking({ ratePerSecond: 1 }, new VirtualTimers());
		const { tally } = reflector;
		for (let count = 0; count < 30; count += 1) asker.send(serializeRequest(request('OPTIONS')));
		await until('thirty requests', () => tally.requests + tally.refused.rate === 30);
		expect(tally.answers).toBe(10);
		expect(tally.refused.rate).toBe(20);
	});

	it('never answers a response or an ACK, so that two reflectors cannot be set upon each other', async () => {
		const { asker, reflector } = await asking();
		const response = Buffer.from(serializeRequest(request('OPTIONS')))
			.toString('latin1')
			.replace(/^[^\r]*/, 'SIP/2.0 200 OK');
		asker.send(Buffer.from(response, 'latin1'));
		asker.send(serializeRequest(request('ACK')));
		await until('both', () => reflector.tally.refused.unasked === 2);
		// What is asked last is answered last.
		await asker.ask(request('OPTIONS'));
		expect(asker.received).toHaveLength(1);
		expect(reflector.tally.answers).toBe(1);
	});

	it('lives through any bytes, and answers afterwards', async () => {
		const { asker, reflector } = await asking({ ratePerSecond: 1000 });
		const good = Buffer.from(serializeRequest(register())).toString('latin1');
		const bytes = fc.oneof(
			fc.uint8Array({ maxLength: 600 }),
			fc
				.tuple(fc.nat(good.length - 1), fc.nat(40), fc.string({ maxLength: 40, unit: 'binary' }))
				.map(([at, cut, put]) => Buffer.from(good.slice(0, at) + put + good.slice(at + cut))),
		);
		for (const sample of fc.sample(bytes, 300)) {
			asker.send(sample);
			// In turns, so that what waits in the socket does not push out what comes after it.
			await new Promise((done) => setImmediate(done));
		}
		const socket = connect(reflector.tcpPort, '127.0.0.1');
		socket.on('error', () => undefined);
		// It is closed by the reflector, or when it has taken all.
		const closed = new Promise((done) => socket.once('close', done));
		for (const sample of fc.sample(bytes, 60)) socket.write(sample);
		socket.end();
		socket.resume();
		await closed;
		expect((await asker.ask(request('OPTIONS')))?.statusCode).toBe(200);
	});
});

describe('the practice registrar', () => {
	it('lets in who knows the password, lists the binding, and removes it', async () => {
		const { asker } = await asking({ accounts: [ACCOUNT] });
		const challenged = await asker.ask(register());
		expect(challenged?.statusCode).toBe(401);
		const authorization = credentialsFor(challenged);
		const bound = await asker.ask(
			register([
				['Expires', '60'],
				['Authorization', authorization],
			]),
		);
		expect(bound?.statusCode).toBe(200);
		expect(bound && headerValues(bound, 'contact')[0]).toMatch(
			/^<sip:1001@192.168.31.30:5060>.*;expires=60$/,
		);
		const removed = await asker.ask(
			register([
				['Expires', '0'],
				['Authorization', authorization],
			]),
		);
		expect(removed && headerValues(removed, 'contact')).toEqual([]);
	});

	it('refuses a wrong password with a 401 that is not stale', async () => {
		const { asker } = await asking({ accounts: [ACCOUNT] });
		const authorization = credentialsFor(await asker.ask(register()), 'another');
		const refused = await asker.ask(register([['Authorization', authorization]]));
		expect(refused?.statusCode).toBe(401);
		expect(refused && readChallenges(refused)[0]?.digest?.stale).toBe(false);
	});

	it('refuses the right password for another realm, as of a phone with a realm of its own', async () => {
		const { asker } = await asking({ accounts: [ACCOUNT], realm: 'PBX' });
		const challenged = await asker.ask(register());
		const challenge = challenged && readChallenges(challenged)[0]?.digest;
		if (challenge === undefined) throw new Error('no challenge');
		const statuses = [];
		for (const realm of ['asterisk', 'PBX']) {
			const answered = answerChallenge({
				...{ challenge: { ...challenge, realm }, username: '1001', secret: ACCOUNT.secret },
				...{ method: 'REGISTER', uri: 'sip:example.com', body: new Uint8Array() },
				...{ cnonce: 'abcdef', nc: 1 },
			});
			const value = answered.kind === 'answered' ? answered.value : '';
			statuses.push((await asker.ask(register([['Authorization', value]])))?.statusCode);
		}
		expect(statuses).toEqual([401, 200]);
	});

	it('calls an old nonce stale', async () => {
		const time = new VirtualTimers();
		const { asker } = await asking({ accounts: [ACCOUNT], nonceLifetime: 1 }, time);
		const authorization = credentialsFor(await asker.ask(register()));
		await time.advance(2100);
		const refused = await asker.ask(register([['Authorization', authorization]]));
		expect(refused && readChallenges(refused)[0]?.digest?.stale).toBe(true);
	});

	it('lets nobody register for another', async () => {
		const { asker } = await asking({
			accounts: [{ ...ACCOUNT, aor: 'sip:1002@example.com' }],
		});
		const authorization = credentialsFor(await asker.ask(register()));
		const refused = await asker.ask(register([['Authorization', authorization]]));
		expect(refused?.statusCode).toBe(403);
	});

	it.each(['SHA-256', 'SHA-512-256'])('asks for %s where it is told to', async (algorithm) => {
		const { asker } = await asking({ accounts: [ACCOUNT], algorithms: [algorithm] });
		const challenged = await asker.ask(register());
		expect(challenged && readChallenges(challenged)[0]?.digest?.algorithm).toBe(algorithm);
		const authorization = credentialsFor(challenged);
		const bound = await asker.ask(register([['Authorization', authorization]]));
		expect(bound?.statusCode).toBe(200);
	});

	it('refuses an expiry below its minimum, and removes all for a star', async () => {
		const { asker } = await asking({ minExpires: 60, anySize: true });
		const brief = await asker.ask(register([['Expires', '10']]));
		expect(brief?.statusCode).toBe(423);
		expect(brief && headerValues(brief, 'min-expires')).toEqual(['60']);
		expect((await asker.ask(register([['Expires', '60']])))?.statusCode).toBe(200);
		const star = [
			['Contact', '*'],
			['Expires', '0'],
		] as const;
		const removed = await asker.ask(request('REGISTER', star));
		expect(removed?.statusCode).toBe(200);
		expect(removed && headerValues(removed, 'contact')).toEqual([]);
		expect(
			(
				await asker.ask(
					request('REGISTER', [
						['Contact', '*'],
						['Expires', '60'],
					]),
				)
			)?.statusCode,
		).toBe(400);
	});

	it('keeps ten bindings of one address-of-record and no more', async () => {
		const { asker } = await asking({ anySize: true });
		const statuses = new Set<number | undefined>();
		for (let device = 1; device <= 11; device += 1) {
			const contact = [['Contact', `<sip:1001@192.168.31.${device}>`]] as const;
			statuses.add((await asker.ask(request('REGISTER', contact)))?.statusCode);
		}
		expect([...statuses]).toEqual([200, 403]);
	});
});
