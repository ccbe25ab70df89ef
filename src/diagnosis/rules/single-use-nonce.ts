import { seconds } from '../../registration/attempt-facts.js';
import { type AuthenticationStep, authenticationSteps } from '../../registration/authentication.js';
import { type UsedNonce, usedNonce } from '../../registration/issued-nonce.js';
import type { Attempt, Registration } from '../../registration/registration.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** A registrar that lets nobody use a nonce twice shows it each time. */
const ENOUGH = 2;

/** Refreshes looked at. */
const MAX_REFRESHES = 20;

export default defineRule({
	id: 'single-use-nonce',
	severity: 'info',
	title: 'Each refresh needs a new challenge: a nonce is good for one use',
	references: ['RFC 7616 §3.3', 'RFC 7616 §5.4'],
	explanation: {
		means:
			'The phone refreshes with the nonce it has, as it may, and is challenged anew every time although the nonce is young. The registrar takes each nonce once. That is safe and healthy; each refresh takes two round trips instead of one.',
		causes: [
			'OpenSIPS does so by default, Kamailio with one_time_nonce, FreeSWITCH with max-auth-validity.',
		],
		confirm: 'Each refresh begins with a nonce that had a 200 before, gets a 401, and then a 200.',
		lookAlikes: [
			'A nonce whose lifetime is shorter than the refresh interval shows the same; only a young one tells.',
			'With packet loss, or a phone that stops after one 401, two round trips hurt: see stale-flag-missing.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Nothing has to be done. Where load matters, let nonces be used again.',
		},
	],
	check({ attempt, registration }) {
		// Once a registration is enough.
		if (attempt.outcome !== 'registered' || attempt !== registration.decisive) return SILENT;
		const refreshes = registration.attempts
			.filter(({ number, outcome }) => number <= attempt.number && outcome === 'registered')
			.slice(-MAX_REFRESHES)
			.flatMap((one) => challengedAnew(one, registration) ?? []);
		const last = refreshes.at(-1);
		if (last === undefined || refreshes.length < ENOUGH) return SILENT;
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${refreshes.length} refreshes used a nonce that was accepted once and still young (${seconds(last.used.ageMs ?? 0)}), and each was challenged anew.`,
			evidence: inOrder(
				evidenceOf(
					last.step.request,
					'Authorization nonce',
					`"${last.used.nonce}", accepted before`,
				),
				...evidenceIf(last.step.final, 'Status', 'challenged anew'),
			),
		};
	},
});

/** The first REGISTER of a refresh, where its nonce was accepted before, is within its lifetime, and is challenged. */
function challengedAnew(
	attempt: Attempt,
	registration: Registration,
): { readonly step: AuthenticationStep; readonly used: UsedNonce } | undefined {
	const [step] = authenticationSteps(attempt);
	if (step === undefined || step.credentials.length === 0 || step.challenges.length === 0)
		return undefined;
	const used = usedNonce(step, attempt, registration);
	if (used?.ageMs === undefined || used.accepted.length === 0) return undefined;
	const isYoung = used.clock !== undefined && used.ageMs < used.clock.lifetimeMs;
	return isYoung ? { step, used } : undefined;
}
