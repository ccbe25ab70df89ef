/* Several targets and several transports in one run: failover, what is tried, and what is told of it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Resolver } from '../../src/probe/resolver.js';
import type { ProbeDeps, ProbeOptions } from '../../src/probe/run-probe.js';
import { openTcpTransport } from '../../src/probe/tcp-transport.js';
import { openUdpTransport } from '../../src/probe/udp-transport.js';
import { srv, zoneResolver } from './locate/fake-dns.js';
import { probe, type Ran } from './probe-harness.js';
import {
	challenge,
	honestRegistrar,
	type Script,
	type ScriptedRegistrar,
	tcpRegistrar,
	udpRegistrar,
} from './scripted-registrar.js';
import { VirtualTimers } from './virtual-timers.js';

const opened: ScriptedRegistrar[] = [];
afterEach(async () => {
	await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function over(
	make: (script: Script) => Promise<ScriptedRegistrar>,
	script: Script,
): Promise<ScriptedRegistrar> {
	const registrar = await make(script);
	opened.push(registrar);
	return registrar;
}
const udp = (script: Script): Promise<ScriptedRegistrar> => over(udpRegistrar, script);
const tcp = (script: Script): Promise<ScriptedRegistrar> => over(tcpRegistrar, script);

/** SRV that names these registrars in order. */
function domain(transport: 'udp' | 'tcp', ...registrars: readonly ScriptedRegistrar[]): Resolver {
	const records = registrars.map(({ endpoint }, index) =>
		srv('sip.example.com', endpoint.port, index),
	);
	return zoneResolver({
		[`SRV _sip._${transport}.example.com`]: records,
		'A sip.example.com': ['127.0.0.1'],
	});
}

function refusing(nonce: string): Script {
	return ({ number }) => ({ status: 401, headers: [challenge(`${nonce}${number}`)] });
}

function withCredentials(...registrars: readonly ScriptedRegistrar[]): number {
	return registrars.flatMap(({ requests }) => requests).filter((one) => one.hasCredentials).length;
}

const bare: Partial<ProbeOptions> = { transports: [] };

describe('failover', () => {
	it('goes to the next target where the first says 503, and says so', async () => {
		const busy = await udp(() => ({ status: 503 }));
		const good = await udp(honestRegistrar());
		const ran = await probe(bare, { resolver: domain('udp', busy, good) });
		expect(ran.end).toBe('registered');
		expect(busy.requests).toHaveLength(1);
		expect(ran.step('address')).toMatchObject({ state: 'warning' });
		expect(ran.step('address').text).toContain('503 to the REGISTER');
		expect(ran.step('register').text).toContain('401');
	});

	it('goes to the next target after a time-out', async () => {
		const silent = await udp(() => undefined);
		const good = await udp(honestRegistrar());
		const timers = new VirtualTimers();
		const run = probe(bare, { resolver: domain('udp', silent, good), timers });
		const ran = await timers.drive(run);
		expect(ran.end).toBe('registered');
		expect(ran.step('address').text).toContain('no answer to the REGISTER');
	});

	it('counts CSeq on under one Call-ID', async () => {
		const busy = await udp(() => ({ status: 503 }));
		const good = await udp(honestRegistrar());
		await probe(bare, { resolver: domain('udp', busy, good) });
		const texts = [...busy.requests, ...good.requests].map(({ request }) =>
			Buffer.from(request.bytes).toString(),
		);
		expect(new Set(texts.map((text) => /^Call-ID: (.*)$/m.exec(text)?.[1])).size).toBe(1);
		expect(texts.map((text) => /^CSeq: (\d+)/m.exec(text)?.[1])).toEqual(['1', '2', '3', '4', '5']);
	});

	it('stops at a refusal: another target would say the same', async () => {
		const first = await udp(() => ({ status: 403 }));
		const second = await udp(honestRegistrar());
		const ran = await probe(bare, { resolver: domain('udp', first, second) });
		expect(ran.end).toBe('refused');
		expect(second.requests).toHaveLength(0);
	});

	it('says 503 where the last target says it', async () => {
		const all = [await udp(() => ({ status: 503 })), await udp(() => ({ status: 503 }))];
		const ran = await probe(bare, { resolver: domain('udp', ...all) });
		expect(ran.end).toBe('refused');
		expect(ran.step('register').text).toContain('503');
	});

	it('answers the challenges of the next target with its own nonces', async () => {
		const busy = await udp(({ hasCredentials }) =>
			hasCredentials ? { status: 503 } : { status: 401, headers: [challenge('old')] },
		);
		const good = await udp(honestRegistrar());
		await probe(bare, { resolver: domain('udp', busy, good) });
		expect(good.requests.map(({ nonce }) => nonce)).toEqual([undefined, 'n1', 'n1', 'n1']);
	});
});

describe('--all-targets', () => {
	const all: Partial<ProbeOptions> = { transports: [], allTargets: true };

	it('registers at each target and removes each binding', async () => {
		const [a, b] = [await udp(honestRegistrar()), await udp(honestRegistrar())];
		const ran = await probe(all, { resolver: domain('udp', a, b) });
		expect(ran.sections.map(({ end }) => end)).toEqual(['registered', 'registered']);
		const last = [a, b].map(({ requests }) => requests.at(-1)?.contact);
		expect(last.every((contact) => contact?.endsWith(';expires=0') === true)).toBe(true);
		expect(addressOf(ran, 1)).toContain('they share nonces');
	});

	it('says that the targets do not share nonces, and registers all the same', async () => {
		const other: Script = ({ verifies, nonce, contact }) => {
			if (!verifies || nonce !== 'b1') return { status: 401, headers: [challenge('b1')] };
			return contact === undefined || contact.endsWith(';expires=0')
				? { status: 200 }
				: { status: 200, headers: [['Contact', `${contact};expires=60`]] };
		};
		const [a, b] = [await udp(honestRegistrar()), await udp(other)];
		const ran = await probe(all, { resolver: domain('udp', a, b) });
		expect(ran.sections.map(({ end }) => end)).toEqual(['registered', 'registered']);
		expect(addressOf(ran, 1)).toContain('they do not share nonces');
	});

	it('never sends a third wrong password', async () => {
		const registrars = [
			await udp(refusing('a')),
			await udp(refusing('b')),
			await udp(refusing('c')),
		];
		await probe(all, { resolver: domain('udp', ...registrars) });
		expect(withCredentials(...registrars)).toBe(2);
	});

	it('tries a foreign nonce once, and not after a refusal', async () => {
		const picky =
			(own: string): Script =>
			({ verifies, nonce }) =>
				verifies && nonce === own ? { status: 200 } : { status: 401, headers: [challenge(own)] };
		const registrars = [await udp(picky('a')), await udp(picky('b')), await udp(picky('c'))];
		const ran = await probe(all, { resolver: domain('udp', ...registrars) });
		expect(ran.sections.map(({ end }) => end)).toEqual(Array(3).fill('registered'));
		const refused = registrars.flatMap(({ requests }, index) =>
			requests.filter(({ nonce }) => nonce !== undefined && nonce !== 'abc'[index]),
		);
		expect(refused).toHaveLength(1);
	});

	it('says nothing of nonces where the server takes each only once', async () => {
		const once = (): Script => {
			const used = new Set<string>();
			return ({ nonce, verifies, number }) => {
				if (nonce === undefined || !verifies || used.has(nonce))
					return { status: 401, headers: [challenge(`n${number}`)] };
				used.add(nonce);
				return { status: 200 };
			};
		};
		const ran = await probe(all, { resolver: domain('udp', await udp(once()), await udp(once())) });
		expect(ran.sections.map(({ end }) => end)).toEqual(['registered', 'registered']);
		expect(addressOf(ran, 1)).not.toContain('nonce');
	});

	it('goes on where this machine has no way to one of the targets', async () => {
		const good = await udp(honestRegistrar());
		const resolver = zoneResolver({
			'SRV _sip._udp.example.com': [srv('sip.example.com', good.endpoint.port)],
			'A sip.example.com': ['127.0.0.1'],
			'AAAA sip.example.com': ['2001:db8::1'],
		});
		const transports: ProbeDeps['transports'] = {
			udp: (options) =>
				options.remote.address.includes(':')
					? Promise.resolve({ kind: 'no-way', errno: 'ENETUNREACH' })
					: openUdpTransport(options),
		};
		const ran = await probe(all, { resolver, transports });
		expect(ran.sections.map(({ end }) => end)).toEqual(['registered', 'no-way']);
		const step = ran.sections[1]?.steps.find(({ id }) => id === 'transport');
		expect(step).toMatchObject({ state: 'cannot-tell' });
	});

	function addressOf({ sections }: Ran, index: number): string {
		return sections[index]?.steps.find(({ id }) => id === 'address')?.text ?? '';
	}
});

describe('several transports', () => {
	const both: Partial<ProbeOptions> = { transports: ['udp', 'tcp'] };

	/** One name, one port each. */
	function domainOfBoth(u: ScriptedRegistrar, t: ScriptedRegistrar): Resolver {
		return zoneResolver({
			'SRV _sip._udp.example.com': [srv('sip.example.com', u.endpoint.port)],
			'SRV _sip._tcp.example.com': [srv('sip.example.com', t.endpoint.port)],
			'A sip.example.com': ['127.0.0.1'],
			'A example.com': ['127.0.0.1'],
		});
	}

	it('are registered over one after the other, each with steps and a Call-ID of its own', async () => {
		const [u, t] = [await udp(honestRegistrar()), await tcp(honestRegistrar())];
		const ran = await probe(both, { resolver: domainOfBoth(u, t) });
		expect(ran.sections.map(({ end }) => end)).toEqual(['registered', 'registered']);
		expect(ran.events.filter(({ kind }) => kind === 'probe')).toMatchObject([
			{ target: { transport: 'udp', port: u.endpoint.port } },
			{ target: { transport: 'tcp', port: t.endpoint.port } },
		]);
		const calls = ran.messages.map(
			({ message }) => /^Call-ID: (.*)$/im.exec(Buffer.from(message.bytes).toString())?.[1],
		);
		expect(new Set(calls).size).toBe(2);
	});

	it('share two failed authentications among them', async () => {
		const [u, t] = [await udp(refusing('u')), await tcp(refusing('t'))];
		const ran = await probe(both, { resolver: domainOfBoth(u, t) });
		expect(withCredentials(u, t)).toBe(2);
		expect(ran.sections).toHaveLength(1);
	});

	it('share them also where the first server refuses only once', async () => {
		const same: Script = () => ({ status: 401, headers: [challenge('same')] });
		const [u, t] = [await udp(same), await tcp(refusing('t'))];
		await probe(both, { resolver: domainOfBoth(u, t) });
		expect(withCredentials(u, t)).toBe(2);
	});

	it('count a 403 to credentials as a failed authentication', async () => {
		const forbid: Script = ({ hasCredentials, number }) =>
			hasCredentials ? { status: 403 } : { status: 401, headers: [challenge(`n${number}`)] };
		const [u, t] = [await udp(forbid), await tcp(forbid)];
		const third = await tcp(forbid);
		const transports: ProbeDeps['transports'] = {
			udp: openUdpTransport,
			tcp: openTcpTransport,
			ws: (options) => openTcpTransport({ ...options, remote: third.endpoint }),
		};
		await probe({ transports: ['udp', 'tcp', 'ws'] }, { resolver: domainOfBoth(u, t), transports });
		expect(withCredentials(u, t)).toBe(2);
		expect(third.requests).toHaveLength(0);
	});
});

describe('a REGISTER of more than 1300 bytes', () => {
	const long = 'n'.repeat(1400);
	const asking: Script = ({ verifies }) =>
		verifies ? { status: 200 } : { status: 401, headers: [challenge(long)] };

	/** UDP and TCP at the same port. */
	async function registrars(withTcp: boolean) {
		const u = await udp(asking);
		const t = await tcp(asking);
		const transports: ProbeDeps['transports'] = {
			udp: openUdpTransport,
			// The port of TCP is another one here: the probe asks for the one of UDP.
			tcp: (options) =>
				withTcp
					? openTcpTransport({ ...options, remote: t.endpoint })
					: Promise.resolve({
							kind: 'failure',
							failure: { kind: 'connection', outcome: 'refused', errno: 'ECONNREFUSED' },
							local: undefined,
						}),
		};
		const server = `127.0.0.1:${u.endpoint.port}`;
		return { u, t, server, transports };
	}

	it('goes over TCP, with TCP in its Via', async () => {
		const { u, t, server, transports } = await registrars(true);
		const ran = await probe({ transports: [], server }, { transports });
		expect(ran.end).toBe('registered');
		expect(u.requests).toHaveLength(1);
		expect(Buffer.from(t.requests[0]?.request.bytes ?? []).toString()).toContain(
			'Via: SIP/2.0/TCP',
		);
		expect(ran.step('register').text).toMatch(/bytes is too large for UDP .*; it went over TCP/);
	});

	it('goes over UDP where there is no TCP, and says so', async () => {
		const { u, server, transports } = await registrars(false);
		const ran = await probe({ transports: [], server }, { transports });
		expect(ran.end).toBe('registered');
		expect(u.requests).toHaveLength(4);
		expect(ran.step('register').text).toMatch(/TCP failed .*so it went over UDP in fragments/);
	});

	it('stays on UDP where the user says UDP', async () => {
		const { u, t, server, transports } = await registrars(true);
		const ran = await probe({ transports: ['udp'], server }, { transports });
		expect(ran.end).toBe('registered');
		expect([u.requests.length, t.requests.length]).toEqual([4, 0]);
		expect(ran.step('register').text).toContain('as UDP was asked for');
	});
});
