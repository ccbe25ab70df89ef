import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openTcpTransport } from '../../src/probe/tcp-transport.js';
import { openUdpTransport } from '../../src/probe/udp-transport.js';
import { fakeResolver, probe } from './probe-harness.js';
import { challenge, honestRegistrar, tcpRegistrar, udpRegistrar } from './scripted-registrar.js';
import { VirtualTimers } from './virtual-timers.js';

/** A port of loopback on which nothing listens. */
async function closedPort(): Promise<number> {
	const socket = createSocket('udp4');
	await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
	const { port } = socket.address();
	await new Promise<void>((done) => socket.close(done));
	return port;
}

describe('a probe of a closed UDP port', () => {
	it('tells the ICMP refusal from silence, and at once', async () => {
		const port = await closedPort();
		const ran = await probe({ server: `127.0.0.1:${port}` });
		expect(ran.end).toBe('unreachable');
		expect(ran.messages).toHaveLength(1);
		expect(ran.events.at(-1)).toMatchObject({
			kind: 'unreachable',
			reason: 'port',
			errno: 'ECONNREFUSED',
			reporter: undefined,
			icmp: undefined,
			frame: 3,
			quoted: { transport: 'udp', dst: { address: '127.0.0.1', port } },
		});
		expect(ran.step('register').text).toContain('ICMP says that the port is unreachable');
	});

	it('quotes the refused request without credentials', async () => {
		const registrar = await udpRegistrar(({ hasCredentials }) => {
			if (!hasCredentials) setTimeout(() => void registrar.close(), 0);
			return { status: 401, headers: [challenge('n')] };
		});
		const timers = new VirtualTimers();
		const server = `127.0.0.1:${registrar.endpoint.port}`;
		const ran = await timers.drive(probe({ server }, { timers }));
		// Whichever copy of the credentials met the closed port.
		expect(ran.events.map(({ kind }) => kind)).toContain('unreachable');
		expect(JSON.stringify(ran.events)).toContain('CSeq: 2 REGISTER');
		expect(JSON.stringify(ran.events)).not.toMatch(/authorization|response=/i);
	});

	it('goes on with the next address of the name', async () => {
		const registrar = await udpRegistrar(honestRegistrar());
		const { port } = registrar.endpoint;
		const resolver = fakeResolver({ 'example.com': ['127.0.0.99', '127.0.0.1'] });
		const ran = await probe({ aor: `1001@example.com:${port}` }, { resolver });
		await registrar.close();
		expect(ran.end).toBe('registered');
		expect(ran.step('address')).toMatchObject({ state: 'warning' });
		expect(ran.step('address').text).toContain(`before that 127.0.0.99:${port}`);
	});
});

describe('a probe over UDP', () => {
	it('gives up after the time it was given, having sent with the spacing of Timer E', async () => {
		const registrar = await udpRegistrar(() => undefined);
		let waited = 0;
		const timers = new VirtualTimers();
		const onWaiting = (): void => {
			waited += 1;
		};
		const server = `127.0.0.1:${registrar.endpoint.port}`;
		const ran = await timers.drive(probe({ server }, { timers, onWaiting }));
		await registrar.close();
		expect(ran.end).toBe('unanswered');
		expect(registrar.requests).toHaveLength(11);
		expect(waited).toBe(1);
		expect(ran.step('register').text).toContain('no answer in 32 s, sent 11 times');
		expect(ran.step('nat').state).toBe('cannot-tell');
	});

	it('takes an answer that comes from another port, and says where from', async () => {
		const honest = honestRegistrar();
		const registrar = await udpRegistrar((incoming) => {
			const reply = honest(incoming);
			return reply === undefined || 'length' in reply ? reply : { ...reply, fromElsewhere: true };
		});
		const ran = await probe({ server: `127.0.0.1:${registrar.endpoint.port}` });
		await registrar.close();
		expect(ran.end).toBe('registered');
		const sources = ran.messages
			.filter(({ message }) => message.kind === 'response')
			.map(({ src }) => src.port);
		expect(sources).not.toContain(registrar.endpoint.port);
	});

	it('leaves answers to another branch alone', async () => {
		const registrar = await udpRegistrar(() => ({ status: 200, otherBranch: true }));
		const timers = new VirtualTimers();
		const server = `127.0.0.1:${registrar.endpoint.port}`;
		const ran = await timers.drive(probe({ server, timeoutMs: 200 }, { timers }));
		await registrar.close();
		expect(ran.end).toBe('unanswered');
		expect(ran.messages.map(({ message }) => message.kind)).toEqual(['request', 'response']);
	});

	it('sends from the port it was told to', async () => {
		const registrar = await udpRegistrar(honestRegistrar());
		const localPort = await closedPort();
		const ran = await probe({ server: `127.0.0.1:${registrar.endpoint.port}`, localPort });
		await registrar.close();
		expect(ran.messages[0]?.src.port).toBe(localPort);
	});

	it('refuses to start on a port that is taken', async () => {
		const taken = createSocket('udp4');
		await new Promise<void>((done) => taken.bind(0, done));
		const run = probe({ server: '127.0.0.1:5060', localPort: taken.address().port });
		await expect(run).rejects.toMatchObject({ name: 'ProbeError', code: 'local' });
		taken.close();
	});

	it('counts what is no SIP as an oddity and goes on', async () => {
		const noisy = createSocket('udp4');
		await new Promise<void>((done) => noisy.bind(0, '127.0.0.1', done));
		noisy.on('message', (_payload, { port, address }) => {
			noisy.send('\r\n\r\n', port, address);
			noisy.send('HTTP/1.1 200 OK\r\n\r\n', port, address);
		});
		const server = `127.0.0.1:${noisy.address().port}`;
		const timers = new VirtualTimers();
		const ran = await timers.drive(probe({ server, timeoutMs: 400 }, { timers }));
		noisy.close();
		expect(ran.end).toBe('unanswered');
		expect(ran.facts.oddities).toMatchObject([{ kind: 'sip-unreadable', layer: 'sip', count: 1 }]);
	});
});

describe('a probe over TCP', () => {
	it('says that the connection was refused, from and to where', async () => {
		const port = await closedPort();
		const ran = await probe({ server: `127.0.0.1:${port}`, transport: 'tcp' });
		expect(ran.end).toBe('unreachable');
		expect(ran.messages).toHaveLength(0);
		expect(ran.events.at(-1)).toMatchObject({
			kind: 'connection',
			outcome: 'refused',
			transport: 'tcp',
			src: { address: '127.0.0.1' },
			dst: { address: '127.0.0.1', port },
			errno: 'ECONNREFUSED',
			frame: 2,
		});
		expect(ran.step('transport').state).toBe('failed');
		expect(ran.step('register').state).toBe('skipped');
	});

	it('says that the connection was reset', async () => {
		const server = createServer((socket) => {
			socket.on('error', () => undefined);
			socket.on('data', () => socket.resetAndDestroy());
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		const address = server.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		const ran = await probe({ server: `127.0.0.1:${port}`, transport: 'tcp' });
		server.close();
		expect(ran.events.at(-1)).toMatchObject({ outcome: 'reset', errno: 'ECONNRESET' });
		expect(ran.end).toBe('unreachable');
	});

	it('says that the server hung up without an answer', async () => {
		const server = createServer((socket) => {
			socket.on('error', () => undefined);
			socket.on('data', () => socket.end());
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		const address = server.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		const ran = await probe({ server: `127.0.0.1:${port}`, transport: 'tcp' });
		server.close();
		expect(ran.events.at(-1)).toMatchObject({ outcome: 'reset', errno: undefined });
		expect(ran.step('register').text).toContain('closed the connection without an answer');
	});

	it('says that the connection did not come up in time', async () => {
		const remote = { address: '127.0.0.1', port: await closedPort() };
		// Fires before the kernel can answer.
		const timers = {
			after: (_ms: number, action: () => void) => {
				queueMicrotask(action);
				return () => undefined;
			},
		};
		const listener = { onMessage: () => undefined, onFailure: () => undefined };
		const options = {
			remote,
			localPort: undefined,
			timeoutMs: 1,
			timers,
			listener,
			signal: undefined,
		};
		expect(await openTcpTransport(options)).toMatchObject({
			kind: 'failure',
			failure: { kind: 'connection', outcome: 'timed-out', errno: undefined },
			local: { address: '127.0.0.1' },
		});
	});

	it('sends each REGISTER once', async () => {
		const registrar = await tcpRegistrar(() => undefined);
		const timers = new VirtualTimers();
		const server = `127.0.0.1:${registrar.endpoint.port}`;
		const ran = await timers.drive(probe({ server, transport: 'tcp' }, { timers }));
		await registrar.close();
		expect(ran.end).toBe('unanswered');
		expect(registrar.requests).toHaveLength(1);
	});
});

describe('a probe without a way to the server', () => {
	it('says that this machine has none', async () => {
		const noWay = (): ReturnType<typeof openUdpTransport> =>
			Promise.resolve({ kind: 'no-way', errno: 'ENETUNREACH' });
		const run = probe({ server: '[2001:db8::1]' }, { transports: { udp: noWay, tcp: noWay } });
		await expect(run).rejects.toMatchObject({ code: 'local' });
	});

	it('takes the next address where it has a way', async () => {
		const registrar = await udpRegistrar(honestRegistrar());
		const resolver = fakeResolver({ 'sip.example.com': ['2001:db8::1', '127.0.0.1'] });
		const ran = await probe(
			{ server: `sip.example.com:${registrar.endpoint.port}` },
			{
				resolver,
				transports: {
					udp: (options) =>
						options.remote.address.includes(':')
							? Promise.resolve({ kind: 'no-way', errno: 'ENETUNREACH' })
							: openUdpTransport(options),
					tcp: openTcpTransport,
				},
			},
		);
		await registrar.close();
		expect(ran.end).toBe('registered');
	});
});

describe('a probe of a name', () => {
	it('tells the trace that the name does not exist', async () => {
		const ran = await probe({ aor: '1001@nowhere.example' });
		expect(ran.end).toBe('unresolved');
		expect(ran.events.filter(({ kind }) => kind === 'dns')).toHaveLength(3);
		expect(ran.events.filter(({ kind }) => kind !== 'dns')).toMatchObject([
			{
				kind: 'probe',
				aor: 'sip:1001@nowhere.example',
				target: { host: 'nowhere.example', port: 5060, transport: 'udp' },
			},
			{
				kind: 'resolution',
				outcome: 'nxdomain',
				name: 'nowhere.example',
				errno: 'ENOTFOUND',
				frame: 5,
			},
		]);
		expect(ran.step('name').state).toBe('failed');
	});

	it('stops at once when it is interrupted while the resolver is silent', async () => {
		const never = (): Promise<never> => new Promise(() => undefined);
		const interrupt = new AbortController();
		setTimeout(() => interrupt.abort(), 10);
		const resolver = { ...fakeResolver({}), resolve4: never, resolve6: never, lookup: never };
		const ran = await probe({}, { resolver, signal: interrupt.signal });
		expect(ran.end).toBe('interrupted');
	});
});
