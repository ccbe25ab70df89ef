import { describe, expect, it } from 'vitest';
import type { WatchEvent, WatchSummary } from '../../src/report/watch-event.js';
import { watchAor } from '../../src/usecase/watch.js';
import { type Answer, FakeNetwork, registrar } from '../probe/watch/fake-network.js';
import { collectGarbage } from '../support/collect-garbage.js';

interface Watched {
	readonly network: FakeNetwork;
	readonly events: WatchEvent[];
	summary: WatchSummary | undefined;
}

const PLAIN = {
	dns: undefined,
	tls: { ca: undefined, cert: undefined, key: undefined },
	tlsInsecure: false,
	wsPath: '/',
};

async function watched(answer: Answer, durationMs?: number): Promise<Watched> {
	const network = new FakeNetwork(answer);
	const events: WatchEvent[] = [];
	const all: Watched = { network, events, summary: undefined };
	const running = watchAor({
		...network.options(),
		...network.surroundings(),
		reach: PLAIN,
		durationMs,
		signal: network.abort.signal,
		onEvent: (event) => events.push(event),
	});
	void running.then((summary) => {
		all.summary = summary;
	});
	await network.pass(1);
	return all;
}

function usedHeap(): number {
	collectGarbage();
	return process.memoryUsage().heapUsed;
}

function kinds({ events }: Watched): readonly string[] {
	return events.map(({ event }) => event);
}

describe('a watch', () => {
	it('tells a loss with its cause, and the gap when it is registered again', async () => {
		const all = await watched(registrar());
		await all.network.pass(100);
		all.network.answer = () => ({ status: 500 });
		// One refresh falls into it, and the attempt after it does not.
		await all.network.pass(25);
		all.network.answer = registrar();
		await all.network.pass(60);
		const lost = all.events.find(({ event }) => event === 'lost');
		expect(lost).toMatchObject({ status: 500, outcome: 'rejected', cause: { id: 'server-error' } });
		const after = all.events.slice(all.events.findIndex(({ event }) => event === 'lost'));
		const again = after.find(({ event }) => event === 'registered');
		expect(again).toMatchObject({ gapMs: expect.closeTo(23_000, -4) as number });
		await all.network.end();
		expect(all.summary).toMatchObject({ losses: 1, byCause: { 'server-error': 1 } });
		expect(all.summary?.uptime).toBeGreaterThan(0.8);
		expect(all.summary?.uptime).toBeLessThan(0.95);
	});

	it('tells a connection that the server closed as a loss, and as no failed attempt', async () => {
		const all = await watched(registrar());
		await all.network.pass(20);
		all.network.fail({ kind: 'connection', outcome: 'reset', errno: undefined });
		await all.network.pass(10);
		expect(kinds(all)).toEqual(['registered', 'lost', 'registered']);
		await all.network.end();
		expect(all.summary).toMatchObject({ losses: 1, failures: 0, byCause: { 'flow-closed': 1 } });
		expect(all.summary?.longestGapMs).toBeLessThan(4000);
	});

	it('names silence, and a server that cannot be reached', async () => {
		const all = await watched(registrar());
		all.network.answer = () => undefined;
		await all.network.pass(120);
		expect(all.events.find(({ event }) => event === 'lost')).toMatchObject({
			outcome: 'unanswered',
			cause: { id: 'server-went-silent' },
		});
		await all.network.end();
	});

	it.each([
		['its own address', '192.0.2.77', 'flow-closed', /from 192\.0\.2\.77 now/],
		['its own network', { errno: 'ENETUNREACH' }, 'host-unreachable', /has no way to 192\.0\.2\.1/],
	] as const)(
		'blames neither server nor filter for %s that is gone',
		async (_n, source, id, words) => {
			const all = await watched(registrar());
			await all.network.pass(20);
			all.network.source = source;
			all.network.fail({ kind: 'unreachable', reason: 'admin-prohibited', errno: 'ENETUNREACH' });
			await all.network.pass(10);
			expect(all.events.find(({ event }) => event === 'lost')).toMatchObject({
				isFlow: true,
				cause: { id, summary: expect.stringMatching(words) as string },
			});
			await all.network.end();
		},
	);

	it('names a connection that gets host unreachable as a capture of it is named', async () => {
		const network = new FakeNetwork(registrar());
		const failure = { kind: 'unreachable', reason: 'host', errno: 'EHOSTUNREACH' } as const;
		network.closed.set('tcp', { kind: 'failure', failure, local: undefined });
		const events: WatchEvent[] = [];
		void watchAor({
			...{ ...network.options(), transport: 'tcp', ...network.surroundings(), reach: PLAIN },
			...{ durationMs: undefined, signal: network.abort.signal },
			onEvent: (event) => events.push(event),
		});
		await network.pass(1);
		expect(events).toMatchObject([
			{ event: 'failed', outcome: 'unreachable', cause: { id: 'host-unreachable' } },
		]);
		await network.end();
	});

	it('says what would decide it where the socket names no cause', async () => {
		const all = await watched(registrar());
		await all.network.pass(20);
		all.network.fail({ kind: 'unreachable', reason: 'other', errno: 'EMSGSIZE' });
		await all.network.pass(10);
		expect(all.events.find(({ event }) => event === 'lost')).toMatchObject({
			cause: undefined,
			cannotTell: [{ decidedBy: expect.stringMatching(/tcpdump/) as string }],
		});
		await all.network.end();
	});

	it('tells a password that was changed by what was taken before, and by no frame', async () => {
		const all = await watched(registrar());
		let nonce = 0;
		all.network.answer = () => {
			nonce += 1;
			const asked = `Digest realm="example.com", nonce="m${nonce}", qop="auth"`;
			return { status: 401, headers: [['WWW-Authenticate', asked]] };
		};
		await all.network.pass(60);
		const lost = all.events.find(({ event }) => event === 'lost');
		expect(lost).toMatchObject({ cause: { id: 'wrong-password' } });
		expect(JSON.stringify(lost)).not.toMatch(/frame/);
		await all.network.end();
	});

	it('ends after its duration with the binding removed, and the summary last', async () => {
		const all = await watched(registrar(), 3_600_000);
		await all.network.pass(3601);
		expect(kinds(all).slice(-2)).toEqual(['unregistered', 'summary']);
		expect(all.summary).toMatchObject({ losses: 0, uptime: expect.closeTo(1, 2) as number });
	});

	it('counts a day that was never registered as no uptime', async () => {
		const all = await watched(() => ({ status: 403 }), 86_400_000);
		await all.network.pass(86_401);
		expect(all.summary).toMatchObject({ uptime: 0, registrations: 0, losses: 0 });
		expect(all.summary?.failures).toBeGreaterThan(10);
	});

	it('takes no more memory for two days than for one, through losses and changes', async () => {
		const all = await watched(registrar());
		const hours = async (): Promise<number> => {
			for (let hour = 0; hour < 6; hour += 1) {
				all.network.mappedPort = 1024 + hour;
				all.network.answer = hour === 5 ? () => ({ status: 503 }) : registrar();
				await all.network.pass(3600, 10);
				all.network.sent.splice(0);
				all.events.splice(0);
			}
			return usedHeap();
		};
		// What is loaded and compiled once is there after the first of them.
		for (let count = 0; count < 2; count += 1) await hours();
		const before = await hours();
		for (let count = 0; count < 4; count += 1) await hours();
		const after = await hours();
		expect(all.summary).toBeUndefined();
		// The attempts alone, were they kept, would be four times as much.
		expect(after - before).toBeLessThan(4_000_000);
		await all.network.end();
		expect(all.summary?.losses).toBeGreaterThanOrEqual(4);
	});

	it('says no password and no response of a digest', async () => {
		const all = await watched(registrar());
		all.network.answer = ({ verifies }) => ({ status: verifies ? 403 : 401 });
		await all.network.pass(100);
		await all.network.end();
		const said = JSON.stringify(all.events);
		const responses = all.network.sent.flatMap(({ bytes }) =>
			[
				...Buffer.from(bytes)
					.toString()
					.matchAll(/response="([0-9a-f]+)"/g),
			].map(([, hex]) => hex),
		);
		expect(responses.length).toBeGreaterThan(1);
		for (const response of responses) expect(said).not.toContain(response);
	});
});
