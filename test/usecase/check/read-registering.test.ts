import { describe, expect, it } from 'vitest';
import { problemsOf, suiteOf } from './suite-text.js';

const account = (options: string): string => `  - { aor: 1001@example.com, ${options} }`;
const registering = (options: string) =>
	suiteOf('accounts:', account(options)).entries[0]?.registering;
const problems = (options: string) => problemsOf('accounts:', account(options));

describe('an account of a suite', () => {
	it('has a bearer token by reference', () => {
		expect(registering('bearer: env:TOKEN')?.bearer).toEqual({
			token: 'a.bearer.token',
			overCleartext: false,
		});
	});

	it('sends the token without TLS only where it says so', () => {
		const { bearer } = registering('bearer: env:TOKEN, bearer-over-cleartext: true') ?? {};
		expect(bearer?.overCleartext).toBe(true);
	});

	it('has the key of a SIM by reference', () => {
		const sim = registering('aka-k: env:K, aka-opc: env:OPC, aka-sqn: "00000000ff00"')?.sim;
		expect(sim?.key.k).toHaveLength(16);
		expect([...(sim?.sqn ?? [])]).toEqual([0, 0, 0, 0, 255, 0]);
	});

	it('names itself as the phone in question', () => {
		const options =
			'display-name: Reception, contact: "sip:1001@192.0.2.5", instance: "urn:uuid:a", reg-id: 1';
		expect(registering(options)).toMatchObject({
			displayName: 'Reception',
			contact: 'sip:1001@192.0.2.5',
			instance: 'urn:uuid:a',
			regId: 1,
		});
	});

	it.each([
		['a map', 'headers: { X-Site: Vienna, X-Floor: 3 }'],
		['a list', "headers: ['X-Site: Vienna', 'X-Floor: 3']"],
		['a list of maps', 'headers: [X-Site: Vienna, X-Floor: 3]'],
	])('has header fields from %s', (_form, options) => {
		expect(registering(options)?.headers).toEqual([
			['X-Site', 'Vienna'],
			['X-Floor', '3'],
		]);
	});

	it('has the header fields of the defaults, and an endpoint has them, too', () => {
		const { entries } = suiteOf(
			'defaults: { headers: { X-Site: Vienna }, user-agent: Monitor/1 }',
			'accounts: [{ aor: 1001@example.com }]',
			'endpoints: [{ domain: example.com }]',
		);
		expect(entries.map((entry) => entry.registering.headers)).toEqual([
			[['X-Site', 'Vienna']],
			[['X-Site', 'Vienna']],
		]);
		expect(entries.map(({ options }) => options.userAgent)).toEqual(['Monitor/1', 'Monitor/1']);
	});

	it('is one entry for each of its transports', () => {
		const { entries } = suiteOf('accounts:', account('name: a, transport: [udp, tls]'));
		expect(entries.map(({ name, options }) => [name, options.transports])).toEqual([
			['a (udp)', ['udp']],
			['a (tls)', ['tls']],
		]);
	});

	it('answers a SIM challenge with the algorithm that it names', () => {
		const [entry] = suiteOf('accounts:', account('algorithm: AKAv1-MD5')).entries;
		expect(entry?.options.algorithm).toBe('AKAv1-MD5');
	});

	it('has no experiments unless it asks for them', () => {
		const { entries } = suiteOf('accounts:', account('alg: true'), account('beside: true'));
		expect(entries.map(({ options }) => options.alg)).toEqual([true, false]);
	});

	it.each([
		['bearer: a.bearer.token', 'bearer: env:NAME or file:PATH is expected'],
		['bearer: env:NOBODY', 'bearer: the variable NOBODY is not set'],
		['bearer: env:BAD_TOKEN', 'bearer: the bearer token is empty, or holds what no token may'],
		['aka-k: 00112233445566778899aabbccddeeff', 'aka-k: env:NAME or file:PATH is expected'],
		['aka-k: env:K', 'aka-k: K is given without OP or OPc'],
		['aka-k: env:SHORT, aka-opc: env:OPC', 'aka-k: K is not 32 hex digits'],
		['aka-opc: env:OPC', 'aka-opc: OP or OPc is given without K'],
		['aka-sqn: "000000000000"', 'aka-sqn: is given without aka-k'],
		['aka-k: env:K, aka-opc: env:OPC, aka-sqn: 12', 'aka-sqn: is not 12 hex digits'],
		['contact: nobody', 'contact: is not a SIP URI'],
		['instance: abc', 'instance: is not a URN'],
		['reg-id: 0', 'reg-id: a whole number from 1 to'],
		['headers: { Via: x }', 'headers: Via is not for you'],
		['headers: [nonsense]', 'headers: is not "Name: value"'],
		['headers: { X: [1] }', 'headers: X holds a line break'],
		['cert: a.pem', 'cert: the file it names cannot be read (ENOENT)'],
		['key: broken.pem', 'key: cert is missing beside it'],
		['cert: broken.pem, key: broken.pem', 'cert: no certificate or key that can be used'],
		['ca: broken.pem', 'ca: no certificate is in it'],
		['transport: [udp, sctp]', 'transport: one of udp, tcp, tls, ws, wss is expected'],
		['alg: maybe', 'alg: true or false is expected'],
		['display-name: "a\\tb"', 'display-name: it holds a control character'],
	])('with %s is refused by line and key', (options, words) => {
		expect(problems(options).join('\n')).toContain(`suite.yaml:2: accounts[0].${words}`);
	});

	it('quotes no secret that stands where a reference is expected', () => {
		const told = problems('bearer: s3cret-token, aka-k: 00112233445566778899aabbccddeeff').join();
		expect(told).not.toContain('s3cret-token');
		expect(told).not.toContain('00112233');
	});
});
