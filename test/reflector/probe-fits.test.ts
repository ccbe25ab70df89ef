/* The first REGISTER of a probe has room for what a reflector answers, although its address is proved by nothing. */
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/net/endpoint.js';
import { type Identity, registerRequest } from '../../src/probe/register-request.js';
import { FAULTS } from '../../src/reflector/faults/catalogue.js';
import {
	Reflector,
	type ReflectorOptions,
	type ToldRequest,
} from '../../src/reflector/reflector.js';
import { readChallenges } from '../../src/sip/headers/authenticate.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import { ACCOUNT, DEFAULTS } from './reflector-harness.js';

/** As `identity.ts` makes it, and as long: the user and the version are short. */
function identityAt({ address }: Endpoint): Identity {
	return {
		aor: 'sip:1@pbx.example.com',
		requestUri: 'sip:pbx.example.com',
		callId: `0123456789abcdef01234567@${address}`,
		fromTag: '0123456789abcdef',
		contact: '<sip:1@x>',
		instanceId: 'urn:uuid:1',
		contactUri: 'sip:1@x',
		userAgent: 'sipdoctor/1.0.0',
	};
}

function asked(local: Endpoint, source: Endpoint, options: Partial<ReflectorOptions>) {
	const told: ToldRequest[] = [];
	const sent: Uint8Array[] = [];
	const one = new Reflector(
		{ ...DEFAULTS, accounts: [ACCOUNT], ...options },
		{
			now: () => 1_795_000_000_000_000,
			after: () => () => undefined,
			key: Buffer.alloc(32, 1),
			onRequest: (request) => told.push(request),
		},
	);
	const bytes = registerRequest({
		...{ identity: identityAt(local), purpose: { kind: 'query' }, cseq: 1, transport: 'udp' },
		...{ branch: `z9hG4bK${'0'.repeat(20)}`, local, credentials: [] },
	});
	one.receive({
		...{ received: bytes, message: parseDatagram(bytes), source, transport: 'udp' },
		send: (answer) => sent.push(answer),
	});
	return { told, sent, bytes, noRoom: one.tally.refused.noRoom };
}

const WAYS: readonly (readonly [string, Endpoint, Endpoint])[] = [
	[
		'behind a NAT whose address is longer',
		{ address: '10.0.0.2', port: 5060 },
		{ address: '198.151.100.132', port: 61_234 },
	],
	[
		'over IPv6 without one abbreviation',
		{ address: '2001:db8:1111:2222:3333:4444:5555:6666', port: 40_000 },
		{ address: '2001:db8:1111:2222:3333:4444:5555:6666', port: 40_000 },
	],
];

describe.each(WAYS)('the first REGISTER of a probe %s', (_way, local, source) => {
	it.each([undefined, ...FAULTS])('has room for the answer of $name', (fault) => {
		const { noRoom, sent, bytes, told } = asked(local, source, { fault });
		expect(noRoom, told[0]?.because).toBe(0);
		expect(sent.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(bytes.length);
	});
});

describe('an answer of which not all has room', () => {
	const [, local, source] = WAYS[0] ?? [];
	if (local === undefined || source === undefined) throw new Error('no way');

	it('offers the algorithm that is wanted most, and says that it is alone', () => {
		const { sent, told } = asked(local, source, { algorithms: ['SHA-256', 'MD5'] });
		const parsed = parseDatagram(sent[0] ?? new Uint8Array());
		if (!parsed.ok) throw new Error('no SIP');
		const algorithms = readChallenges(parsed.value).map(({ digest }) => digest?.algorithm);
		expect(algorithms).toEqual(['SHA-256']);
		expect(told[0]).toMatchObject({
			answer: { statusCode: 401 },
			because: 'with the first challenge alone',
		});
	});

	it('comes once where it was to come twice', () => {
		const fault = FAULTS.find(({ name }) => name === 'duplicate-401');
		const { sent, told } = asked(local, source, { fault });
		expect(sent).toHaveLength(1);
		expect(told[0]?.because).toBe('sent once instead of 2 times');
	});
});
