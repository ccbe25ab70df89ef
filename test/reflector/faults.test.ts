/* Every fault against the real probe: the cause that it names is the one that the fault promises. */
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/diagnosis/catalogue.js';
import { FAULTS } from '../../src/reflector/faults/catalogue.js';
import { probeAor } from '../../src/usecase/probe-aor.js';
import { ACCOUNT, started } from './reflector-harness.js';

/** Shows nothing without a NAT in between: the lab has one. */
const NEEDS_NAT = ['via-port'];

/** Long enough for three sends, also where a 100 slows them down to one in 4 s. */
const PATIENCE_MS = 9000;

const stops: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

async function probed(name: string) {
	const fault = FAULTS.find((one) => one.name === name);
	const reflector = await started({ accounts: [ACCOUNT], anySize: true, fault });
	stops.push(() => reflector.stop());
	const { analysis } = await probeAor({
		aor: '1001@example.com',
		authUser: undefined,
		secret: { kind: 'password', password: 'secret' },
		server: `127.0.0.1:${reflector.udpPort}`,
		transports: ['udp'],
		dns: undefined,
		allTargets: false,
		tls: { ca: undefined, cert: undefined, key: undefined },
		tlsInsecure: false,
		keylogTo: undefined,
		wsPath: '/',
		interfaceOf: () => undefined,
		algorithm: undefined,
		expires: 60,
		timeoutMs: PATIENCE_MS,
		localPort: undefined,
		beside: false,
		userAgent: 'sipdoctor-test',
		saveTo: undefined,
		signal: new AbortController().signal,
		randomBytes,
		hasNetwork: () => true,
		onStep: () => undefined,
		onWaiting: () => undefined,
	});
	return analysis.registrations[0];
}

describe('the faults of a reflector', () => {
	it('have names of their own, and lead to diagnoses that there are', () => {
		expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
		const ids = CATALOGUE.map(({ id }) => id);
		for (const { leadsTo } of FAULTS) {
			if (leadsTo !== undefined) expect(ids).toContain(leadsTo);
		}
	});

	it.concurrent('are not there unless asked for: a probe registers', async () => {
		const registration = await probed('none');
		expect(registration?.outcome).toBe('registered');
	});

	it.concurrent.each(
		FAULTS.filter(({ name, leadsTo }) => leadsTo !== undefined && !NEEDS_NAT.includes(name)),
	)('make a probe name the cause: $name → $leadsTo', async ({ name, leadsTo, inProbe }) => {
		const registration = await probed(name);
		expect(registration?.cause?.id).toBe(inProbe ?? leadsTo);
	});

	it.concurrent.each(FAULTS.filter(({ leadsTo }) => leadsTo === undefined))(
		'let a good phone register all the same: $name',
		async ({ name }) => {
			const registration = await probed(name);
			expect(registration?.outcome).toBe('registered');
		},
	);
});
