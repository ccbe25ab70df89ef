/* A registration that is kept against a real Kamailio, behind a real NAT, through their troubles. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';
import { PASSWORD, REGISTRAR, startWatching, type Watching } from './watching.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');

describe.skipIf(!availability.available)(`a watch in the lab${reason}`, () => {
	const tests = labTests();

	const watching = (
		options: Parameters<typeof startWatching>[1],
		...more: readonly string[]
	): Promise<Watching> => startWatching(tests, options, ...more);

	it('tells a server that stops and starts again, and ends clean', async () => {
		const watch = await watching({});
		await watch.told('registered');
		await watch.meanwhile(() => watch.server.stop());
		await watch.told('lost');
		await watch.meanwhile(() => watch.lab.startServer(REGISTRAR));
		await watch.told('registered', 2);
		const { code, stdout } = await watch.interrupt();
		const events = await watch.events();
		const causes = events
			.filter(({ event }) => event === 'lost' || event === 'failed')
			.map(({ cause }) => cause?.id);
		// A closed port says so, to a keep-alive as well; where ICMP was lost it is silence.
		for (const cause of causes) expect(['port-unreachable', 'server-went-silent']).toContain(cause);
		expect(events.slice(-2).map(({ event }) => event)).toEqual(['unregistered', 'summary']);
		expect(events.at(-2)).toMatchObject({ isSure: true });
		expect(events.at(-1)).toMatchObject({ losses: 1 });
		expect(stdout).not.toContain(PASSWORD);
		expect(code).toBe(130);
		const second = await watch.lab.phone({
			user: '1001',
			password: PASSWORD,
			domain: 'pbx.example.com',
		});
		expect(second.registered).toBe(true);
	});

	it.each([
		[
			'to an address',
			['--server', '203.0.113.10'],
			/has no way to the server: 203\.0\.113\.10:5060/,
		],
		['to a name', [], /has no network: no interface but loopback has an address/],
	] as const)('does not begin on a machine without a network: %s', async (_name, where, words) => {
		const lab = await tests.newLab({});
		await lab.run('phone', 'ip', ['link', 'set', 'eth0', 'down']);
		const args = [EXECUTABLE, 'watch', '1001@pbx.example.com', ...where, '--duration', '20s'];
		const { code, stderr } = await lab.run('phone', process.execPath, args);
		expect(stderr).toMatch(words);
		expect(code).toBe(3);
	});

	it('takes a REGISTER that is too large for UDP to TCP, and keeps that alive', async () => {
		const large = `X-Large: ${'x'.repeat(1200)}`;
		const watch = await watching({ registrar: { maxExpires: 10 } }, '--header', large);
		await watch.told('refreshed');
		await watch.told('keep-alive-answered', 2);
		const { code } = await watch.interrupt();
		const events = await watch.events();
		expect(events[0]).toMatchObject({
			transport: 'tcp',
			note: expect.stringMatching(/too large for UDP .* it went over TCP/) as string,
		});
		expect(events.at(-2)).toMatchObject({ event: 'unregistered', isSure: true });
		expect(events.at(-1)).toMatchObject({ losses: 0 });
		expect(code).toBe(130);
	});

	it('shows that a NAT gave another mapping', async () => {
		const watch = await watching(
			// Without a keep-alive nothing goes over the flow but refreshes, every five seconds or more.
			{ router: { nat: 'symmetric' }, registrar: { minExpires: 5, maxExpires: 10 } },
			...['--keepalive', 'none'],
		);
		await watch.lab.run('router', 'sysctl', [
			...['-qw', 'net.netfilter.nf_conntrack_udp_timeout=2'],
			'net.netfilter.nf_conntrack_udp_timeout_stream=2',
		]);
		await watch.told('mapping-changed', 2);
		await watch.interrupt();
		const changed = (await watch.events()).find(({ event }) => event === 'mapping-changed');
		expect(changed?.['from']).toMatch(/^198\.51\.100\.32:/);
		expect(changed?.['to']).not.toBe(changed?.['from']);
		const summary = (await watch.events()).at(-1);
		expect(summary?.natLifetime?.atMost).toBeGreaterThan(2);
		const times = (await watch.events()).map(({ at }) => Date.parse(String(at)));
		const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
		expect(summary?.natLifetime?.atMost).toBeLessThan(seconds);
	});

	it('answers the OPTIONS of the server, and measures its own', async () => {
		const registrar = { pingSeconds: 3 };
		const watch = await watching({ registrar }, '--keepalive', 'options');
		await watch.told('request-answered', 2);
		await watch.told('keep-alive-answered');
		const { code } = await watch.interrupt();
		expect((await watch.events()).at(-1)).toMatchObject({ losses: 0, isRegistered: true });
		expect(code).toBe(130);
	});

	it('keeps a registration over TLS, verified for the domain', async () => {
		const registrar = { tls: { name: 'pbx.example.com' }, maxExpires: 10, minExpires: 5 };
		const watch = await watching({ registrar }, ...['--transport', 'tls', '--keepalive', 'none']);
		await watch.told('refreshed');
		await watch.interrupt();
		const events = await watch.events();
		expect(events.map(({ event }) => event).slice(0, 2)).toEqual(['registered', 'refreshed']);
		expect(events[0]).toMatchObject({ transport: 'tls' });
		expect(events.at(-1)).toMatchObject({ losses: 0, failures: 0 });
	});

	it('keeps a registration over WebSocket', async () => {
		const registrar = { webSocket: true, minExpires: 5, maxExpires: 10 };
		const watch = await watching({ registrar }, ...['--transport', 'ws', '--ws-path', '/ws']);
		await watch.told('refreshed', 3);
		await watch.interrupt();
		const events = await watch.events();
		expect(events.at(-2)).toMatchObject({ event: 'unregistered', isSure: true });
		expect(events.at(-1)).toMatchObject({ losses: 0, failures: 0 });
	});

	it('goes on over a new connection where the server closed the old one', async () => {
		const watch = await watching({}, '--transport', 'tcp');
		await watch.told('registered');
		await watch.meanwhile(() => watch.server.stop());
		await watch.told('lost');
		await watch.meanwhile(() => watch.lab.startServer(REGISTRAR));
		await watch.told('registered', 2);
		await watch.interrupt();
		const events = await watch.events();
		const causes = events.filter(({ event }) => event === 'failed').map(({ cause }) => cause?.id);
		for (const cause of causes) expect(['tcp-refused', 'tcp-reset']).toContain(cause);
		expect(events.find(({ event }) => event === 'lost')).toMatchObject({
			isFlow: true,
			cause: { id: 'flow-closed' },
		});
		expect(events.at(-2)).toMatchObject({ event: 'unregistered', isSure: true });
	});
});
