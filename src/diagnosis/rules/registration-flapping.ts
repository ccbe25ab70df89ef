import { seconds } from '../../registration/attempt-facts.js';
import { type Flap, flapping } from '../../registration/flapping.js';
import { elapsedMs } from '../../time/instant.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Twice may be chance, or somebody who restarts the phone. */
const MINIMUM = 3;
const MAX_EVIDENCE = 4;

export default defineRule({
	id: 'registration-flapping',
	severity: 'degraded',
	title: 'The phone registers and loses its registration again and again',
	references: ['RFC 3261 §10.2.2', 'RFC 3261 §10.2.4'],
	explanation: {
		means:
			'The binding comes and goes: the phone registers, then removes its binding or fails to refresh it, and registers anew. In each gap it cannot be called.',
		causes: [
			'Two lines of one phone, or two servers, are configured for the same account and undo one another.',
			'A network that comes and goes: wireless, a cable, a line with a fault.',
			'The phone restarts by itself (power, watchdog, provisioning).',
			'The server refuses refreshes now and then.',
		],
		confirm:
			'List the REGISTERs with Expires and status over time, and look what happens right before each removal or failure.',
		lookAlikes: [
			'A monitoring system registers and unregisters on purpose, in an even rhythm.',
			'A phone that was moved or restarted once.',
			'A refresh that is challenged first: that is no failure.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'See that the account is configured once, on one line; read the log of the phone for restarts and lost links.',
		},
		{ who: 'site-network', what: 'Look at link, wireless and power of the phone at these times.' },
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive) return SILENT;
		const flaps = flapping(registration);
		const [first] = flaps;
		const last = flaps.at(-1);
		if (first === undefined || last === undefined || flaps.length < MINIMUM) return SILENT;
		const failures = flaps.filter(({ how }) => how === 'failed').length;
		const span = seconds(elapsedMs(first.bound.at, last.again.at));
		return {
			kind: 'fires',
			confidence: failures >= MINIMUM || flaps.every(isEarly) ? 'strong' : 'likely',
			summary: `In ${span} the registration was lost ${flaps.length} times (${inWords(flaps.length - failures, failures)}) and made again.`,
			evidence: inOrder(
				evidenceOf(first.bound, 'Status', '200, registered'),
				...flaps
					.slice(0, MAX_EVIDENCE)
					.map(({ lost, how }) =>
						evidenceOf(lost, 'REGISTER', how === 'failed' ? 'fails' : 'removes the binding'),
					),
				evidenceOf(last.again, 'REGISTER', 'registers again'),
			),
		};
	},
});

/** Made and removed within a minute, and made again at once: no monitoring system does so, and no phone on purpose. */
function isEarly({ heldMs, goneMs }: Flap): boolean {
	return goneMs < 2_000 && heldMs < 60_000;
}

function inWords(removed: number, failed: number): string {
	return [
		...(removed > 0 ? [`${removed} times removed by the phone`] : []),
		...(failed > 0 ? [`${failed} times not refreshed`] : []),
	].join(', ');
}
