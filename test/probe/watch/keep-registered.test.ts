import { describe, expect, it } from 'vitest';
import { PLAIN_REGISTERING } from '../../../src/probe/registering-options.js';
import { fakeResolver } from '../probe-harness.js';
import { type Answer, FakeNetwork, optionsOfServer, registrar } from './fake-network.js';

const DAY = 86_400;
const REFUSED = {
	status: 401,
	headers: [['WWW-Authenticate', 'Digest realm="x", nonce="n"']],
} as const;

/** A registration in its first second. */
async function kept(
	answer: Answer,
	options: Parameters<FakeNetwork['start']>[0] = {},
): Promise<FakeNetwork> {
	const network = new FakeNetwork(answer);
	network.start(options);
	await network.pass(1);
	return network;
}

function removals(network: FakeNetwork): number {
	return network.registers.filter(({ contact }) => contact?.endsWith(';expires=0')).length;
}

describe('a registration that is kept', () => {
	it('asks for the bindings first, and registers', async () => {
		const network = await kept(registrar());
		expect(network.kinds()).toEqual(['registered']);
		expect(network.registers.map(({ contact }) => contact === undefined)).toEqual([
			true,
			true,
			false,
		]);
		await network.end();
	});

	it('is refreshed in time all day long, with the nonce that it has', async () => {
		const network = await kept(registrar());
		await network.pass(DAY);
		const binds = network.registers.filter(({ contact }) => contact !== undefined);
		const gaps = binds.slice(1).map(({ at }, index) => at - (binds[index]?.at ?? 0));
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30);
		expect(Math.max(...gaps)).toBeLessThanOrEqual(52);
		expect(network.count('failed')).toBe(0);
		expect(network.registers.filter(({ hasCredentials }) => !hasCredentials)).toHaveLength(1);
		expect(network.opened).toBe(1);
		expect(network.timers.pending).toBeLessThan(4);
		await network.end();
	});

	it('keeps Call-ID and counts CSeq over all refreshes', async () => {
		const network = await kept(registrar());
		await network.pass(200);
		const texts = network.registers.map(({ bytes }) => Buffer.from(bytes).toString());
		expect(new Set(texts.map((text) => /^Call-ID: (.*)$/m.exec(text)?.[1])).size).toBe(1);
		expect(texts.map((text) => Number(/^CSeq: (\d+)/m.exec(text)?.[1]))).toEqual(
			texts.map((_, index) => index + 1),
		);
		await network.end();
	});

	it('removes exactly its own binding at the end, and holds no timer', async () => {
		const network = await kept(registrar());
		await network.end();
		expect(removals(network)).toBe(1);
		expect(network.news.at(-1)).toMatchObject({ kind: 'removed', isSure: true });
		expect(network.ended).toBeDefined();
		expect(network.timers.pending).toBe(0);
	});

	it('does not wait long for a server that is silent at the end', async () => {
		const network = await kept(registrar());
		network.answer = () => undefined;
		await network.end();
		expect(network.news.at(-1)).toMatchObject({ kind: 'removed', isSure: false });
		expect(network.ended).toBeDefined();
	});

	it('makes no storm where the server grants a second', async () => {
		const network = await kept(registrar(1));
		await network.pass(100);
		expect(network.count('registered')).toBeLessThanOrEqual(21);
		await network.end();
	});

	it('stops where another device is bound, and removes nothing', async () => {
		const network = await kept(({ verifies }) =>
			verifies
				? { status: 200, headers: [['Contact', '<sip:1001@192.0.2.77>;expires=300']] }
				: REFUSED_ONCE,
		);
		expect(network.news).toMatchObject([{ kind: 'gave-up', why: 'other-device' }]);
		expect(removals(network)).toBe(0);
		expect(network.ended).toBeDefined();
	});
});

const REFUSED_ONCE = {
	status: 401,
	headers: [['WWW-Authenticate', 'Digest realm="example.com", nonce="n1", qop="auth"']],
} as const;

describe('a registration that fails', () => {
	it('backs off further with each failure, up to half an hour', async () => {
		const network = await kept(registrar());
		network.answer = () => ({ status: 503 });
		await network.pass(4 * 3600);
		const tries = network.registers.slice(3).map(({ at }) => at);
		const gaps = tries.slice(1).map((at, index) => Math.round(at - (tries[index] ?? 0)));
		// 75 % of 30 s doubled each time.
		expect(gaps.slice(0, 5)).toEqual([23, 45, 90, 180, 360]);
		expect(Math.max(...gaps)).toBe(1350);
		await network.end();
	});

	it('comes back within one wait, and starts anew with the back-off', async () => {
		const network = await kept(registrar());
		network.answer = () => ({ status: 503 });
		await network.pass(300);
		network.answer = registrar();
		await network.pass(400);
		const kinds = network.kinds();
		expect(
			kinds.slice(kinds.lastIndexOf('failed')).filter((kind) => kind === 'registered').length,
		).toBeGreaterThan(1);
		await network.end();
	});

	it('waits for as long as Retry-After says', async () => {
		const network = await kept(() => ({ status: 503, headers: [['Retry-After', '600']] }));
		await network.pass(598);
		expect(network.registers).toHaveLength(1);
		await network.pass(3);
		expect(network.registers).toHaveLength(2);
		await network.end();
	});

	it('is silence after Timer F, from the same port the next time', async () => {
		const network = await kept(registrar());
		network.answer = () => undefined;
		await network.pass(90);
		network.answer = registrar();
		await network.pass(60);
		expect(network.count('failed')).toBe(1);
		expect(network.opened).toBe(2);
		expect(new Set(network.registers.map(({ localPort }) => localPort)).size).toBe(1);
		await network.end();
	});

	it.each([
		['each with another nonce', true],
		['with the same nonce', false],
	])('sends refused credentials twice and never again, %s', async (_name, fresh) => {
		let nonce = 0;
		const network = await kept(() => {
			if (fresh) nonce += 1;
			return { ...REFUSED, headers: [['WWW-Authenticate', `Digest realm="x", nonce="n${nonce}"`]] };
		});
		await network.pass(DAY / 4);
		await network.end();
		expect(network.registers.filter(({ hasCredentials }) => hasCredentials)).toHaveLength(2);
		expect(network.news.at(-1)).toMatchObject({ kind: 'gave-up', why: 'credentials-refused' });
	});

	it('takes a 403 to its credentials for a refusal of them, twice and never again', async () => {
		const network = await kept(({ verifies }) => (verifies ? { status: 403 } : REFUSED_ONCE));
		await network.pass(DAY / 4);
		await network.end();
		expect(network.registers.filter(({ hasCredentials }) => hasCredentials)).toHaveLength(2);
		expect(network.news.at(-1)).toMatchObject({ kind: 'gave-up', why: 'credentials-refused' });
	});

	it('removes nothing with credentials that were refused twice', async () => {
		const network = await kept(registrar());
		network.answer = ({ verifies }) => (verifies ? { status: 403 } : REFUSED_ONCE);
		await network.pass(3600);
		expect(network.kinds().slice(-2)).toEqual(['gave-up', 'removed']);
		expect(network.news.at(-1)).toMatchObject({ isSure: false });
		expect(removals(network)).toBe(0);
		expect(network.ended).toBeDefined();
	});

	it('gives up once the password was changed, without a third try', async () => {
		const network = await kept(registrar());
		const before = network.registers.length;
		let nonce = 0;
		network.answer = () => {
			nonce += 1;
			return {
				status: 401,
				headers: [['WWW-Authenticate', `Digest realm="x", nonce="m${nonce}"`]],
			};
		};
		await network.pass(3600);
		await network.end();
		expect(network.registers.length - before).toBe(2);
		expect(network.count('gave-up')).toBe(1);
	});

	it('takes a nonce that expired for no refusal', async () => {
		let current = 'n1';
		const network = await kept(({ request, verifies, contact }) => {
			const text = Buffer.from(request.bytes).toString();
			if (!verifies || !text.includes(`nonce="${current}"`)) {
				return {
					status: 401,
					headers: [['WWW-Authenticate', `Digest realm="example.com", nonce="${current}"`]],
				};
			}
			return contact === undefined
				? { status: 200 }
				: { status: 200, headers: [['Contact', `${contact};expires=60`]] };
		});
		for (let hour = 0; hour < 10; hour += 1) {
			current = `n${hour + 2}`;
			await network.pass(120);
		}
		expect(network.count('failed')).toBe(0);
		expect(network.count('gave-up')).toBe(0);
		await network.end();
	});

	it('is told with the messages of that attempt alone', async () => {
		const network = await kept(registrar());
		await network.pass(100);
		network.answer = () => ({ status: 500 });
		await network.pass(60);
		const failed = network.news.find(({ kind }) => kind === 'failed');
		expect(failed).toMatchObject({ status: 500, facts: { registerRequests: 1 } });
		await network.end();
	});
});

describe('a watch on a machine without a network', () => {
	const noRoute = { kind: 'no-way', errno: 'ENETUNREACH' } as const;

	it('ends at once where there is no way to the server, and says so', async () => {
		const network = new FakeNetwork(registrar());
		network.closed.set('192.0.2.1', noRoute);
		network.start();
		await network.pass(2);
		expect(network.failure).toMatchObject({
			code: 'local',
			message: 'This machine has no way to the server: 192.0.2.1:5060: no way there (ENETUNREACH)',
		});
		expect(network.news).toEqual([]);
	});

	it('ends at once where no name can be resolved for want of a network', async () => {
		const network = new FakeNetwork(registrar());
		network.hasNetwork = false;
		network.start({ server: undefined });
		await network.pass(2);
		expect(network.failure).toMatchObject({ code: 'local' });
		expect(network.timers.pending).toBe(0);
	});

	it('goes on where only the name does not resolve', async () => {
		const network = new FakeNetwork(registrar());
		network.start({ server: undefined });
		await network.pass(2);
		expect(network.news).toMatchObject([{ kind: 'failed', local: undefined }]);
		await network.end();
		expect(network.ended).toBeDefined();
	});

	it('tells a network that went away later as a failure, and comes back with it', async () => {
		const network = await kept(registrar());
		network.fail({ kind: 'unreachable', reason: 'port', errno: 'ECONNREFUSED' });
		network.closed.set('192.0.2.1', noRoute);
		await network.pass(30);
		expect(network.news.find(({ kind }) => kind === 'failed')).toMatchObject({
			local: { kind: 'no-way', errno: 'ENETUNREACH' },
			remote: { address: '192.0.2.1' },
		});
		network.closed.clear();
		await network.pass(60);
		expect(network.kinds().at(-1)).toBe('registered');
		await network.end();
	});

	it('is left at once during a lookup that gets no answer', async () => {
		const network = new FakeNetwork(registrar());
		let cancelled = false;
		const never = <T>(): Promise<T> => new Promise(() => undefined);
		network.resolver = {
			...{ resolve4: never, resolve6: never, resolveSrv: never, resolveNaptr: never },
			...{ lookup: never, server: undefined },
			cancel: () => {
				cancelled = true;
			},
		};
		network.start({ server: undefined });
		await network.pass(1);
		network.abort.abort();
		await network.pass(0.1, 0.1);
		expect(network.ended).toBeDefined();
		expect(cancelled).toBe(true);
	});
});

describe('a domain with two servers', () => {
	const NAMES = { 'pbx.example.com': ['192.0.2.1', '192.0.2.2'] };

	async function atTwo(answer: Answer): Promise<FakeNetwork> {
		const network = new FakeNetwork(answer);
		network.resolver = fakeResolver(NAMES);
		network.start({ server: 'pbx.example.com:5060' });
		await network.pass(1);
		return network;
	}

	it('is asked at the other one soon after the first is silent', async () => {
		const network = new FakeNetwork(registrar());
		network.resolver = fakeResolver(NAMES);
		network.answer = (sent) =>
			network.openedTo.at(-1) === 'udp 192.0.2.1' ? undefined : registrar()(sent);
		network.start({ server: 'pbx.example.com:5060' });
		await network.pass(45);
		expect(network.openedTo).toEqual(['udp 192.0.2.1', 'udp 192.0.2.2']);
		expect(network.kinds()).toEqual(['failed', 'registered']);
		await network.end();
	});

	it('is left alone for a while once both of them failed', async () => {
		const network = await atTwo(() => ({ status: 503 }));
		await network.pass(3600);
		expect(network.registers.length).toBeLessThanOrEqual(2 * 8);
		expect(new Set(network.openedTo).size).toBe(2);
		await network.end();
	});

	it('is asked at the second where this machine has no way to the first', async () => {
		const network = new FakeNetwork(registrar());
		network.resolver = fakeResolver(NAMES);
		network.closed.set('192.0.2.1', { kind: 'no-way', errno: 'ENETUNREACH' });
		network.start({ server: 'pbx.example.com:5060' });
		await network.pass(5);
		expect(network.failure).toBeUndefined();
		expect(network.kinds().at(-1)).toBe('registered');
		await network.end();
	});
});

describe('a watch as the user wants it', () => {
	it('registers with display name, Contact, instance-id, reg-id and header fields as given', async () => {
		const network = await kept(registrar(), {
			registering: {
				...PLAIN_REGISTERING,
				displayName: 'Desk',
				contact: 'sip:1001@198.51.100.7:5070',
				instance: 'urn:uuid:00000000-0000-1000-8000-aabbccddeeff',
				regId: 1,
				headers: [['X-Site', 'Vienna']],
			},
		});
		await network.pass(60);
		const binds = network.registers.filter(({ contact }) => contact !== undefined);
		expect(binds.length).toBeGreaterThan(1);
		for (const { bytes } of binds) {
			const text = Buffer.from(bytes).toString();
			expect(text).toContain('From: "Desk" <sip:1001@example.com>');
			expect(text).toContain(
				'Contact: <sip:1001@198.51.100.7:5070>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-aabbccddeeff>";reg-id=1',
			);
			expect(text).toContain('X-Site: Vienna');
		}
		await network.end();
		expect(removals(network)).toBe(1);
	});

	it('does not take the place of a phone whose Contact was given', async () => {
		const contact = 'sip:1001@198.51.100.7:5070';
		const network = await kept(
			({ verifies }) =>
				verifies
					? { status: 200, headers: [['Contact', `<${contact}>;expires=300`]] }
					: REFUSED_ONCE,
			{ registering: { ...PLAIN_REGISTERING, contact } },
		);
		expect(network.news).toMatchObject([{ kind: 'gave-up', why: 'already-bound' }]);
		expect(removals(network)).toBe(0);
	});

	it('sends a bearer token over TLS alone', async () => {
		const bearer = { token: 'abc.def', overCleartext: false };
		const asks = { status: 401, headers: [['WWW-Authenticate', 'Bearer realm="x"']] } as const;
		const network = await kept(() => asks, {
			secret: undefined,
			registering: { ...PLAIN_REGISTERING, bearer },
		});
		expect(network.news.at(-1)).toMatchObject({ kind: 'gave-up', why: 'no-answer-to-challenge' });
		for (const { bytes } of network.sent)
			expect(Buffer.from(bytes).toString()).not.toContain('abc.def');
	});
});

describe('a REGISTER of more than 1300 bytes', () => {
	const registering = { ...PLAIN_REGISTERING, headers: [['X-Large', 'x'.repeat(1200)] as const] };

	it('goes over TCP, with a Contact over TCP, and stays there', async () => {
		const network = await kept(registrar(), { transport: undefined, registering });
		await network.pass(200);
		expect(network.openedTo).toEqual(['udp 192.0.2.1', 'tcp 192.0.2.1']);
		const binds = network.registers.filter(({ contact }) => contact !== undefined);
		expect(binds.length).toBeGreaterThan(2);
		for (const { contact, localPort } of binds)
			expect(contact).toMatch(new RegExp(`:${localPort};transport=tcp>`));
		expect(network.news[0]).toMatchObject({
			transport: 'tcp',
			note: expect.stringMatching(/too large for UDP .*; it went over TCP$/) as string,
		});
		expect(network.count('flow-lost')).toBe(0);
		await network.end();
		expect(network.news.at(-1)).toMatchObject({ kind: 'removed', isSure: true });
	});

	it('goes over UDP where UDP was asked for, and says so', async () => {
		const network = await kept(registrar(), { transport: 'udp', registering });
		expect(network.openedTo).toEqual(['udp 192.0.2.1']);
		expect(network.news[0]).toMatchObject({
			note: expect.stringMatching(/over UDP in fragments, as UDP was asked for/) as string,
		});
		await network.end();
	});

	it('goes over UDP where there is no TCP', async () => {
		const network = new FakeNetwork(registrar());
		network.closed.set('tcp', {
			kind: 'failure',
			failure: { kind: 'connection', outcome: 'refused', errno: 'ECONNREFUSED' },
			local: undefined,
		});
		network.start({ transport: undefined, registering });
		await network.pass(1);
		expect(network.news[0]).toMatchObject({
			transport: 'udp',
			note: expect.stringMatching(/TCP failed .*, so it went over UDP/) as string,
		});
		await network.end();
	});
});

describe('the flow of a registration', () => {
	it('answers the OPTIONS of the server', async () => {
		const network = await kept(registrar());
		network.receive(optionsOfServer('z9hG4bKa'));
		expect(network.news.at(-1)).toMatchObject({ kind: 'request-answered', method: 'OPTIONS' });
		await network.end();
	});

	it('is kept alive by CRLF between the REGISTERs', async () => {
		const network = await kept(registrar(600), { keepAlive: 'crlf', keepAliveMs: 20_000 });
		await network.pass(101);
		expect(network.others.map((bytes) => Buffer.from(bytes).toString())).toEqual(
			Array(5).fill('\r\n\r\n'),
		);
		await network.end();
	});

	it('is kept alive no later than the Flow-Timer of the server allows', async () => {
		const answer: Answer = (sent) => {
			const reply = registrar(600)(sent);
			const headers = [...(reply?.headers ?? []), ['Flow-Timer', '20'] as const];
			return reply && { ...reply, headers };
		};
		const network = await kept(answer, { keepAlive: 'crlf', keepAliveMs: 60_000 });
		await network.pass(100);
		// Each 16 s.
		expect(network.others).toHaveLength(6);
		await network.end();
	});

	it('is measured by OPTIONS', async () => {
		const network = await kept(registrar(600), { keepAlive: 'options', keepAliveMs: 20_000 });
		await network.pass(101);
		expect(network.count('keep-alive-answered')).toBe(5);
		await network.end();
	});

	it('is measured by STUN', async () => {
		const network = await kept(registrar(600), { keepAlive: 'stun', keepAliveMs: 20_000 });
		await network.pass(20);
		const [request] = network.others;
		// A success response is the request with another type (RFC 8489 §5).
		network.receiveOther(
			Uint8Array.from(request ?? [])
				.with(0, 0x01)
				.with(1, 0x01),
		);
		expect(network.news.at(-1)).toMatchObject({ kind: 'keep-alive-answered' });
		await network.end();
	});

	it('is opened anew where the server no longer answers its keep-alives', async () => {
		const network = await kept(registrar(3600), { keepAlive: 'options', keepAliveMs: 20_000 });
		await network.pass(100);
		network.answer = (sent) =>
			sent.request.method === 'OPTIONS' ? undefined : registrar(3600)(sent);
		await network.pass(60);
		expect(network.kinds()).toContain('flow-lost');
		expect(network.kinds().at(-1)).not.toBe('flow-lost');
		expect(network.count('registered')).toBeGreaterThanOrEqual(2);
		await network.end();
	});

	it('is measured by CRLF over a connection, and taken for lost where its answers stop', async () => {
		const network = await kept(registrar(3600), {
			...{ transport: 'tcp', keepAlive: 'crlf', keepAliveMs: 20_000 },
		});
		await network.pass(20);
		network.receiveOther(Buffer.from('\r\n'));
		expect(network.news.at(-1)).toMatchObject({ kind: 'keep-alive-answered' });
		await network.pass(35);
		expect(network.kinds().slice(0, 5)).toEqual([
			...['registered', 'keep-alive-answered', 'keep-alive-unanswered', 'flow-lost', 'registered'],
		]);
		await network.end();
	});

	it('is not taken for lost where the server never answered a keep-alive', async () => {
		const answer: Answer = (sent) =>
			sent.request.method === 'OPTIONS' ? undefined : registrar(3600)(sent);
		const network = await kept(answer, { keepAlive: 'options', keepAliveMs: 30_000 });
		await network.pass(300);
		expect(network.count('keep-alive-unanswered')).toBeGreaterThan(3);
		expect(network.count('flow-lost')).toBe(0);
		await network.end();
	});

	it('is opened anew a moment after the server closed it', async () => {
		const network = await kept(registrar(3600), { transport: 'tcp' });
		await network.pass(100);
		network.fail({ kind: 'connection', outcome: 'reset', errno: undefined });
		await network.pass(5);
		expect(network.kinds()).toEqual(['registered', 'flow-lost', 'registered']);
		expect(network.opened).toBe(2);
		await network.end();
	});

	it('makes no storm where the server closes it after each answer', async () => {
		const network = await kept(registrar(3600), { transport: 'tcp' });
		for (let second = 0; second < 600; second += 1) {
			if (network.kinds().at(-1) === 'registered')
				network.fail({ kind: 'connection', outcome: 'reset', errno: undefined });
			await network.pass(1);
		}
		expect(network.count('registered')).toBeLessThan(8);
		await network.end();
	});

	it('shows each change of the address that the server sees', async () => {
		const network = new FakeNetwork(registrar());
		network.mappedPort = 1024;
		network.start();
		await network.pass(200);
		network.mappedPort = 2048;
		await network.pass(60);
		network.mappedPort = 3072;
		await network.pass(60);
		const changes = network.news.filter(({ kind }) => kind === 'mapping-changed');
		expect(changes).toMatchObject([
			{ from: { address: '198.51.100.7', port: 1024 }, to: { port: 2048 } },
			{ from: { address: '198.51.100.7', port: 2048 }, to: { port: 3072 } },
		]);
		await network.end();
		// 67.5 % of 60 s without traffic came before it, in steps of a second.
		expect(network.ended?.atMost).toBeGreaterThanOrEqual(40);
		expect(network.ended?.atMost).toBeLessThanOrEqual(42);
	});

	it('shows by requests of the server for how long the mapping lives at least', async () => {
		const network = await kept(registrar(600));
		await network.pass(100);
		network.receive(optionsOfServer('z9hG4bKb'));
		await network.end();
		expect(network.ended?.atLeast).toBeGreaterThanOrEqual(99);
	});
});
