/* What a probe leaves behind where it gives up: nobody waits for what will not come. */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import { formatEndpoint } from '../../src/net/endpoint.js';
import { PLAIN_REGISTERING } from '../../src/probe/registering-options.js';
import type { ProbeOptions } from '../../src/probe/run-probe.js';
import { probe } from './probe-harness.js';
import { challenge, type Script, udpRegistrar } from './scripted-registrar.js';
import { VirtualTimers } from './virtual-timers.js';

async function causeOf(script: Script, options: Partial<ProbeOptions> = {}) {
	const registrar = await udpRegistrar(script);
	const log = new SourceLog();
	try {
		const server = formatEndpoint(registrar.endpoint);
		const ran = await probe({ server, ...options }, { sink: log });
		const source = log.finish(ran.facts);
		const [registration] = analyse({ source, accounts: [] }).registrations;
		return { outcome: registration?.outcome, cause: registration?.cause, ran };
	} finally {
		await registrar.close();
	}
}

describe('a probe that gives up', () => {
	it.each([
		['a 494', { status: 494 }, 'rejected', 'security-agreement-required'],
		['a 302', { status: 302 }, 'redirected', 'redirect-not-followed'],
		['a 401 without a challenge', { status: 401 }, 'challenged', 'challenge-missing'],
	] as const)('after %s names the cause at once', async (_what, reply, outcome, id) => {
		const told = await causeOf(() => reply);
		expect(told.outcome).toBe(outcome);
		expect(told.cause?.id).toBe(id);
	});

	it('for want of a password says so, and is not taken for healthy', async () => {
		const script: Script = () => ({ status: 401, headers: [challenge('n1')] });
		const { outcome, cause } = await causeOf(script, { secret: undefined });
		expect(outcome).toBe('challenged');
		expect(cause?.summary).toMatch(/the probe had no credentials that answer it/);
	});

	it('because its user broke it off says nothing of what would have come', async () => {
		const registrar = await udpRegistrar(() => ({ status: 401, headers: [challenge('n1')] }));
		const abort = new AbortController();
		const server = formatEndpoint(registrar.endpoint);
		const onStep = (): void => abort.abort();
		const ran = await probe({ server, secret: undefined }, { signal: abort.signal, onStep });
		await registrar.close();
		expect(ran.events.some((event) => event.kind === 'probe' && event.isOver === true)).toBe(false);
	});
});

describe('an OPTIONS that the network refuses after the REGISTER was answered', () => {
	it('is not taken for the REGISTER', async () => {
		// Closes its port behind its answer, so that the OPTIONS meets nobody.
		const registrar = await udpRegistrar(() => {
			setImmediate(() => void registrar.close());
			return { status: 403 };
		});
		const server = formatEndpoint(registrar.endpoint);
		const registering = { ...PLAIN_REGISTERING, optionsFirst: true };
		const timers = new VirtualTimers();
		const ran = await timers.drive(probe({ server, registering }, { timers }));
		const refused = ran.events.flatMap((event) => (event.kind === 'unreachable' ? event : []));
		expect(refused.every(({ quoted }) => quoted.text.startsWith('OPTIONS '))).toBe(true);
		expect(ran.end).toBe('refused');
	});
});
