import { afterEach, describe, expect, it } from 'vitest';
import { NO_EXPERIMENTS } from '../../../src/probe/experiments/run-experiments.js';
import { PROBE_STEP_IDS, type ProbeStep } from '../../../src/probe/probe-step.js';
import { systemTimers } from '../../../src/probe/timers.js';
import { headerValues } from '../../../src/sip/header-fields.js';
import type { SipRequest } from '../../../src/sip/message.js';
import { probe } from '../probe-harness.js';
import { honestRegistrar, type Script, udpRegistrar } from '../scripted-registrar.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
	await Promise.all(closing.splice(0).map((close) => close()));
});

/** Answers OPTIONS as well; `came`: what came, in order, and once where it was sent again. */
async function registrar() {
	const came = new Map<string, SipRequest>();
	const note = (request: SipRequest): void => {
		came.set(headerValues(request, 'via')[0] ?? '', request);
	};
	const honest = honestRegistrar();
	const script: Script = (incoming) => {
		note(incoming.request);
		return honest(incoming);
	};
	const started = await udpRegistrar(script, (request) => {
		note(request);
		return { status: 200 };
	});
	closing.push(() => started.close());
	return { server: `127.0.0.1:${started.endpoint.port}`, came };
}

describe('the experiments of a probe', () => {
	it('are none unless asked for, and the steps tell what the answers alone show', async () => {
		const { server, came } = await registrar();
		const ran = await probe({ server });
		expect(ran.experiments).toEqual([]);
		expect(ran.step('alg')).toMatchObject({ state: 'ok' });
		expect(ran.step('keepalive').state).toBe('skipped');
		expect(new Set([...came.values()].map(({ method }) => method))).toEqual(new Set(['REGISTER']));
	});

	it('come when the binding is gone, without credentials, and the steps stay in order', async () => {
		const { server, came } = await registrar();
		const said: ProbeStep[] = [];
		const ran = await probe(
			{ server, experiments: { ...NO_EXPERIMENTS, alg: true, traceroute: true } },
			{ onStep: (step) => said.push(step), timers: systemTimers },
		);
		expect(ran.experiments.map(({ id, verdict }) => [id, verdict])).toEqual([
			['alg', 'no-alg'],
			['traceroute', 'measured'],
		]);
		expect(said.map(({ id }) => id)).toEqual(PROBE_STEP_IDS);
		expect(ran.step('alg').ms).toBeGreaterThan(1000);
		expect(ran.step('nat').ms).toBeUndefined();
		const all = [...came.values()];
		const removal = all.findIndex((request) =>
			headerValues(request, 'contact').join().endsWith(';expires=0'),
		);
		const after = all.slice(removal + 1);
		expect(after.map(({ method }) => method)).toEqual([
			...['OPTIONS', 'OPTIONS', 'OPTIONS', 'OPTIONS', 'OPTIONS'],
			'REGISTER',
		]);
		expect(after.flatMap((request) => headerValues(request, 'authorization'))).toEqual([]);
	});

	it('leave no REGISTER of theirs in the trace', async () => {
		const { server, came } = await registrar();
		const experiments = { ...NO_EXPERIMENTS, traceroute: true };
		const ran = await probe({ server, experiments });
		const traced = ran.messages.flatMap(({ message }) =>
			message.kind === 'request' ? [message] : [],
		);
		const vias = new Set(traced.flatMap((request) => headerValues(request, 'via')));
		const untraced = [...came].filter(([via]) => !vias.has(via));
		expect(untraced.map(([, { method }]) => method)).toEqual(['REGISTER']);
	});

	it('say what they do before they take their time', async () => {
		const { server } = await registrar();
		const tried: string[] = [];
		const experiments = { ...NO_EXPERIMENTS, traceroute: true };
		await probe({ server, experiments }, { onTrying: (what) => tried.push(what) });
		expect(tried).toEqual(['looking for SIP hops']);
	});

	it('are a result also where one of them crashes', async () => {
		const { server } = await registrar();
		const openDatagrams = () => Promise.reject(new Error('out of order'));
		const experiments = { ...NO_EXPERIMENTS, stun: ['192.0.2.1'] };
		const ran = await probe({ server, experiments }, { openDatagrams });
		expect(ran.experiments).toMatchObject([{ id: 'stun', verdict: 'cannot-tell' }]);
		expect(ran.experiments[0]?.text).toContain('this check failed by itself');
		expect(ran.step('nat').state).toBe('ok');
	});

	it('end on Ctrl-C, with what there is', async () => {
		const { server } = await registrar();
		const abort = new AbortController();
		const experiments = { ...NO_EXPERIMENTS, natTimeout: 300 };
		const onStep = ({ id }: ProbeStep): void => {
			if (id === 'alg') setTimeout(() => abort.abort(), 50);
		};
		// Time stands still: nothing else ends it.
		const ran = await probe({ server, experiments }, { signal: abort.signal, onStep });
		expect(ran.interrupted).toBe(true);
		expect(ran.step('unregistered').state).toBe('ok');
		expect(ran.experiments[0]?.text).toBe('interrupted before it was done');
	});
});
