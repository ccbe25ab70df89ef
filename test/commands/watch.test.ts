import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { formatEndpoint } from '../../src/net/endpoint.js';
import {
	challenge,
	honestRegistrar,
	type Script,
	type ScriptedRegistrar,
	udpRegistrar,
} from '../probe/scripted-registrar.js';
import { sipdoctor, startSipdoctor } from '../support/sipdoctor.js';

const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened: ScriptedRegistrar[] = [];
afterEach(async () => {
	await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function registrar(script: Script): Promise<ScriptedRegistrar> {
	const one = await udpRegistrar(script);
	opened.push(one);
	return one;
}

function start(server: ScriptedRegistrar, ...more: readonly string[]) {
	const args = ['watch', '1001@example.com', '--server', formatEndpoint(server.endpoint), ...more];
	return startSipdoctor(args, { env: { SIPDOCTOR_PASSWORD: 'secret' } });
}

/** One that ends by itself. */
function watch(server: ScriptedRegistrar, ...more: readonly string[]) {
	return start(server, ...more).ended;
}

/** One that its user ends once it has registered. */
async function interrupted(server: ScriptedRegistrar, ...more: readonly string[]) {
	const running = start(server, ...more);
	await running.printed(/registered/);
	running.interrupt();
	return running.ended;
}

function events(text: string): readonly { readonly event: string }[] {
	return text
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as { readonly event: string });
}

describe('sipdoctor watch', () => {
	it('prints a line an event and the summary, removes its binding, and exits 0', async () => {
		const server = await registrar(honestRegistrar());
		// Many times what it takes to register.
		const { code, stdout, stderr } = await watch(server, '--duration', '8s');
		expect(stderr).toBe('');
		expect(stdout).toMatch(/✓ registered for 60 s at 127\.0\.0\.1/);
		expect(stdout).toMatch(/the own binding was removed/);
		expect(stdout).toMatch(/never lost/);
		expect(server.requests.at(-1)?.contact).toMatch(/;expires=0$/);
		expect(code).toBe(0);
	});

	it('prints one JSON document a line, and the same into the log', async () => {
		const log = join(folder, 'watch.ndjson');
		const server = await registrar(honestRegistrar());
		const { stdout } = await interrupted(server, '--json', '--log', log);
		expect(events(stdout).map(({ event }) => event)).toEqual([
			'registered',
			'unregistered',
			'summary',
		]);
		expect(readFileSync(log, 'utf8')).toBe(stdout);
	});

	it('gives up after two refused authentications and exits 1', async () => {
		const server = await registrar(({ number }) => ({
			status: 401,
			headers: [challenge(`n${number}`)],
		}));
		const { code, stdout } = await watch(server);
		expect(stdout).toMatch(/refused twice/);
		expect(server.requests.filter(({ hasCredentials }) => hasCredentials)).toHaveLength(2);
		expect(code).toBe(1);
	});

	it('ends in good order where the log cannot be written', async () => {
		const server = await registrar(honestRegistrar());
		const { code, stderr } = await watch(server, '--log', join(folder, 'no', 'such', 'log'));
		expect(stderr).toMatch(/--log: .* cannot be written \(ENOENT\)/);
		expect(server.requests.at(-1)?.contact).toMatch(/;expires=0$/);
		expect(code).toBe(2);
	});

	it('is left at once during a lookup that gets no answer', async () => {
		const names = createSocket('udp4');
		const asked = new Map<string, number>();
		const first = new Promise<void>((done) => {
			names.on('message', (question) => {
				// Without its id.
				const key = question.subarray(2).toString('latin1');
				asked.set(key, (asked.get(key) ?? 0) + 1);
				done();
			});
		});
		await new Promise<void>((done) => names.bind(0, '127.0.0.1', done));
		const dns = `127.0.0.1:${names.address().port}`;
		const running = startSipdoctor(['watch', '1001@example.com', '--dns', dns]);
		await first;
		running.interrupt();
		expect((await running.ended).code).toBe(130);
		// The resolver would ask again after 3 s, before it gives up.
		expect(Math.max(...asked.values())).toBe(1);
		names.close();
	});

	it('removes its binding where nobody reads what it says any more', async () => {
		const server = await udpRegistrar(honestRegistrar(), () => ({ status: 200 }));
		opened.push(server);
		const running = start(
			server,
			...['--json', '--keepalive', 'options', '--keepalive-interval', '5', '--duration', '250s'],
		);
		await running.printed(/registered/);
		// What it says next, of a keep-alive, finds the pipe closed.
		running.stopReading();
		await running.ended;
		expect(server.requests.at(-1)?.contact).toMatch(/;expires=0$/);
	});

	it.each(['udp', 'tcp'])('exits 3 where its local port is taken: %s', async (transport) => {
		const udp = createSocket('udp4');
		await new Promise<void>((done) => udp.bind(0, '0.0.0.0', done));
		const { port } = udp.address();
		const tcp = createServer();
		await new Promise<void>((done) => tcp.listen(port, '0.0.0.0', done));
		const args = ['watch', '1001@127.0.0.1', '--transport', transport, '--local-port', `${port}`];
		const { code, stdout, stderr } = await sipdoctor(args);
		await new Promise((done) => tcp.close(done));
		udp.close();
		expect(stderr).toMatch(
			new RegExp(`^Error: ${transport.toUpperCase()} port ${port} of this machine cannot be used`),
		);
		expect(stdout).toBe('');
		expect(code).toBe(3);
	});

	it('prints an error as one line of JSON, too', async () => {
		const { stdout } = await sipdoctor([
			'watch',
			'1001@example.com',
			'--contact',
			'none',
			'--json',
		]);
		expect(stdout.trim().split('\n')).toHaveLength(1);
		expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE' } });
	});

	it('registers as the phone that the flags describe', async () => {
		const server = await registrar(honestRegistrar());
		const urn = 'urn:uuid:00000000-0000-1000-8000-aabbccddeeff';
		const { code } = await interrupted(
			server,
			...['--display-name', 'Desk', '--instance', urn, '--reg-id', '1'],
			...['--header', 'X-Site: Vienna', '--user-agent', 'Desk 7'],
		);
		const bind = server.requests.find(({ contact }) => contact !== undefined);
		const text = Buffer.from(bind?.request.bytes ?? []).toString();
		for (const part of ['"Desk" <sip:1001@', urn, ';reg-id=1', 'X-Site: Vienna', 'Agent: Desk 7'])
			expect(text).toContain(part);
		expect(code).toBe(130);
	});

	it('says what a duration looks like', async () => {
		const args = ['watch', '1001@example.com', '--duration', 'soon'];
		const { code, stderr } = await sipdoctor(args);
		expect(stderr).toMatch(/90s, 15m, 8h or 7d/);
		expect(code).toBe(2);
	});
});
