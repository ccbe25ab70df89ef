import { describeStatus, seconds } from '../../registration/attempt-facts.js';
import { usedNonce } from '../../registration/issued-nonce.js';
import { isRefused } from '../../registration/outcome.js';
import { elapsedMs } from '../../time/instant.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'stale-flag-missing',
	severity: 'degraded',
	title:
		'A nonce that is over is refused without stale=true, and the phone takes it for a wrong password',
	references: ['RFC 7616 §3.3', 'RFC 3261 §22.2', 'RFC 3261 §22.3'],
	explanation: {
		means:
			'The phone refreshed with the nonce that had worked before. The registrar no longer knows it, but does not say stale=true, the word for "right, only too old". The phone reads a plain 401 as "wrong password", does not come back, or waits for minutes, and the registration lapses.',
		causes: [
			'The registrar never sends the flag: Kamailio in its stock configuration, FRITZ!Box.',
			'The registrar was restarted and forgot its nonces.',
			'The phone tries credentials once, and does not look at the new nonce.',
		],
		confirm:
			'Find the nonce of the refused REGISTER in an earlier one that got a 200. A restart of the phone, or its next try without credentials, registers at once.',
		lookAlikes: [
			'A phone that answers the new challenge at once: one more round trip, and healthy.',
			'The password was changed since the last success; then the answer to the new nonce is refused as well.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Send stale=true when a nonce is over (Kamailio: challenge flag 16), or let nonces live longer than the registration.',
		},
		{
			who: 'phone',
			what: 'Switch off credentials ahead of the challenge (nonce caching), or update the firmware.',
		},
	],
	check({ attempt, steps, registration, observedUntil }) {
		const last = steps.at(-1);
		const final = last?.final;
		if (!isRefused(attempt.outcome) || last === undefined || final === undefined) return SILENT;
		if (![401, 407].includes(final.message.statusCode)) return SILENT;
		if (last.challenges.length === 0 || last.challenges.some(({ digest }) => digest.stale))
			return SILENT;
		// Asked anew before: then that challenge is what was answered wrongly.
		if (steps.slice(0, -1).some(({ challenges }) => challenges.length > 0)) return SILENT;
		const used = usedNonce(last, attempt, registration);
		const accepted = used?.accepted.at(-1);
		if (used === undefined || accepted === undefined) return SILENT;
		const later = registration.attempts.find(({ number }) => number > attempt.number);
		const nextAt = later?.transactions[0]?.phone.request.at ?? observedUntil;
		const gap = seconds(elapsedMs(final.at, nextAt));
		return {
			kind: 'fires',
			severity: 'fatal',
			confidence: later?.outcome === 'registered' ? 'strong' : 'likely',
			summary: `The nonce "${used.nonce}" was accepted before and now gets ${describeStatus(final)} without stale=true; the phone sends nothing for ${gap}.`,
			evidence: inOrder(
				evidenceOf(last.request, 'Authorization nonce', `"${used.nonce}", kept from before`),
				...evidenceIf(accepted.final, 'Status', 'accepted with this nonce'),
				evidenceOf(final, 'Status', `${describeStatus(final)}, a new nonce, no stale=true`),
			),
		};
	},
});
