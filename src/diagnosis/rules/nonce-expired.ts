import { describeStatus, seconds } from '../../registration/attempt-facts.js';
import { type UsedNonce, usedNonce } from '../../registration/issued-nonce.js';
import { isRefused } from '../../registration/outcome.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT } from '../rule.js';

/** The shortest stock lifetime is 30 s (OpenSIPS); before it nobody lets a nonce expire. */
const SHORTEST_MS = 30_000;

export default defineRule({
	id: 'nonce-expired',
	severity: 'degraded',
	title: 'The answer came after the lifetime of the nonce, and the phone gave up',
	references: ['RFC 7616 §3.3', 'RFC 3261 §22.2'],
	explanation: {
		means:
			'A nonce is good for a while: 30 s with OpenSIPS, 32 s with Asterisk, 60 s with FreeSWITCH, 300 s with Kamailio, if nobody changed it. The credentials came later. The server gave a new nonce, and the phone did not come back with it.',
		causes: [
			'Somebody typed the password while the challenge waited.',
			'A phone or gateway that waits between challenge and answer, or a line with very long delays.',
			'The lifetime on the registrar is set very short.',
			'The phone takes any second 401 for a wrong password, and stops.',
		],
		confirm:
			'Compare the time of the 401 with that of the REGISTER that uses its nonce. The nonce of Kamailio says when it was made and how long it lives.',
		lookAlikes: [
			'A refresh with an old nonce that is challenged once and then passes is healthy.',
			'A fresh nonce that is called stale all the same: see stale-loop.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Try again; update a phone that does not answer a second challenge.' },
		{
			who: 'registrar',
			what: 'Let nonces live for some minutes, and send stale=true when they are over.',
		},
	],
	check(subject) {
		const { attempt, steps, registration } = subject;
		const last = steps.at(-1);
		const final = last?.final;
		if (!isRefused(attempt.outcome) || last === undefined || final === undefined) return SILENT;
		if (final.message.statusCode === 403 || last.credentials.length === 0) return SILENT;
		const used = usedNonce(last, attempt, registration);
		const stale = last.challenges.some(({ digest }) => digest.stale);
		if (used?.ageMs === undefined) return SILENT;
		// One that was accepted before, and is not called stale now: stale-flag-missing.
		if (used.accepted.length > 0 && !stale) return SILENT;
		const sure = confidenceOf(used, stale);
		if (sure === undefined) return SILENT;
		const life = used.clock === undefined ? '' : `, ${lifetimeText(used)}`;
		const age = seconds(used.ageMs);
		return {
			kind: 'fires',
			severity: 'fatal',
			confidence: stale || sure === 'proven' ? sure : presumption(subject, last, sure),
			summary: `The nonce was ${age} old when it was used${life}; the server answers ${describeStatus(final)}${stale ? ' with stale=true' : ''}, and no answer to the new challenge follows.`,
			evidence: inOrder(
				evidenceOf(last.request, 'Authorization nonce', `${age} after its challenge`),
				...evidenceIf(used.issued, 'nonce', `"${used.nonce}"`),
				evidenceOf(final, 'Status', `${describeStatus(final)}${stale ? ', stale=true' : ''}`),
			),
		};
	},
});

function lifetimeText({ clock }: UsedNonce): string {
	const lifetime = seconds(clock?.lifetimeMs ?? 0);
	return clock?.lifetimeFrom === 'written'
		? `and lives ${lifetime}, as it says itself`
		: `and ${clock?.registrar ?? ''} lets it live ${lifetime} unless set otherwise`;
}

/** Undefined where the nonce was young enough. */
function confidenceOf({ ageMs, clock }: UsedNonce, stale: boolean): Confidence | undefined {
	if (ageMs === undefined) return undefined;
	if (clock !== undefined && ageMs > clock.lifetimeMs)
		return clock.lifetimeFrom === 'written' ? 'proven' : 'strong';
	return stale && ageMs > SHORTEST_MS ? 'likely' : undefined;
}
