/* TLS and WebSocket against servers on loopback, with certificates made for the test. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import { formatEndpoint } from '../../src/net/endpoint.js';
import type { ProbeOptions } from '../../src/probe/run-probe.js';
import { savedProbe } from '../../src/probe/save.js';
import { PLAIN_TLS, type TlsSettings } from '../../src/probe/secure/tls-handshake.js';
import { tlsOpener } from '../../src/probe/secure/tls-transport.js';
import { wsOpener } from '../../src/probe/secure/ws-transport.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { type Certificates, makeCertificates } from '../lab/certificates.js';
import { runCommand } from '../lab/command.js';
import { until } from '../support/until.js';
import { probe, type Ran } from './probe-harness.js';
import {
	challenge,
	honestRegistrar,
	type Script,
	type ScriptedRegistrar,
	tcpRegistrar,
	tlsRegistrar,
	wsRegistrar,
} from './scripted-registrar.js';
import { VirtualTimers } from './virtual-timers.js';

const hasOpenssl = await runCommand('openssl', ['version']).then(
	({ code }) => code === 0,
	() => false,
);
const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const DOMAIN = 'example.com';

interface Texts {
	readonly ca: string;
	readonly otherCa: string;
	readonly client: { readonly cert: string; readonly key: string };
	readonly server: { readonly cert: string; readonly key: string };
}

describe.skipIf(!hasOpenssl)('a probe over TLS and WebSocket', () => {
	let folder = '';
	let good: Texts;
	let expired: Texts;
	let elsewhere: Texts;
	let wildcard: Texts;
	const opened: ScriptedRegistrar[] = [];

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'sipdoctor-tls-'));
		[good, expired, elsewhere, wildcard] = await Promise.all([
			certificates('good', { name: DOMAIN }),
			certificates('expired', { name: DOMAIN, expired: true }),
			certificates('elsewhere', { name: 'sip.example.net' }),
			certificates('wildcard', { name: '*.com' }),
		]);
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));
	afterEach(async () => {
		await Promise.all(opened.splice(0).map((one) => one.close()));
	});

	async function certificates(
		name: string,
		options: Parameters<typeof makeCertificates>[1],
	): Promise<Texts> {
		const files: Certificates = await makeCertificates(join(folder, name), options);
		const read = (file: string): string => readFileSync(file, 'utf8');
		return {
			ca: read(files.authority),
			otherCa: read(files.otherAuthority),
			client: { cert: read(files.client), key: read(files.clientKey) },
			server: { cert: read(files.server), key: read(files.serverKey) },
		};
	}

	interface Wanted {
		readonly texts?: Texts;
		readonly script?: Script;
		readonly server?: TlsOptions;
		readonly settings?: Partial<TlsSettings>;
		readonly options?: Partial<ProbeOptions>;
	}

	async function overTls({ texts = good, script = honestRegistrar(), ...wanted }: Wanted = {}) {
		const registrar = await tlsRegistrar(script, { ...texts.server, ...wanted.server });
		opened.push(registrar);
		const settings = { ...PLAIN_TLS, ca: texts.ca, ...wanted.settings };
		return probe(
			{
				...{ transport: 'tls', server: formatEndpoint(registrar.endpoint) },
				...wanted.options,
			},
			{ transports: { tls: tlsOpener(settings) } },
		);
	}

	async function overWs({
		path = '/ws',
		secure = false,
		script = honestRegistrar(),
	}: {
		readonly path?: string;
		readonly secure?: boolean;
		readonly script?: Script;
	} = {}): Promise<Ran> {
		const registrar = await wsRegistrar(script, secure ? good.server : undefined);
		opened.push(registrar);
		const tls = secure ? { ...PLAIN_TLS, ca: good.ca } : undefined;
		const name = secure ? 'wss' : 'ws';
		const server = formatEndpoint(registrar.endpoint);
		return probe({ transport: name, server }, { transports: { [name]: wsOpener({ path, tls }) } });
	}

	/** What is said of a probe live, and of its saved file. */
	async function causes(ran: Ran): Promise<readonly (string | undefined)[]> {
		const live = new SourceLog();
		const inOrder = [
			...ran.messages.map((observed) => ({
				frame: observed.frame,
				tell: () => live.message(observed),
			})),
			...ran.events.map((event) => ({ frame: event.frame, tell: () => live.event(event) })),
		].toSorted((a, b) => a.frame - b.frame);
		for (const { tell } of inOrder) tell();
		const saved = new SourceLog();
		async function* file(): AsyncGenerator<Uint8Array> {
			yield* savedProbe(ran.records);
		}
		const facts = await traceCapture('saved.pcapng', file(), saved);
		return [live.finish(ran.facts), saved.finish(facts)].map((source) => {
			const [registration] = analyse({ source, accounts: [] }).registrations;
			return registration?.cause?.id ?? registration?.outcome;
		});
	}

	it('registers over TLS and says what was verified', async () => {
		const ran = await overTls();
		expect(ran.end).toBe('registered');
		expect(ran.step('tls').state).toBe('ok');
		expect(ran.step('tls').text).toMatch(
			/verified for example\.com; TLS 1\.3, TLS_\w+; certificate .*CN=example\.com.* for example\.com, valid until 20\d\d-\d\d-\d\d \(\d+ days\), issued by .*Example authority/,
		);
		expect(ran.events.filter(({ kind }) => kind === 'tls')).toMatchObject([
			{ reached: 'application-data', serverName: DOMAIN, chosenVersion: 'TLS 1.3' },
		]);
		expect(await causes(ran)).toEqual(['registered', 'registered']);
	});

	it('says TLS in Via and Contact', async () => {
		const ran = await overTls();
		const bind = Buffer.from(ran.messages[4]?.message.bytes ?? []).toString();
		expect(bind).toMatch(/^Via: SIP\/2\.0\/TLS 127\.0\.0\.1:\d+;/m);
		expect(bind).toMatch(/^Contact: <sip:1001@127\.0\.0\.1:\d+;transport=tls>/m);
	});

	it('keeps to sips: where the address-of-record does', async () => {
		const ran = await overTls({ options: { aor: 'sips:1001@example.com' } });
		const bind = Buffer.from(ran.messages[4]?.message.bytes ?? []).toString();
		expect(bind).toMatch(/^REGISTER sips:example\.com /);
		expect(bind).toMatch(/^Contact: <sips:1001@127\.0\.0\.1:\d+>/m);
	});

	it('refuses a sips: address-of-record over UDP', async () => {
		const run = probe({ aor: 'sips:1001@example.com', transport: 'udp' });
		await expect(run).rejects.toMatchObject({ code: 'usage' });
	});

	it('works with TLS 1.2 as well', async () => {
		const ran = await overTls({ server: { maxVersion: 'TLSv1.2' } });
		expect(ran.end).toBe('registered');
		expect(ran.step('tls').text).toContain('TLS 1.2');
	});

	it.each([
		[
			'an unknown authority',
			() => ({ texts: good, settings: { ca: good.otherCa } }),
			'tls-untrusted-certificate',
		],
		['an expired certificate', () => ({ texts: expired }), 'tls-expired-certificate'],
		['a certificate for another name', () => ({ texts: elsewhere }), 'tls-name-mismatch'],
		['a wildcard certificate', () => ({ texts: wildcard, options: {} }), 'tls-name-mismatch'],
	] as const)('names %s, live and from the saved file', async (_name, wanted, cause) => {
		const ran = await overTls(wanted());
		expect(ran.end).toBe('unreachable');
		expect(ran.messages).toEqual([]);
		expect(ran.step('transport').state).toBe('ok');
		expect(ran.step('tls').state).toBe('failed');
		expect(await causes(ran)).toEqual([cause, cause]);
	});

	it('goes on with --tls-insecure, and says so loudly', async () => {
		const ran = await overTls({ texts: expired, settings: { insecure: true } });
		expect(ran.end).toBe('registered');
		expect(ran.step('tls')).toMatchObject({ state: 'warning' });
		expect(ran.step('tls').text).toMatch(/^NOT VERIFIED, as --tls-insecure says: .*expired/);
	});

	it.each(['TLSv1.3', 'TLSv1.2'] as const)(
		'says over %s that the server wants a certificate of the client',
		async (version) => {
			const server = { requestCert: true, ca: good.ca, minVersion: version, maxVersion: version };
			const ran = await overTls({ server });
			expect(ran.end).toBe('unreachable');
			expect(await causes(ran)).toEqual([
				'tls-client-certificate-required',
				'tls-client-certificate-required',
			]);
		},
	);

	it('shows the certificate of the client where it has one', async () => {
		const server = { requestCert: true, ca: good.ca };
		const ran = await overTls({ server, settings: good.client });
		expect(ran.end).toBe('registered');
	});

	it('names a server that speaks only old versions', async () => {
		const ran = await overTls({
			server: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
		});
		expect(ran.end).toBe('unreachable');
		expect(await causes(ran)).toEqual(['tls-version-mismatch', 'tls-version-mismatch']);
	});

	it('names a port that speaks plain SIP', async () => {
		const server = createServer((socket) => {
			socket.on('error', () => undefined);
			socket.once('data', () => socket.end('SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		const address = server.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		const ran = await probe(
			{ transport: 'tls', server: `127.0.0.1:${port}` },
			{ transports: { tls: tlsOpener({ ...PLAIN_TLS, ca: good.ca }) } },
		);
		server.close();
		expect(await causes(ran)).toEqual(['tls-on-plain-port', 'tls-on-plain-port']);
		expect(ran.step('tls').text).toContain('SIP/2.0 400');
	});

	it('gives up a server that takes the connection and says nothing', async () => {
		const server = createServer((socket) => socket.on('error', () => undefined));
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		const address = server.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		const timers = new VirtualTimers();
		const running = probe(
			{ transport: 'tls', server: `127.0.0.1:${port}`, timeoutMs: 300 },
			{ transports: { tls: tlsOpener(PLAIN_TLS) }, timers },
		);
		const ran = await timers.drive(running);
		server.close();
		expect(ran.end).toBe('unreachable');
		expect(ran.step('tls').text).toContain('did not come up in time');
		expect(await causes(ran)).toEqual(['tls-handshake-failed', 'tls-handshake-failed']);
	});

	it('hands the key log on, and keeps it out of everything else', async () => {
		const lines: string[] = [];
		const onKeylog = (line: Uint8Array): unknown => lines.push(Buffer.from(line).toString());
		const ran = await overTls({ settings: { onKeylog: (line) => void onKeylog(line) } });
		expect(lines.join('')).toMatch(
			/^CLIENT_HANDSHAKE_TRAFFIC_SECRET|SERVER_HANDSHAKE_TRAFFIC_SECRET/m,
		);
		const secret = lines[0]?.trim().split(' ')[2] ?? '';
		const file = Buffer.concat(savedProbe(ran.records)).toString('latin1');
		expect(secret.length).toBeGreaterThan(40);
		expect(file + JSON.stringify(ran.steps)).not.toContain(secret);
	});

	it('refuses a file that holds no certificate, and quotes nothing of it', () => {
		const open = () => tlsOpener({ ...PLAIN_TLS, cert: 's3cret', key: 's3cret' });
		expect(open).toThrow(/--cert and --key/);
		expect(open).not.toThrow(/s3cret/);
		expect(() => tlsOpener({ ...PLAIN_TLS, ca: 's3cret' })).toThrow(/--ca: no certificate/);
	});

	it.each([false, true])('registers over WebSocket (TLS: %s)', async (secure) => {
		const ran = await overWs({ secure });
		expect(ran.end).toBe('registered');
		const bind = Buffer.from(ran.messages[4]?.message.bytes ?? []).toString();
		expect(bind).toMatch(secure ? /^Via: SIP\/2\.0\/WSS /m : /^Via: SIP\/2\.0\/WS /m);
		expect(bind).toMatch(/^Contact: <.*;transport=ws>/m);
		expect(ran.step('transport').text).toContain('WebSocket opened at /ws');
		expect(ran.step('tls').state).toBe(secure ? 'ok' : 'skipped');
		expect(ran.messages.every(({ transport }) => transport === (secure ? 'wss' : 'ws'))).toBe(true);
		expect(await causes(ran)).toEqual(['registered', 'registered']);
	});

	it.skipIf(!hasIpv6).each(['tls', 'ws', 'wss'] as const)(
		'registers over %s and IPv6',
		async (name) => {
			const tls = { ...PLAIN_TLS, ca: good.ca };
			const registrar =
				name === 'tls'
					? await tlsRegistrar(honestRegistrar(), good.server, '::1')
					: await wsRegistrar(honestRegistrar(), name === 'wss' ? good.server : undefined, '::1');
			opened.push(registrar);
			const transports = {
				tls: tlsOpener(tls),
				ws: wsOpener({ path: '/ws', tls: undefined }),
				wss: wsOpener({ path: '/ws', tls }),
			};
			const server = formatEndpoint(registrar.endpoint);
			const ran = await probe({ transport: name, server }, { transports });
			expect(ran.end).toBe('registered');
			expect(ran.step('path').text).toContain('[::1]:');
		},
	);

	it.each(['tls', 'ws'] as const)(
		'removes its binding over %s when it is interrupted',
		async (name) => {
			const interrupt = new AbortController();
			const honest = honestRegistrar();
			const script: Script = (incoming) => {
				const isBind = incoming.contact?.endsWith(';expires=0') === false;
				if (isBind) interrupt.abort();
				return honest(incoming);
			};
			const registrar = await (name === 'tls'
				? tlsRegistrar(script, good.server)
				: wsRegistrar(script));
			opened.push(registrar);
			const transports = {
				tls: tlsOpener({ ...PLAIN_TLS, ca: good.ca }),
				ws: wsOpener({ path: '/ws', tls: undefined }),
			};
			const server = formatEndpoint(registrar.endpoint);
			const ran = await probe(
				{ transport: name, server },
				{ transports, signal: interrupt.signal },
			);
			expect(ran.interrupted).toBe(true);
			expect(registrar.requests.at(-1)?.contact).toMatch(/;expires=0$/);
			expect(ran.step('unregistered').state).toBe('ok');
		},
	);

	it('leaves no connection behind, whatever came of it', async () => {
		const server = createServer();
		let open = 0;
		server.on('connection', (socket) => {
			open += 1;
			socket
				.on('error', () => undefined)
				.on('close', () => {
					open -= 1;
				});
		});
		const registrar = await tlsRegistrar(honestRegistrar(), expired.server);
		opened.push(registrar);
		// In between, so that connections are counted that TLS runs over.
		server.on('connection', (socket) => {
			const onward = connect(registrar.endpoint.port, registrar.endpoint.address);
			onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
			socket.on('close', () => onward.destroy());
			socket.pipe(onward).pipe(socket);
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		const address = server.address();
		const at = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
		for (const insecure of [false, true]) {
			const transports = { tls: tlsOpener({ ...PLAIN_TLS, ca: good.ca, insecure }) };
			await probe({ transport: 'tls', server: at }, { transports });
		}
		await until('no connection', () => open === 0);
		server.close();
	});

	it('names a WebSocket that is refused', async () => {
		const ran = await overWs({ path: '/' });
		expect(ran.end).toBe('unreachable');
		expect(ran.step('transport').text).toContain('HTTP 403');
		expect(await causes(ran)).toEqual(['ws-handshake-refused', 'ws-handshake-refused']);
	});

	it('names a WebSocket that is closed before any answer', async () => {
		const script: Script = () => ({ status: 100, otherBranch: true, close: true, closeCode: 1008 });
		const ran = await overWs({ script });
		expect(ran.end).toBe('unreachable');
		expect(ran.step('register').text).toContain('code 1008');
	});

	it('opens the WebSocket anew where the server closes it after an answer', async () => {
		const honest = honestRegistrar();
		const ran = await overWs({
			script: (incoming) => {
				const reply = honest(incoming);
				return reply === undefined || 'length' in reply ? reply : { ...reply, close: true };
			},
		});
		expect(ran.end).toBe('registered');
	});

	it('names a TCP port that is closed, whatever was to run over it', async () => {
		const registrar = await tcpRegistrar(() => ({ status: 401, headers: [challenge('n')] }));
		const server = formatEndpoint(registrar.endpoint);
		await registrar.close();
		const transports = { wss: wsOpener({ path: '/', tls: PLAIN_TLS }) };
		const ran = await probe({ transport: 'wss', server }, { transports });
		expect(await causes(ran)).toEqual(['tcp-refused', 'tcp-refused']);
	});
});
