import { afterEach, describe, expect, it } from 'vitest';
import { formatEndpoint } from '../../src/net/endpoint.js';
import type { ProbeStep } from '../../src/probe/probe-step.js';
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

async function udp(script: Script): Promise<ScriptedRegistrar> {
	const registrar = await udpRegistrar(script);
	opened.push(registrar);
	return registrar;
}

async function tcp(script: Script): Promise<ScriptedRegistrar> {
	const registrar = await tcpRegistrar(script);
	opened.push(registrar);
	return registrar;
}

type Extra = [Parameters<typeof probe>[0]?, Parameters<typeof probe>[1]?];

async function probeOf(registrar: ScriptedRegistrar, ...[options, deps]: Extra): Promise<Ran> {
	return probe({ server: formatEndpoint(registrar.endpoint), ...options }, deps);
}

const OTHER = '<sip:1001@192.0.2.77:5060>;expires=300';

/** What each REGISTER was for, in order. */
function purposes({ requests }: ScriptedRegistrar): readonly string[] {
	return requests.map(({ contact, hasCredentials }) => {
		const purpose =
			contact === undefined ? 'query' : contact.endsWith(';expires=0') ? 'remove' : 'bind';
		return hasCredentials ? `${purpose} with credentials` : purpose;
	});
}

function states(ran: Ran): Record<string, string> {
	return Object.fromEntries(ran.steps.map(({ id, state }) => [id, state]));
}

describe.each([
	['udp', udp],
	['tcp', tcp],
] as const)('a probe over %s of a registrar that works', (transport, open) => {
	it('asks for the bindings, registers, and removes its own binding', async () => {
		const registrar = await open(honestRegistrar());
		const ran = await probeOf(registrar, { transport });
		expect(ran.end).toBe('registered');
		for (const id of ['register', 'credentials', 'binding', 'unregistered'] as const)
			expect(ran.step(id).ms, id).toBeGreaterThanOrEqual(0);
		expect(purposes(registrar)).toEqual([
			'query',
			'query with credentials',
			'bind with credentials',
			'remove with credentials',
		]);
	});

	it('has an ok for every step but the name, which was an address', async () => {
		const ran = await probeOf(await open(honestRegistrar()), { transport });
		expect(states(ran)).toEqual({
			name: 'skipped',
			address: 'ok',
			path: 'ok',
			transport: 'ok',
			tls: 'skipped',
			options: 'skipped',
			register: 'ok',
			challenge: 'ok',
			credentials: 'ok',
			binding: 'ok',
			nat: 'ok',
			alg: 'ok',
			keepalive: 'skipped',
			unregistered: 'ok',
		});
	});

	it('says each step as it is known, in order, and how long those took that were measured', async () => {
		const said: ProbeStep[] = [];
		const onStep = (step: ProbeStep): unknown => said.push(step);
		const ran = await probeOf(await open(honestRegistrar()), { transport }, { onStep });
		expect(said).toEqual(ran.steps);
		const measured = said.filter(({ ms }) => ms !== undefined);
		expect(measured.map(({ id }) => id)).toEqual([
			'transport',
			'register',
			'credentials',
			'binding',
			'unregistered',
		]);
		expect(measured.every(({ ms = -1 }) => ms >= 0 && ms < 10_000)).toBe(true);
	});

	it('keeps Call-ID and From tag and counts CSeq and nc', async () => {
		const registrar = await open(honestRegistrar());
		await probeOf(registrar, { transport });
		const texts = registrar.requests.map(({ request }) => Buffer.from(request.bytes).toString());
		const one = (pattern: RegExp): unknown[] => texts.map((text) => pattern.exec(text)?.[1]);
		expect(new Set(one(/^Call-ID: (.*)$/m)).size).toBe(1);
		expect(new Set(one(/^From: .*;tag=(.*)$/m)).size).toBe(1);
		expect(one(/^CSeq: (\d+)/m)).toEqual(['1', '2', '3', '4']);
		expect(one(/nc=([0-9a-f]+)/)).toEqual([undefined, '00000001', '00000002', '00000003']);
		expect(new Set(one(/branch=(z9hG4bK[^;]*)/)).size).toBe(4);
	});

	it('tells the trace every message with running frame numbers after what it set out to do', async () => {
		const ran = await probeOf(await open(honestRegistrar()), { transport });
		expect(ran.events.map(({ kind, frame }) => [kind, frame])).toEqual([['probe', 1]]);
		expect(ran.messages.map(({ frame }) => frame)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
		expect(ran.messages.every((one) => one.transport === transport)).toBe(true);
	});

	it('writes the address it sends from into Via and Contact', async () => {
		const ran = await probeOf(await open(honestRegistrar()), { transport });
		const bind = ran.messages[4];
		const text = Buffer.from(bind?.message.bytes ?? []).toString();
		expect(text).toContain(
			`Via: SIP/2.0/${transport.toUpperCase()} ${formatEndpoint(bind?.src ?? { address: '', port: 0 })};`,
		);
		expect(text).toContain(
			`Contact: <sip:1001@${formatEndpoint(bind?.src ?? { address: '', port: 0 })}`,
		);
	});
});

describe('a probe whose credentials are refused', () => {
	const refuse: Script = ({ number }) => ({ status: 401, headers: [challenge(`n${number}`)] });

	it('sends credentials twice at most, each for another nonce, and stops', async () => {
		const registrar = await udp(refuse);
		const ran = await probeOf(registrar);
		expect(purposes(registrar)).toEqual([
			'query',
			'query with credentials',
			'query with credentials',
		]);
		expect(registrar.requests.map(({ nonce }) => nonce)).toEqual([undefined, 'n1', 'n2']);
		expect(ran.end).toBe('not-authenticated');
		expect(ran.step('credentials').text).toContain('refused twice');
	});

	it('sends them once where the registrar gives the same nonce again', async () => {
		const registrar = await udp(() => ({ status: 401, headers: [challenge('n1')] }));
		await probeOf(registrar);
		expect(purposes(registrar)).toEqual(['query', 'query with credentials']);
	});

	it('never sends a third, wherever in the run the refusals come', async () => {
		const registrar = await udp(({ number, contact }) =>
			number === 3 && contact === undefined
				? { status: 200 }
				: { status: 401, headers: [challenge(`n${number}`)] },
		);
		await probeOf(registrar);
		expect(purposes(registrar)).toEqual([
			'query',
			'query with credentials',
			'query with credentials',
			'bind with credentials',
		]);
	});

	it('stops at a proxy that renames its realm each time', async () => {
		const registrar = await udp(({ number }) => ({
			status: 407,
			headers: [['Proxy-Authenticate', `Digest realm="r${number}", nonce="n${number}"`]],
		}));
		const ran = await probeOf(registrar);
		expect(registrar.requests.filter(({ hasCredentials }) => hasCredentials)).toHaveLength(2);
		expect(ran.end).toBe('not-authenticated');
	});

	it('says no password and no response in any step', async () => {
		const registrar = await udp(refuse);
		const ran = await probeOf(registrar, { secret: { kind: 'password', password: 's3cret-word' } });
		const responses = ran.messages.flatMap(({ message }) =>
			[
				...Buffer.from(message.bytes)
					.toString()
					.matchAll(/response="([0-9a-f]+)"/g),
			].map(([, hex]) => hex),
		);
		const said = JSON.stringify(ran.steps);
		expect(responses).toHaveLength(2);
		for (const secret of ['s3cret-word', ...responses]) expect(said).not.toContain(secret);
	});
});

describe('a probe and challenges', () => {
	it('answers proxy and registrar both where both ask', async () => {
		const registrar = await udp(({ request }) => {
			const text = Buffer.from(request.bytes).toString();
			if (!text.includes('Proxy-Authorization:')) {
				return {
					status: 407,
					headers: [['Proxy-Authenticate', 'Digest realm="proxy", nonce="p"']],
				};
			}
			return text.includes('\nAuthorization:')
				? { status: 200 }
				: { status: 401, headers: [challenge('n')] };
		});
		expect((await probeOf(registrar)).end).toBe('registered');
	});

	it('takes the topmost challenge it supports and names all that were offered', async () => {
		const registrar = await udp(({ verifies }) =>
			verifies
				? { status: 200 }
				: {
						status: 401,
						headers: [
							challenge('a', ', algorithm=SHA-999'),
							challenge('b', ', algorithm=SHA-256'),
							challenge('c', ', algorithm=MD5'),
						],
					},
		);
		const ran = await probeOf(registrar);
		expect(registrar.requests[1]?.nonce).toBe('b');
		const { text } = ran.step('challenge');
		expect(text).toMatch(/SHA-999.*SHA-256.*MD5.*; SHA-256 is taken/);
	});

	it('takes the forced algorithm instead', async () => {
		const registrar = await udp(({ verifies }) =>
			verifies
				? { status: 200 }
				: { status: 401, headers: [challenge('b', ', algorithm=SHA-256'), challenge('c')] },
		);
		await probeOf(registrar, { algorithm: 'MD5' });
		expect(registrar.requests[1]?.nonce).toBe('c');
	});

	it('answers with the algorithm of the HA1 it was given', async () => {
		const registrar = await udp(({ verifies }) =>
			verifies
				? { status: 200 }
				: { status: 401, headers: [challenge('b', ', algorithm=SHA-256'), challenge('c')] },
		);
		// MD5 of "1001:example.com:secret".
		const ha1 = '9f3a1c3f7e2f5ab0b2f4b9c4b07d0a6e';
		await probeOf(registrar, { secret: { kind: 'ha1', ha1, algorithm: 'MD5' } });
		expect(registrar.requests[1]?.nonce).toBe('c');
	});

	it('sends no credentials where no challenge can be answered', async () => {
		const registrar = await udp(() => ({
			status: 401,
			headers: [['WWW-Authenticate', 'Basic realm="x"']],
		}));
		const ran = await probeOf(registrar);
		expect(purposes(registrar)).toEqual(['query']);
		expect(ran.step('challenge').state).toBe('failed');
	});

	it('stops at the challenge where no password was given', async () => {
		const registrar = await udp(honestRegistrar());
		const ran = await probeOf(registrar, { secret: undefined });
		expect(purposes(registrar)).toEqual(['query']);
		expect(ran.step('challenge').state).toBe('ok');
		expect(ran.step('credentials')).toMatchObject({ state: 'skipped' });
	});

	it('follows stale=true once', async () => {
		const registrar = await udp(({ nonce, verifies }) => {
			if (!verifies) return { status: 401, headers: [challenge('old')] };
			return nonce === 'old'
				? { status: 401, headers: [challenge('new', ', stale=true')] }
				: { status: 200 };
		});
		const ran = await probeOf(registrar);
		expect(ran.end).toBe('registered');
		expect(registrar.requests.map(({ nonce }) => nonce)).toEqual([
			undefined,
			'old',
			'new',
			'new',
			'new',
		]);
	});

	it('stops where stale=true comes a second time', async () => {
		const registrar = await udp(({ number }) => ({
			status: 401,
			headers: [challenge(`n${number}`, ', stale=true')],
		}));
		const ran = await probeOf(registrar);
		expect(registrar.requests).toHaveLength(3);
		expect(ran.step('credentials').text).toContain('stale=true again');
	});

	it('asks for a fresh nonce for each request where a nonce is good for one only', async () => {
		const used = new Set<string>();
		const registrar = await udp(({ nonce, verifies, number }) => {
			if (nonce === undefined || !verifies || used.has(nonce)) {
				return { status: 401, headers: [challenge(`n${number}`)] };
			}
			used.add(nonce);
			return { status: 200 };
		});
		const ran = await probeOf(registrar);
		expect(ran.end).toBe('registered');
		expect(ran.step('unregistered').state).toBe('ok');
		expect(purposes(registrar)).toEqual([
			'query',
			'query with credentials',
			'bind with credentials',
			'bind with credentials',
			'remove',
			'remove with credentials',
		]);
	});

	it('uses the next nonce that the registrar announces', async () => {
		const registrar = await udp(({ verifies, number }) =>
			verifies
				? { status: 200, headers: [['Authentication-Info', `nextnonce="next${number}"`]] }
				: { status: 401, headers: [challenge('n1')] },
		);
		await probeOf(registrar);
		expect(registrar.requests.map(({ nonce }) => nonce)).toEqual([
			undefined,
			'n1',
			'next2',
			'next3',
		]);
	});
});

describe('a probe that is refused', () => {
	it.each([403, 404, 503, 600])('stops at a %i', async (status) => {
		const registrar = await udp(() => ({ status, headers: [['Retry-After', '1']] }));
		const ran = await probeOf(registrar);
		expect(registrar.requests).toHaveLength(1);
		expect(ran.end).toBe('refused');
		expect(ran.step('register')).toMatchObject({ state: 'failed' });
		expect(ran.step('register').text).toContain(`${status} As Scripted, Retry-After 1 s`);
	});

	it('says every step in order even then', async () => {
		const said: ProbeStep[] = [];
		const registrar = await udp(() => ({ status: 403 }));
		const ran = await probeOf(registrar, {}, { onStep: (step) => said.push(step) });
		expect(said).toEqual(ran.steps);
	});

	it('stops at a 403 to its credentials', async () => {
		const registrar = await udp(({ hasCredentials }) =>
			hasCredentials ? { status: 403 } : { status: 401, headers: [challenge('n')] },
		);
		const ran = await probeOf(registrar);
		expect(registrar.requests).toHaveLength(2);
		expect(ran.step('credentials').state).toBe('failed');
	});

	it('does not follow a redirection and says where it points', async () => {
		const registrar = await udp(() => ({
			status: 302,
			headers: [['Contact', '<sip:other.example.com>']],
		}));
		const ran = await probeOf(registrar);
		expect(registrar.requests).toHaveLength(1);
		expect(ran.step('register').text).toContain('sip:other.example.com');
	});
});

describe('a probe whose interval is too brief', () => {
	const brief =
		(minimum: string): Script =>
		({ contact, request }) => {
			const asked = /^Expires: (\d+)/m.exec(Buffer.from(request.bytes).toString())?.[1];
			return contact !== undefined && asked !== undefined
				? { status: 423, headers: [['Min-Expires', minimum]] }
				: { status: 200 };
		};

	it('asks once more with Min-Expires, and no third time', async () => {
		const registrar = await udp(brief('600'));
		await probeOf(registrar);
		const asked = registrar.requests.map(
			({ request }) => /^Expires: (\d+)/m.exec(Buffer.from(request.bytes).toString())?.[1],
		);
		expect(asked).toEqual([undefined, '60', '600']);
	});

	it.each(['0', '60', '4294967295', 'soon'])(
		'does not follow a Min-Expires of %s',
		async (minimum) => {
			const registrar = await udp(brief(minimum));
			const ran = await probeOf(registrar);
			expect(registrar.requests).toHaveLength(2);
			expect(ran.step('binding').state).toBe('failed');
		},
	);
});

describe('a probe of an account that another device uses', () => {
	it('stops after the list of bindings', async () => {
		const registrar = await udp(honestRegistrar([OTHER]));
		const ran = await probeOf(registrar);
		expect(ran.end).toBe('other-device');
		expect(purposes(registrar)).toEqual(['query', 'query with credentials']);
		expect(ran.step('binding').text).toContain('sip:1001@192.0.2.77:5060');
	});

	it('goes on with beside and removes its own binding only', async () => {
		const registrar = await udp(honestRegistrar([OTHER]));
		const ran = await probeOf(registrar, { beside: true });
		expect(ran.end).toBe('registered');
		expect(ran.step('unregistered').text).toContain('left alone: sip:1001@192.0.2.77:5060');
	});

	it('reports a binding that is gone afterwards', async () => {
		let first = true;
		const registrar = await udp(({ contact }) => {
			const bound = first ? OTHER : `${contact};expires=60`;
			first = false;
			return { status: 200, headers: [['Contact', bound]] };
		});
		const ran = await probeOf(registrar, { beside: true });
		expect(ran.step('binding')).toMatchObject({ state: 'warning' });
		expect(ran.step('binding').text).toContain('gone: sip:1001@192.0.2.77:5060');
	});
});

describe('a probe that removes its binding', () => {
	it('names exactly its own Contact with expires=0, never a star', async () => {
		const registrar = await udp(honestRegistrar([OTHER]));
		await probeOf(registrar, { beside: true });
		const [bind, remove] = registrar.requests.slice(-2);
		expect(remove?.contact).toBe(`${bind?.contact};expires=0`);
		expect(registrar.requests.every(({ contact }) => contact !== '*')).toBe(true);
	});

	it('does so when it is interrupted while the registrar is silent', async () => {
		const interrupt = new AbortController();
		const honest = honestRegistrar();
		let silent = 0;
		const registrar = await udp((incoming) => {
			const { contact } = incoming;
			if (contact === undefined || contact.endsWith(';expires=0')) return honest(incoming);
			silent += 1;
			setTimeout(() => interrupt.abort(), 20);
			return undefined;
		});
		const ran = await probeOf(registrar, {}, { signal: interrupt.signal });
		expect(silent).toBe(1);
		expect(ran.interrupted).toBe(true);
		const [bind, remove] = registrar.requests.slice(-2);
		expect(remove?.contact).toBe(`${bind?.contact};expires=0`);
		expect(ran.step('unregistered').state).toBe('ok');
	});

	it('sends nothing more when it is interrupted before anything was bound', async () => {
		const interrupt = new AbortController();
		const registrar = await udp(() => {
			interrupt.abort();
			return undefined;
		});
		const ran = await probeOf(registrar, {}, { signal: interrupt.signal });
		expect(ran.end).toBe('interrupted');
		expect(purposes(registrar)).toEqual(['query']);
		expect(ran.step('unregistered').state).toBe('skipped');
	});

	it('tries for four seconds and no longer when the registrar falls silent after the interruption', async () => {
		const interrupt = new AbortController();
		const registrar = await udp(({ contact }) => {
			if (contact === undefined) return { status: 200 };
			interrupt.abort();
			return undefined;
		});
		const timers = new VirtualTimers();
		const running = probeOf(registrar, {}, { signal: interrupt.signal, timers });
		const ran = await timers.drive(running);
		expect(purposes(registrar)).toEqual(['query', 'bind', 'remove', 'remove', 'remove', 'remove']);
		expect(ran.step('unregistered')).toMatchObject({ state: 'failed' });
	});

	it('does so after a proxy ran out of time, which does not tell whether it was bound', async () => {
		const registrar = await udp(({ contact }) =>
			contact === undefined || contact.endsWith(';expires=0') ? { status: 200 } : { status: 408 },
		);
		await probeOf(registrar);
		expect(purposes(registrar)).toEqual(['query', 'bind', 'remove']);
	});

	it('says that the binding ends by itself where the removal is refused', async () => {
		const registrar = await udp(({ contact }) =>
			contact?.endsWith(';expires=0') === true ? { status: 500 } : { status: 200 },
		);
		const ran = await probeOf(registrar);
		expect(ran.end).toBe('registered');
		expect(ran.step('unregistered')).toMatchObject({ state: 'failed' });
	});

	it('opens a new connection where the registrar closed the old one', async () => {
		const honest = honestRegistrar();
		const registrar = await tcp((incoming) => {
			const reply = honest(incoming);
			return reply === undefined || 'length' in reply ? undefined : { ...reply, close: true };
		});
		const ran = await probeOf(registrar, { transport: 'tcp' });
		expect(ran.end).toBe('registered');
		expect(ran.step('unregistered').state).toBe('ok');
		expect(
			new Set(
				registrar.requests.flatMap(({ contact }) => contact?.replace(/;expires=0$/, '') ?? []),
			).size,
		).toBe(1);
	});
});

describe('a probe and its credentials', () => {
	it('names the user of the address-of-record unless another is given', async () => {
		const registrar = await udp(honestRegistrar());
		await probeOf(registrar, { authUser: 'auth-id' });
		expect(Buffer.from(registrar.requests[1]?.request.bytes ?? []).toString()).toContain(
			'username="auth-id"',
		);
		expect(Buffer.from(registrar.requests[1]?.request.bytes ?? []).toString()).toContain(
			'To: <sip:1001@example.com>',
		);
	});
});

it('is over where it gives up, however few requests it sent until then', async () => {
	const registrar = await udp(() => ({ status: 100 }));
	const timers = new VirtualTimers();
	const ran = await timers.drive(probeOf(registrar, { timeoutMs: 300 }, { timers }));
	expect(ran.end).toBe('unanswered');
	expect(ran.events).toContainEqual(expect.objectContaining({ kind: 'probe', isOver: true }));
});
