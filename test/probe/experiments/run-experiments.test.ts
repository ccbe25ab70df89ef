import { afterEach, describe, expect, it } from 'vitest';
import { NO_EXPERIMENTS } from '../../../src/probe/experiments/run-experiments.js';
import { PROBE_STEP_IDS, type ProbeStep } from '../../../src/probe/probe-step.js';
import { headerValues } from '../../../src/sip/header-fields.js';
import type { SipRequest } from '../../../src/sip/message.js';
import { probe } from '../probe-harness.js';
import {
	honestRegistrar,
	type OtherScript,
	type Script,
	udpRegistrar,
} from '../scripted-registrar.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
	await Promise.all(closing.splice(0).map((close) => close()));
});

async function registrar(script: Script = honestRegistrar(), onOther?: OtherScript) {
	const started = await udpRegistrar(script, onOther);
	closing.push(() => started.close());
	return { ...started, server: `127.0.0.1:${started.endpoint.port}` };
}

/** Answers OPTIONS as well; `asked`: every request, in order. */
function withOptions(asked: SipRequest[] = []): readonly [Script, OtherScript] {
	const honest = honestRegistrar();
	return [
		(incoming) => {
			asked.push(incoming.request);
			return honest(incoming);
		},
		(request) => {
			asked.push(request);
			return { status: 200 };
		},
	];
}

describe('the experiments of a probe', () => {
	it('are none unless asked for, and the steps tell what the answers alone show', async () => {
		const { server, others } = await registrar();
		const ran = await probe({ server });
		expect(ran.experiments).toEqual([]);
		expect(ran.step('alg')).toMatchObject({ state: 'ok' });
		expect(ran.step('keepalive').state).toBe('skipped');
		expect(others).toEqual([]);
	});

	it('come when the binding is gone, without credentials, and the steps stay in order', async () => {
		const all: SipRequest[] = [];
		const { server } = await registrar(...withOptions(all));
		const said: ProbeStep[] = [];
		const ran = await probe(
			{ server, experiments: { ...NO_EXPERIMENTS, alg: true, traceroute: true } },
			{ onStep: (step) => said.push(step) },
		);
		expect(ran.experiments.map(({ id, verdict }) => [id, verdict])).toEqual([
			['alg', 'no-alg'],
			['traceroute', 'measured'],
		]);
		expect(said.map(({ id }) => id)).toEqual(PROBE_STEP_IDS);
		const contactOf = (request: SipRequest) => headerValues(request, 'contact')[0];
		const isRemoval = (request: SipRequest) => contactOf(request)?.endsWith(';expires=0') === true;
		const after = all.slice(all.findIndex(isRemoval) + 1);
		// A busy machine may send one again.
		const methods = new Map(
			after.map((request) => [headerValues(request, 'via')[0], request.method]),
		);
		expect([...methods.values()].join(' ')).toMatch(/OPTIONS OPTIONS OPTIONS REGISTER$/);
		const asked = after.filter((request) => !isRemoval(request));
		expect(asked.some((request) => headerValues(request, 'authorization').length > 0)).toBe(false);
	}, 20_000);

	it('leave no REGISTER of theirs in the trace', async () => {
		const { server, requests } = await registrar();
		const experiments = { ...NO_EXPERIMENTS, traceroute: true };
		const ran = await probe({ server, experiments });
		const traced = ran.messages.filter(({ message }) => message.kind === 'request');
		expect(traced).toHaveLength(requests.length - 1);
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
		const { server } = await registrar(...withOptions());
		const abort = new AbortController();
		const experiments = { ...NO_EXPERIMENTS, natTimeout: 300 };
		const onStep = ({ id }: ProbeStep): void => {
			if (id === 'alg') setTimeout(() => abort.abort(), 50);
		};
		const since = Date.now();
		const ran = await probe({ server, experiments }, { signal: abort.signal, onStep });
		expect(Date.now() - since).toBeLessThan(5000);
		expect(ran.interrupted).toBe(true);
		expect(ran.step('unregistered').state).toBe('ok');
		expect(ran.experiments[0]?.text).toBe('interrupted before it was done');
	});
});
