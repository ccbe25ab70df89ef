/* The `keepalive` step: how often a phone must send something here, so that calls still reach it. */
import type { ProbeStep } from '../probe-step.js';
import { keepAliveFor, lifetimeWords } from './lifetime.js';
import type { NatTimeoutResult } from './measure-lifetime.js';

/** RFC 5626 §4.4.1: what a phone does that knows nothing of its NAT. */
const USUAL_KEEPALIVE = 29;

export function keepaliveStep(
	measured: NatTimeoutResult | undefined,
): Pick<ProbeStep, 'state' | 'text'> {
	if (measured === undefined) {
		const text =
			'not measured (--nat-timeout does); every 25 to 29 s is safe behind most NATs (RFC 5626 §4.4.1)';
		return { state: 'skipped', text };
	}
	const { lifetime, experiment } = measured;
	const interval = keepAliveFor(lifetime);
	if (interval === undefined) {
		return {
			state: experiment.verdict === 'no-nat' ? 'skipped' : 'cannot-tell',
			text: experiment.text,
		};
	}
	const lives = `a silent NAT mapping lives ${lifetimeWords(lifetime)}`;
	if (interval >= USUAL_KEEPALIVE) {
		return { state: 'ok', text: `${lives}: a keep-alive every ${interval} s is enough` };
	}
	return {
		state: 'warning',
		text: `${lives}: set the phone's keep-alive to ${interval} s or less, or calls will not reach it; longer UDP timeouts in the router help as well`,
	};
}
