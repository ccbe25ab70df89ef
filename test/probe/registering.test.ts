/* What a user may wish for in the REGISTER, and what comes of it. */
import { afterEach, describe, expect, it } from 'vitest';
import { findAlgorithm } from '../../src/digest/algorithm.js';
import { computeHa1, computeResponse } from '../../src/digest/compute.js';
import { formatEndpoint } from '../../src/net/endpoint.js';
import { PLAIN_REGISTERING, type RegisteringOptions } from '../../src/probe/registering-options.js';
import { probe, type Ran } from './probe-harness.js';
import {
	challenge,
	honestRegistrar,
	type Incoming,
	type OtherScript,
	type Script,
	type ScriptedRegistrar,
	udpRegistrar,
} from './scripted-registrar.js';
import { VirtualTimers } from './virtual-timers.js';

const opened: ScriptedRegistrar[] = [];
afterEach(async () => {
	await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function udp(script: Script, onOther?: OtherScript): Promise<ScriptedRegistrar> {
	const registrar = await udpRegistrar(script, onOther);
	opened.push(registrar);
	return registrar;
}

async function probeOf(
	registrar: ScriptedRegistrar,
	wishes: Partial<RegisteringOptions>,
	...[options, deps]: [Parameters<typeof probe>[0]?, Parameters<typeof probe>[1]?]
): Promise<Ran> {
	const registering = { ...PLAIN_REGISTERING, ...wishes };
	return probe({ server: formatEndpoint(registrar.endpoint), registering, ...options }, deps);
}

function textOf({ request }: Pick<Incoming, 'request'>): string {
	return Buffer.from(request.bytes).toString();
}

function bindOf(registrar: ScriptedRegistrar): string {
	const bind = registrar.requests.find(({ contact }) => contact !== undefined);
	return bind === undefined ? '' : textOf(bind);
}

const PHONE = '<sip:1001@192.0.2.77:5060>;+sip.instance="<urn:uuid:phone>";reg-id=1;expires=300';
const NEIGHBOUR = '<sip:1001@192.0.2.78:5060>;expires=300';

describe('a REGISTER as the user wants it', () => {
	it('has display name, Contact, instance-id, reg-id and header fields as given', async () => {
		const registrar = await udp(honestRegistrar());
		const ran = await probeOf(registrar, {
			displayName: 'Jörg "J"',
			contact: 'sip:1001@198.51.100.7:5070;ob',
			instance: 'urn:uuid:00000000-0000-1000-8000-aabbccddeeff',
			regId: 1,
			headers: [['X-Site', 'Wien']],
		});
		const text = bindOf(registrar);
		expect(text).toContain('From: "Jörg \\"J\\"" <sip:1001@example.com>;tag=');
		expect(text).toContain(
			'Contact: <sip:1001@198.51.100.7:5070;ob>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-aabbccddeeff>";reg-id=1\r\n',
		);
		expect(text).toContain('Supported: path, outbound, gruu\r\n');
		expect(text).toContain('X-Site: Wien\r\n');
		expect(ran.step('unregistered').state).toBe('ok');
	});

	it.each([
		[{ contact: 'nonsense' }, /--contact/],
		[{ contact: 'sip:a:pw@b' }, /--contact/],
		[{ contact: 'sip:a@b>\r\nX: y' }, /--contact/],
		[{ instance: 'uuid:x' }, /--instance/],
		[{ mode: 'unregister' as const }, /--unregister/],
	])('is refused with %j before anything is sent', async (wishes, message) => {
		const registrar = await udp(honestRegistrar());
		await expect(probeOf(registrar, wishes)).rejects.toThrow(message);
		expect(registrar.requests).toHaveLength(0);
	});

	it('stops where the Contact given is bound already, as it would be removed', async () => {
		const registrar = await udp(honestRegistrar([PHONE]));
		const ran = await probeOf(registrar, { contact: 'sip:1001@192.0.2.77:5060' });
		expect(ran.end).toBe('other-device');
		expect(ran.step('binding').text).toMatch(/bound already .*--beside goes on/);
	});
});

describe('what the 200 says besides', () => {
	it('shows Path, Service-Route, P-Associated-URI and GRUUs with the binding', async () => {
		const registrar = await udp(({ contact }) => ({
			status: 200,
			headers:
				contact === undefined
					? []
					: [
							['Contact', `${contact};expires=60;pub-gruu="sip:1001@example.com;gr=x"`],
							['Path', '<sip:edge.example.com;lr>'],
							['Service-Route', '<sip:core.example.com;lr>'],
							['P-Associated-URI', '<tel:+431>'],
							['Require', 'outbound'],
						],
		}));
		const { text } = (await probeOf(registrar, { regId: 1 })).step('binding');
		expect(text).toContain(
			'; Path <sip:edge.example.com;lr>; Service-Route <sip:core.example.com;lr>; P-Associated-URI <tel:+431>; Require outbound; pub-gruu sip:1001@example.com;gr=x',
		);
	});

	it('calls a 200 without a challenge trust by address, and a password untested', async () => {
		const registrar = await udp(({ contact }) => ({
			status: 200,
			headers: contact === undefined ? [] : [['Contact', contact]],
		}));
		const ran = await probeOf(registrar, {});
		expect(ran.step('challenge').text).toMatch(/trusts this address.*200 without a challenge/);
		expect(ran.step('credentials').text).toMatch(/not tested/);
	});

	it('says what a 494 asks for', async () => {
		const registrar = await udp(() => ({
			status: 494,
			headers: [['Security-Server', 'ipsec-3gpp;alg=hmac-sha-1-96;spi-c=1;spi-s=2']],
		}));
		const ran = await probeOf(registrar, {});
		expect(ran.step('register').text).toContain('Security-Server ipsec-3gpp;alg=hmac-sha-1-96');
	});
});

describe('a probe that only asks', () => {
	it('lists the bindings and binds nothing', async () => {
		const registrar = await udp(honestRegistrar([PHONE, NEIGHBOUR]));
		const ran = await probeOf(registrar, { mode: 'query' });
		expect(ran.end).toBe('queried');
		expect(registrar.requests.every(({ contact }) => contact === undefined)).toBe(true);
		expect(ran.step('binding').text).toContain('sip:1001@192.0.2.77:5060 (300 s left)');
		expect(ran.step('unregistered').state).toBe('skipped');
	});
});

describe('a probe that only unregisters', () => {
	/** Keeps what it is not told to remove. */
	function registrarOf(bound: string[]): Script {
		return ({ request }) => {
			const removed = [...textOf({ request }).matchAll(/^Contact: <([^>]*)>.*expires=0/gm)];
			for (const [, uri] of removed) {
				const at = bound.findIndex((one) => one.startsWith(`<${uri}>`));
				if (at >= 0) bound.splice(at, 1);
			}
			return { status: 200, headers: bound.map((one) => ['Contact', one] as const) };
		};
	}

	it.each([{ instance: 'urn:uuid:phone' }, { contact: 'sip:1001@192.0.2.77' + ':5060' }])(
		'removes exactly the binding of %j',
		async (named) => {
			const bound = [PHONE, NEIGHBOUR];
			const registrar = await udp(registrarOf(bound));
			const ran = await probeOf(registrar, { mode: 'unregister', ...named });
			expect(bound).toEqual([NEIGHBOUR]);
			expect(registrar.requests.at(-1)?.contact).toBe(
				'<sip:1001@192.0.2.77:5060>;+sip.instance="<urn:uuid:phone>";reg-id=1;expires=0',
			);
			expect(ran.step('unregistered').text).toMatch(/removed: .*77.*left alone: .*78/);
			expect(ran.end).toBe('unregistered');
		},
	);

	it('sends no removal where the binding named is not there', async () => {
		const registrar = await udp(registrarOf([NEIGHBOUR]));
		const ran = await probeOf(registrar, { mode: 'unregister', contact: 'sip:1001@192.0.2.1' });
		expect(registrar.requests).toHaveLength(1);
		expect(ran.step('unregistered').text).toMatch(/nothing to remove/);
	});
});

describe('a probe that keeps its binding', () => {
	it('removes nothing and says loudly how long it stays', async () => {
		const registrar = await udp(honestRegistrar());
		const ran = await probeOf(registrar, { keep: true });
		expect(registrar.requests.some(({ contact }) => contact?.includes('expires=0'))).toBe(false);
		expect(ran.step('unregistered')).toMatchObject({ state: 'warning' });
		expect(ran.step('unregistered').text).toMatch(/NOT removed.*60 s, until \d{4}-/);
	});

	it('removes it all the same where the user breaks off', async () => {
		const interrupt = new AbortController();
		const honest = honestRegistrar();
		const registrar = await udp((incoming) => {
			if (incoming.contact?.endsWith('>"') === true) interrupt.abort();
			return honest(incoming);
		});
		const ran = await probeOf(registrar, { keep: true }, {}, { signal: interrupt.signal });
		expect(registrar.requests.at(-1)?.contact).toMatch(/expires=0$/);
		expect(ran.step('unregistered').state).toBe('ok');
	});
});

describe('the proof of the server', () => {
	/** Signs its 200 with a password. */
	function proving(password: string): Script {
		const algorithm = findAlgorithm('MD5');
		if (algorithm === undefined) throw new Error('no MD5');
		const ha1 = computeHa1({ algorithm, username: '1001', realm: 'example.com', password });
		return ({ verifies, request }) => {
			if (!verifies) return { status: 401, headers: [challenge('n1')] };
			const text = textOf({ request });
			const [, cnonce = ''] = /cnonce="([^"]*)"/.exec(text) ?? [];
			const [, nc = ''] = /nc=([0-9a-f]{8})/.exec(text) ?? [];
			const rspauth = computeResponse({
				...{ algorithm, ha1, nonce: 'n1', method: '', uri: 'sip:example.com', qop: 'auth' },
				...{ nc, cnonce, body: new Uint8Array(0) },
			});
			const info = `rspauth="${rspauth}", qop=auth, nc=${nc}, cnonce="${cnonce}"`;
			return { status: 200, headers: [['Authentication-Info', info]] };
		};
	}

	it('is said where rspauth verifies', async () => {
		const ran = await probeOf(await udp(proving('secret')), {});
		expect(ran.step('credentials')).toMatchObject({ state: 'ok' });
		expect(ran.step('credentials').text).toContain(
			'the server proved that it knows the password (rspauth)',
		);
	});

	it('is missed loudly where it does not', async () => {
		const ran = await probeOf(await udp(proving('another')), {});
		expect(ran.step('credentials')).toMatchObject({ state: 'warning' });
		expect(ran.step('credentials').text).toContain('did NOT prove');
	});
});

describe('a bearer token', () => {
	const TOKEN = 'abc.DEF-123_token~x';
	const BEARER = 'Bearer realm="example.com", authz_server="https://auth.example.com", scope="sip"';
	const registrarOf = (): Promise<ScriptedRegistrar> =>
		udp(({ request }) =>
			textOf({ request }).includes(`Authorization: Bearer ${TOKEN}\r\n`)
				? { status: 200 }
				: { status: 401, headers: [['WWW-Authenticate', BEARER]] },
		);

	it('is not sent in the clear', async () => {
		const registrar = await registrarOf();
		const ran = await probeOf(registrar, { bearer: { token: TOKEN, overCleartext: false } });
		expect(registrar.requests).toHaveLength(1);
		expect(ran.step('credentials').text).toMatch(/only go over TLS.*--bearer-over-cleartext/);
		expect(ran.step('challenge').text).toContain('authz_server "https://auth.example.com"');
	});

	it('is sent where the user insists, and stands in nothing that is kept', async () => {
		const registrar = await registrarOf();
		const ran = await probeOf(registrar, { bearer: { token: TOKEN, overCleartext: true } });
		expect(ran.end).toBe('registered');
		const kept = ran.messages.map(({ message }) => message.wire).join('\n');
		expect(kept).toContain('Authorization: Bearer hidden');
		expect(kept + JSON.stringify(ran.steps)).not.toContain(TOKEN);
	});

	it('is sent once where it is refused', async () => {
		const registrar = await registrarOf();
		const ran = await probeOf(registrar, { bearer: { token: 'wrong', overCleartext: true } });
		expect(registrar.requests).toHaveLength(2);
		expect(ran.step('credentials').text).toMatch(/the bearer token was refused once/);
	});

	it('leaves a Digest challenge to the password', async () => {
		const registrar = await udp(({ verifies }) =>
			verifies
				? { status: 200 }
				: { status: 401, headers: [['WWW-Authenticate', BEARER], challenge('n1')] },
		);
		expect((await probeOf(registrar, {})).end).toBe('registered');
	});
});

describe('a SIM', () => {
	const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
	const KEY = {
		k: bytes('465b5ce8b199b49faa5f0a2ee238a6bc'),
		opc: bytes('cd63cb71954a9f4e48a5994e37a02baf'),
	};
	const NONCE = 'I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=';
	const ASKS = ['WWW-Authenticate', `Digest realm="ims", nonce="${NONCE}", algorithm=AKAv1-MD5`];
	const refusing = (): Promise<ScriptedRegistrar> =>
		udp(() => ({ status: 401, headers: [[ASKS[0] ?? '', ASKS[1] ?? '']] }));
	const wanting = (sqn: string | undefined, key = KEY) => ({
		sim: { key, sqn: sqn === undefined ? undefined : bytes(sqn) },
	});

	it('answers a challenge of AKA', async () => {
		const registrar = await udp(({ request }) => {
			// Response of user 1001 in realm "ims" with RES as the password.
			const accepted = /algorithm=AKAv1-MD5/.test(textOf({ request }));
			return accepted
				? { status: 200 }
				: { status: 401, headers: [[ASKS[0] ?? '', ASKS[1] ?? '']] };
		});
		const ran = await probeOf(registrar, wanting(undefined), { secret: undefined });
		expect(ran.end).toBe('registered');
		expect(ran.step('challenge').text).toContain('AKAv1-MD5 is taken');
	});

	it('says its SQN once, and stops where the network does not take it', async () => {
		const registrar = await refusing();
		const ran = await probeOf(registrar, wanting('ff9bb4d0b609'));
		const auts = registrar.requests.filter((one) => textOf(one).includes('auts='));
		expect(auts).toHaveLength(1);
		expect(ran.step('credentials').text).toMatch(/old SQN again.*AUTS/);
	});

	it('tells a network that has another key so, as a SIM does, and stops', async () => {
		const registrar = await refusing();
		const ran = await probeOf(registrar, wanting(undefined, { ...KEY, k: bytes('00'.repeat(16)) }));
		expect(registrar.requests).toHaveLength(2);
		const [, answer] = registrar.requests.map(textOf);
		expect(answer).toContain('response=""');
		expect(answer).not.toContain('auts');
		expect(ran.step('credentials')).toMatchObject({ state: 'failed' });
		expect(ran.step('credentials').text).toMatch(/MAC/);
	});

	it('is asked for where none was given', async () => {
		const ran = await probeOf(await refusing(), {});
		expect(ran.step('credentials').text).toMatch(/SIM.*--aka-k/);
	});
});

describe('the OPTIONS beside the first REGISTER', () => {
	it('says who answers and what it allows', async () => {
		const registrar = await udp(honestRegistrar(), () => ({
			status: 200,
			headers: [
				['Server', 'PBX/1.0'],
				['Allow', 'REGISTER, OPTIONS'],
			],
		}));
		const ran = await probeOf(registrar, { optionsFirst: true });
		expect(ran.step('options')).toMatchObject({ state: 'ok' });
		expect(ran.step('options').text).toBe(
			'200 As Scripted from "PBX/1.0"; it allows REGISTER, OPTIONS',
		);
		expect(registrar.others.filter(({ kind }) => kind === 'request')).toHaveLength(1);
		expect(ran.end).toBe('registered');
	});

	it.each([
		['a refusal', () => ({ status: 403 }), /refused with 403/],
		['silence', () => undefined, /not answered, which many servers never do/],
	])('takes %s for no failure', async (_what, onOther, words) => {
		const registrar = await udp(honestRegistrar(), onOther);
		const timers = new VirtualTimers();
		const running = probeOf(registrar, { optionsFirst: true }, {}, { timers });
		const ran = await timers.drive(running);
		expect(ran.step('options')).toMatchObject({ state: 'cannot-tell' });
		expect(ran.step('options').text).toMatch(words);
		expect(ran.end).toBe('registered');
	});
});

describe('requests of the server during a probe', () => {
	const asking = (method: string, ...more: readonly string[]): readonly string[] => [
		`${method} sip:1001@127.0.0.1 SIP/2.0`,
		'Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKserver',
		'From: <sip:server@example.com>;tag=s',
		'To: <sip:1001@example.com>',
		'Call-ID: server-call',
		`CSeq: 7 ${method}`,
		...more,
		'Content-Length: 0',
	];

	async function answersTo(lines: readonly string[]): Promise<readonly number[]> {
		const honest = honestRegistrar();
		const registrar = await udp((incoming) => {
			const reply = honest(incoming);
			if (incoming.number !== 3 || reply === undefined || 'length' in reply) return reply;
			return { ...reply, asks: lines };
		});
		const ran = await probeOf(registrar, {});
		expect(ran.end).toBe('registered');
		return registrar.others.map((message) =>
			message.kind === 'response' ? message.statusCode : 0,
		);
	}

	it.each([
		['OPTIONS', [], [200]],
		['NOTIFY', ['Event: message-summary'], [200]],
		['NOTIFY', ['Event: presence'], [481]],
		['INVITE', [], [486]],
		['BYE', [], [481]],
		['SUBSCRIBE', ['Event: presence'], [405]],
		['ACK', [], []],
	] as const)('get one answer: %s %j %j', async (method, more, expected) => {
		expect(await answersTo(asking(method, ...more))).toEqual(expected);
	});

	it('get none where nobody could match it', async () => {
		expect(await answersTo(['OPTIONS sip:a SIP/2.0', 'Content-Length: 0'])).toEqual([]);
	});
});
